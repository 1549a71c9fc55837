import type { Selection } from "../survey/projects.ts";
import type { Place } from "./places.ts";
import type { RsyncBinary } from "./rsync.ts";

/** What the run stands on, checked. */
export interface Prepared {
  readonly rsync: RsyncBinary;
  readonly source: Place;
  readonly destination: Place;
  /** Mount points below the source: their file systems are part of it. */
  readonly mountsBelow: readonly Place[];
  readonly selection: Selection;
}
