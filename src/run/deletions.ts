import { type BytePath, toDisplay } from "../byte-path.ts";
import type { DeletionLimit } from "../inputs/inputs.ts";
import { count, counted } from "../report/format.ts";
import type { DeletionReport } from "../report/report.ts";

/** What the run would delete, all of it, counted before anything is. */
export interface PendingDeletions {
  readonly entries: number;
  /** The first of them. */
  readonly paths: readonly BytePath[];
  /** Entries that the destination has in the backed-up projects. */
  readonly destinationEntries: number;
  /** Why the count may have missed some, or undefined. */
  readonly incomplete: string | undefined;
  /** Directories of the source that could not be read: what they hold would look deleted. */
  readonly unreadable: readonly BytePath[];
  /** Directories of the destination that could not be read: what would be deleted there cannot be counted. */
  readonly unreadableThere: readonly BytePath[];
}

/** Decides for the whole run, because rsync's own limits count for each process alone. `refused` says why nothing is deleted. */
export function decideDeletions(pending: PendingDeletions, limit: DeletionLimit): DeletionReport {
  const allowed =
    limit.kind === "entries" ? limit.entries : Math.floor((pending.destinationEntries * limit.percent) / 100);
  return {
    pending: pending.entries,
    destinationEntries: pending.destinationEntries,
    limit: allowed,
    refused: refusal(pending, limit, allowed),
    paths: pending.paths.map(toDisplay).sort(),
  };
}

function refusal(
  { entries, destinationEntries, incomplete, unreadable, unreadableThere }: PendingDeletions,
  limit: DeletionLimit,
  allowed: number,
): string | undefined {
  if (unreadable.length > 0)
    return `nothing was deleted: ${counted(unreadable.length, "directory", "directories")} of the source could not be read (the first: ${JSON.stringify(toDisplay(unreadable[0] ?? ("" as BytePath)))}), and what they hold would look deleted`;
  if (unreadableThere.length > 0)
    return `nothing was deleted: ${counted(unreadableThere.length, "directory", "directories")} of the destination could not be read (the first: ${JSON.stringify(toDisplay(unreadableThere[0] ?? ("" as BytePath)))}), so what would be deleted there cannot be counted`;
  if (incomplete !== undefined) return `nothing was deleted: rsync could not count what it would delete: ${incomplete}`;
  if (entries <= allowed) return undefined;
  const written = limit.kind === "entries" ? String(limit.entries) : `${limit.percent}%`;
  return `nothing was deleted: the run would delete ${count(entries)} of the destination's ${count(destinationEntries)} entries, and max-delete ${written} allows ${count(allowed)}. If that is right, run once with max-delete ${entries}`;
}
