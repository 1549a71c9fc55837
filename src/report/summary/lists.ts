import { count, counted } from "../format.ts";
import { changesList, deletionTitle, pathLists, type TitledPaths } from "../path-lists.ts";
import type { DeletionReport, Report } from "../report.ts";
import type { SummaryDetail } from "./detail.ts";
import { folded, name, prose } from "./markdown.ts";

/** How many paths are seen without a click. */
const visiblePaths = 10;

/** The lists of paths that a person should know of: what differs, what was left out, kept, deleted, or in a dry run would change. */
export function pathSections(report: Report, detail: SummaryDetail): (string | undefined)[] {
  const changes = changesList(report);
  return [
    ...pathLists(report).map((one) => pathSection(one, detail)),
    deletionSection(report, detail),
    changes && pathSection(changes, detail),
  ];
}

function deletionSection({ deletions, run }: Report, detail: SummaryDetail): string | undefined {
  if (deletions === undefined) return undefined;
  const { refused } = deletions;
  const title = `### ${deletionTitle(deletions, run.dryRun)}`;
  if (refused !== undefined) return byProject(`${title}\n\n${prose(refused)}`, deletions, detail, visiblePaths);
  // Deletions that were asked for and within the limit are no news: what they were is a click away.
  return byProject(title, deletions, detail, run.dryRun ? visiblePaths : 0);
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

function pathSection({ title, paths, total }: TitledPaths, detail: SummaryDetail): string | undefined {
  if (total === 0) return undefined;
  const lines = paths.slice(0, detail.paths).map((path) => `- ${name(path)}`);
  return list(`### ${title}`, lines, total - lines.length, visiblePaths);
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
