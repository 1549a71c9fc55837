import { count, counted } from "../format.ts";
import type { DeletionReport, Report } from "../report.ts";
import { verificationLists } from "../verification.ts";
import type { SummaryDetail } from "./detail.ts";
import { folded, name, prose } from "./markdown.ts";

/** How many paths are seen without a click. */
const visiblePaths = 10;

/** The lists of paths that a person should know of: what differs, what was left out, kept, deleted, or in a dry run would change. */
export function pathLists(report: Report, detail: SummaryDetail): (string | undefined)[] {
  const { notCovered, vanishedProjects, deletedProjects, deletions, wouldChange, run } = report;
  return [
    ...verificationLists(report).map(({ title, paths, total }) => pathList(`### ${title}`, paths, total, detail)),
    pathList(
      `### Not backed up: ${counted(notCovered.total, "path")} that the patterns leave out`,
      notCovered.paths,
      notCovered.total,
      detail,
    ),
    pathList(
      `### Kept: ${counted(vanishedProjects.length, "project")} that the source no longer has`,
      vanishedProjects,
      vanishedProjects.length,
      detail,
    ),
    pathList(
      `### ${run.dryRun ? "Would be deleted" : "Deleted"}: ${counted(deletedProjects.length, "project")} that the source no longer has`,
      deletedProjects,
      deletedProjects.length,
      detail,
    ),
    deletionList(deletions, run.dryRun, detail),
    wouldChange === undefined
      ? undefined
      : pathList(
          `### Would be copied or changed: ${counted(wouldChange.changesTotal, "entry", "entries")}`,
          wouldChange.changes,
          wouldChange.changesTotal,
          detail,
        ),
  ];
}

function deletionList(deletions: Report["deletions"], dryRun: boolean, detail: SummaryDetail): string | undefined {
  if (deletions === undefined) return undefined;
  const { pending, refused } = deletions;
  const entries = `${counted(pending, "entry", "entries")} of ${count(deletions.destinationEntries)} at the destination`;
  const limit = `limit ${count(deletions.limit)}`;
  if (refused !== undefined) {
    const title = `### Not deleted: ${entries}, ${limit}\n\n${prose(refused)}`;
    return byProject(title, deletions, detail, visiblePaths);
  }
  if (dryRun) return byProject(`### Would be deleted: ${entries}, ${limit}`, deletions, detail, visiblePaths);
  // Deletions that were asked for and within the limit are no news: what they were is a click away.
  return byProject(`### Deletions: ${entries}, ${limit}`, deletions, detail, 0);
}

/** The projects that lose something, with how much and with the first of it. */
function byProject(
  title: string,
  { projects, pending }: DeletionReport,
  detail: SummaryDetail,
  atSight: number,
): string | undefined {
  if (pending === 0) return undefined;
  const lines: string[] = [];
  let listed = 0;
  for (const project of projects.slice(0, detail.paths)) {
    const paths = project.paths.slice(0, detail.paths - listed);
    listed += paths.length;
    const whose = project.name === "" ? "loose files" : name(project.name);
    lines.push(
      `- ${whose}: ${counted(project.pending, "entry", "entries")}`,
      ...paths.map((path) => `  - ${name(path)}`),
    );
  }
  return list(title, lines, pending - listed, atSight);
}

function pathList(
  title: string,
  paths: readonly string[],
  total: number,
  detail: SummaryDetail,
  atSight: number = visiblePaths,
): string | undefined {
  if (total === 0) return undefined;
  const lines = paths.slice(0, detail.paths).map((path) => `- ${name(path)}`);
  return list(title, lines, total - lines.length, atSight);
}

/** A list, of which so many lines are seen at once and the others unfold; and how many more there are. */
function list(title: string, lines: readonly string[], notListed: number, atSight: number): string {
  const parts = [title];
  if (lines.length > 0 && atSight > 0) parts.push(lines.slice(0, atSight).join("\n"));
  const rest = lines.slice(atSight);
  if (rest.length > 0) parts.push(folded(atSight > 0 ? `${count(rest.length)} more` : "Which", rest.join("\n")));
  if (notListed > 0) parts.push(`And ${count(notListed)} more that are not listed here.`);
  return parts.join("\n\n");
}
