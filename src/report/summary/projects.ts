import { bytes, count, counted, duration, rate, transferRate } from "../format.ts";
import type { ProjectReport, Report } from "../report.ts";
import { bar, problemWords, slowestFirst, stateWords } from "../words.ts";
import type { SummaryDetail } from "./detail.ts";
import { codeBlock, folded, name, prose, table } from "./markdown.ts";

/** How many rows are seen without a click. */
const visibleProjects = 50;

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
