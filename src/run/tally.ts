import type { Item } from "../rsync/output.ts";
import type { Statistics } from "../rsync/statistics.ts";

/** What was counted for one project. */
export interface Tally {
  /** Entries that are no directories. */
  readonly files: number;
  readonly filesTransferred: number;
  readonly filesDeleted: number;
  readonly bytes: number;
  readonly bytesTransferred: number;
}

export const emptyTally: Tally = { files: 0, filesTransferred: 0, filesDeleted: 0, bytes: 0, bytesTransferred: 0 };

export function addTallies(left: Tally, right: Tally): Tally {
  return {
    files: left.files + right.files,
    filesTransferred: left.filesTransferred + right.filesTransferred,
    filesDeleted: left.filesDeleted + right.filesDeleted,
    bytes: left.bytes + right.bytes,
    bytesTransferred: left.bytesTransferred + right.bytesTransferred,
  };
}

export function tallyOfStatistics(statistics: Statistics): Tally {
  const { files, filesTransferred, filesDeleted, bytes, bytesTransferred } = statistics;
  return { files, filesTransferred, filesDeleted, bytes, bytesTransferred };
}

/** One entry of an rsync that tells of each: `>` and `<` stand for a transfer of contents (manual, --itemize-changes). */
export function tallyOfItem(item: Item): Tally {
  if (item.change === "*deleting") return { ...emptyTally, filesDeleted: 1 };
  if (item.isDirectory) return emptyTally;
  // A symbolic link's size is the length of its target, and rsync's own totals count it.
  const hasSize = item.change[1] === "f" || item.change[1] === "L";
  const transferred = /^[<>]/.test(item.change);
  return {
    files: 1,
    filesTransferred: transferred ? 1 : 0,
    filesDeleted: 0,
    bytes: hasSize ? item.bytes : 0,
    bytesTransferred: transferred ? item.bytes : 0,
  };
}
