import type { BytePath } from "../byte-path.ts";
import type { Selection } from "../survey/projects.ts";
import type { BackupDir } from "./backup-dir.ts";
import type { Place } from "./places.ts";
import type { RsyncBinary } from "./rsync.ts";

/** What the run stands on, checked. */
export interface Prepared {
  readonly rsync: RsyncBinary;
  readonly source: Place;
  readonly destination: Place;
  /** Where what is deleted or replaced goes; undefined: nowhere. */
  readonly backupDir: BackupDir | undefined;
  /** Names in the destination itself that are ours; see ownNames. */
  readonly ours: ReadonlySet<BytePath>;
  /** Mount points below the source that are part of it: with one-file-system not those inside projects. */
  readonly mountsBelow: readonly Place[];
  readonly selection: Selection;
}
