import { bytes, count, counted, duration, rate } from "./format.ts";
import { codeBlock, folded, name, prose, table } from "./markdown.ts";
import type { DeletionReport, ProjectReport, Report } from "./report.ts";
import { verificationLists } from "./verification.ts";
import { bar, problemWords, slowestFirst, stateWords, transferRate } from "./words.ts";

/** How much a summary tells. */
export interface SummaryDetail {
  /** Rows in the table of projects. */
  readonly projects: number;
  /** Paths and sentences in each list. */
  readonly paths: number;
  /** Failed projects that are told in full. */
  readonly problems: number;
  /** Lines of an rsync's error output for each. */
  readonly lines: number;
  readonly timeline: boolean;
}

/** How many rows and paths are seen without a click. */
const visibleProjects = 50;
const visiblePaths = 10;

/** The table of projects, slowest first: 50 at sight, the rest folded. Undefined when there is none. */
export function projectTable(report: Report, detail: SummaryDetail): string | undefined {
  if (report.projects.length === 0) return undefined;
  const projects = slowestFirst(report.projects);
  const longest = projects[0]?.seconds ?? 0;
  const shown = projects.slice(0, detail.projects);
  const moved = report.run.dryRun ? "To transfer" : "Transferred";
  const headings = ["Project", "rsync time", "", "Files", "Size", "Changed files", moved, "Rate", "State"];
  const rows = shown.map((project) => cells(project, longest));
  const make = (part: readonly string[][]) => table(headings, part, new Set([1, 3, 4, 5, 6, 7]));
  const parts = ["### Projects, slowest first", make(rows.slice(0, visibleProjects))];
  const note = "<sub>rsync time adds up all rsyncs of a project, also those that ran at the same time.</sub>";
  const rest = rows.slice(visibleProjects);
  if (rest.length > 0) parts.push(folded(`${counted(rest.length, "more project")}`, make(rest)));
  const left = projects.length - shown.length;
  if (left > 0) parts.push(`And ${counted(left, "quicker project")} in report.json: they did not fit here.`);
  parts.push(note);
  return parts.join("\n\n");
}

function cells(project: ProjectReport, longest: number): string[] {
  const speed = transferRate(project.bytesTransferred, project.seconds);
  const { icon, word } = stateWords[project.state];
  return [
    project.name === "" ? "<i>loose files</i>" : name(project.name),
    duration(project.seconds),
    bar(project.seconds, longest),
    count(project.files),
    bytes(project.bytes),
    count(project.filesTransferred),
    bytes(project.bytesTransferred),
    speed === undefined ? "–" : rate(speed),
    `${icon} ${word}`,
  ];
}

/** Each failed project with what its rsyncs ended with and said. Undefined when none failed or warned. */
export function failedProjects(report: Report, detail: SummaryDetail): string | undefined {
  const failed = slowestFirst(report.projects).filter(({ state }) => state === "failed");
  const warned = slowestFirst(report.projects).filter(({ state }) => state === "warning");
  const problems = [...failed, ...warned].filter(
    (project) => project.state === "failed" || project.problems.length > 0,
  );
  if (problems.length === 0) return undefined;
  const shown = problems.slice(0, detail.problems);
  const parts = [failed.length > 0 ? "### What went wrong" : "### Warnings"];
  // The first ones at sight; when everything fails, the same words a hundred times would bury the rest of the page.
  const written = shown.map((project) => problemsOf(project, detail));
  parts.push(...written.slice(0, 5));
  if (written.length > 5)
    parts.push(folded(`${counted(written.length - 5, "more project")} with problems`, written.slice(5).join("\n\n")));
  const left = problems.length - shown.length;
  if (left > 0) parts.push(`And ${counted(left, "more project")} with problems in report.json.`);
  return parts.join("\n\n");
}

function problemsOf(project: ProjectReport, detail: SummaryDetail): string {
  const parts = [`**${stateWords[project.state].icon} ${project.name === "" ? "loose files" : name(project.name)}**`];
  for (const problem of project.problems.slice(0, 3)) {
    parts.push(prose(problemWords(problem)));
    if (problem.lines.length > 0) parts.push(codeBlock(problem.lines.slice(0, detail.lines)));
  }
  const left = project.problems.length - 3;
  if (left > 0) parts.push(`and ${counted(left, "more rsync")} of this project with problems`);
  return parts.join("\n\n");
}

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
