import { count, counted } from "./format.ts";
import type { DeletionReport, PathList, Report } from "./report.ts";
import { verificationLists } from "./verification.ts";

/** Paths that a person should know of, with their heading as plain text. */
export interface TitledPaths extends PathList {
  readonly title: string;
}

/** What differs, what was left out, and projects that the source no longer has; lists may be empty. */
export function pathLists(report: Report): TitledPaths[] {
  const { notCovered, vanishedProjects, deletedProjects, run } = report;
  const gone = (what: string, paths: readonly string[]): TitledPaths => ({
    title: `${what}: ${counted(paths.length, "project")} that the source no longer has`,
    paths,
    total: paths.length,
  });
  return [
    ...verificationLists(report),
    { title: `Not backed up: ${counted(notCovered.total, "path")} that the patterns leave out`, ...notCovered },
    gone("Kept", vanishedProjects),
    gone(run.dryRun ? "Would be deleted" : "Deleted", deletedProjects),
  ];
}

/** What a dry run would copy or change; undefined for another run. */
export function changesList({ wouldChange }: Report): TitledPaths | undefined {
  if (wouldChange === undefined) return undefined;
  const { changes, changesTotal } = wouldChange;
  const title = `Would be copied or changed: ${counted(changesTotal, "entry", "entries")}`;
  return { title, paths: changes, total: changesTotal };
}

/** The heading of what would have been or was deleted. */
export function deletionTitle(
  { pending, destinationEntries, limit, refused }: DeletionReport,
  dryRun: boolean,
): string {
  const what = refused !== undefined ? "Not deleted" : dryRun ? "Would be deleted" : "Deletions";
  return `${what}: ${counted(pending, "entry", "entries")} of ${count(destinationEntries)} at the destination, limit ${count(limit)}`;
}
