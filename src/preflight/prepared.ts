import type { Selection } from "../survey/projects.ts";
import type { Place } from "./places.ts";
import type { RsyncBinary } from "./rsync.ts";

/** What the run stands on, checked. */
export interface Prepared {
  readonly rsync: RsyncBinary;
  readonly source: Place;
  readonly destination: Place;
  readonly selection: Selection;
}
