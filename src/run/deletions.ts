import { type BytePath, toDisplay } from "../byte-path.ts";
import type { DeletionLimit } from "../inputs/inputs.ts";
import { quoted, someNames } from "../inputs/quoted.ts";
import type { SourceIdentity } from "../preflight/source-identity.ts";
import { count, counted } from "../report/format.ts";
import type { DeletionReport } from "../report/report.ts";
import type { DeletionList } from "../survey/deletion-list.ts";

/** What the run would delete, all of it, counted before anything is, and what speaks against it. */
export interface PendingDeletions {
  readonly list: DeletionList;
  /** Entries that the destination has in the backed-up projects. */
  readonly destinationEntries: number;
  /** Why the count may have missed some, or undefined. */
  readonly incomplete: string | undefined;
  /** Directories of the source that could not be read: what they hold would look deleted. */
  readonly unreadable: readonly BytePath[];
  /** Directories of the destination that could not be read: what would be deleted there cannot be counted. */
  readonly unreadableThere: readonly BytePath[];
  /** Why source or destination are not where they must be, or undefined. */
  readonly misplaced: string | undefined;
  /** The source of the runs before and that of this one, where they are not the same. */
  readonly otherSource: { readonly before: SourceIdentity; readonly now: SourceIdentity } | undefined;
  /** Projects that had something in them in the runs before and are empty now. */
  readonly emptied: readonly BytePath[];
}

/** Decides for the whole run, because rsync's own limits count for each process alone. `refused` says why nothing is deleted. */
export function decideDeletions(pending: PendingDeletions, limit: DeletionLimit): DeletionReport {
  const { list, destinationEntries } = pending;
  const allowed = limit.kind === "entries" ? limit.entries : Math.floor((destinationEntries * limit.percent) / 100);
  const objections = [...doubts(pending), ...excess(pending, limit, allowed)];
  return {
    pending: list.entries,
    destinationEntries,
    limit: allowed,
    refused: objections.length === 0 ? undefined : `nothing was deleted: ${objections.join("; ")}`,
    projects: [...list.projects]
      .map(([project, { entries, paths }]) => ({
        name: toDisplay(project),
        pending: entries,
        paths: paths.map(toDisplay).sort(),
      }))
      .sort((one, other) => other.pending - one.pending || (one.name < other.name ? -1 : 1)),
  };
}

/** What makes it doubtful that what looks deleted was deleted. */
function doubts({
  unreadable,
  unreadableThere,
  misplaced,
  otherSource,
  emptied,
  incomplete,
}: PendingDeletions): string[] {
  const found: string[] = [];
  if (unreadable.length > 0) found.push(`${notRead(unreadable, "source")}, and what they hold would look deleted`);
  if (unreadableThere.length > 0)
    found.push(`${notRead(unreadableThere, "destination")}, so what would be deleted there cannot be counted`);
  if (misplaced !== undefined) found.push(misplaced);
  if (otherSource !== undefined)
    found.push(
      `the source is another directory than in the runs before: ${words(otherSource.now)} instead of ${words(otherSource.before)}. Mount the right one; if this is it, run once with source-changed-ok`,
    );
  if (emptied.length > 0)
    found.push(
      `${counted(emptied.length, "project")} had something to back up in the runs before and nothing now: ${someNames(emptied)}. Is something not mounted? If that is right, run once with source-changed-ok`,
    );
  if (incomplete !== undefined) found.push(`rsync could not count what it would delete: ${incomplete}`);
  return found;
}

function notRead(paths: readonly BytePath[], side: string): string {
  const [first = "" as BytePath] = paths;
  return `${counted(paths.length, "directory", "directories")} of the ${side} could not be read (the first: ${quoted(toDisplay(first))})`;
}

function excess({ list, destinationEntries }: PendingDeletions, limit: DeletionLimit, allowed: number): string[] {
  if (list.entries <= allowed) return [];
  const written = limit.kind === "entries" ? String(limit.entries) : `${limit.percent}%`;
  return [
    `the run would delete ${count(list.entries)} of the destination's ${count(destinationEntries)} entries, and max-delete ${written} allows ${count(allowed)}. If that is right, run once with max-delete ${list.entries}`,
  ];
}

function words({ fileSystem, inode }: SourceIdentity): string {
  return `${quoted(fileSystem)}, inode ${inode}`;
}
