import { findingWords } from "../../diagnose/words.ts";
import { diagnosisLines } from "../diagnosis.ts";
import { bytes, count, counted, duration, percent } from "../format.ts";
import { changesList, deletionTitle, pathLists, type TitledPaths } from "../path-lists.ts";
import type { ProjectReport, Report } from "../report.ts";
import { problemWords, projectName, slowestFirst, stateWords, stepsWords } from "../words.ts";
import { folded, html, line, list, type Markup, name, table } from "./markup.ts";
import type { ReportData } from "./page-data.ts";
import { projectCells, projectColumns } from "./project-cells.ts";

/** Rows that stand in the page itself; the browser part makes the others. */
const staticProjects = 200;
const mostProblems = 100;
const mostLines = 20;
const visiblePaths = 10;

/** Each failed project with what its rsyncs ended with and said. Undefined when none failed or warned. */
export function problemsSection({ projects }: Report): Markup | undefined {
  const all = slowestFirst(projects);
  const failed = all.filter(({ state }) => state === "failed");
  const warned = all.filter(({ state, problems }) => state === "warning" && problems.length > 0);
  const told = [...failed, ...warned].slice(0, mostProblems);
  if (told.length === 0) return undefined;
  const left = failed.length + warned.length - told.length;
  const written = told.map(problemsOf);
  const rest = written.slice(5);
  return html`<section><h3>${failed.length > 0 ? "What went wrong" : "Warnings"}</h3>
${written.slice(0, 5)}
${rest.length === 0 ? undefined : folded(`${counted(rest.length, "more project")} with problems`, rest)}
${left > 0 ? html`<p>And ${counted(left, "more project")} with problems in report.json.</p>` : undefined}</section>`;
}

function problemsOf({ state, name: project, problems }: ProjectReport): Markup {
  const left = problems.length - 3;
  const told = problems.slice(0, 3).map((problem) => {
    const said = problem.lines.slice(0, mostLines).map((text) => line(text, 300));
    return html`<p>${line(problemWords(problem))}</p>${said.length === 0 ? undefined : html`<pre dir="auto">${said.join("\n")}</pre>`}`;
  });
  return html`<h4>${stateWords[state].icon} ${project === "" ? projectName("") : name(project)}</h4>${told}${
    left > 0 ? html`<p>and ${counted(left, "more rsync")} of this project with problems</p>` : undefined
  }`;
}

/** The projects, slowest first. Undefined when there is none. */
export function projectsSection({ run }: Report, { projects, states }: ReportData): Markup | undefined {
  if (projects.length === 0) return undefined;
  const left = projects.length - staticProjects;
  const headings = projectColumns.map(([heading]) =>
    run.dryRun && heading === "Transferred" ? "To transfer" : heading,
  );
  const number = (column: number) => (projectColumns[column]?.[1] ? html` class="number"` : undefined);
  const rows = projects.slice(0, staticProjects).map((row) => {
    const [first = "", ...cells] = projectCells(row, states);
    return html`<tr><th scope="row"><bdi><code>${first}</code></bdi></th>${cells.map((cell, column) => html`<td${number(column + 1)}>${cell}</td>`)}</tr>
`;
  });
  return html`<section><h3>Projects</h3>
<p class="quiet">rsync time adds up all rsyncs of a project, also those that ran at the same time.</p>
<div class="wide" tabindex="0" role="region" aria-label="Projects"><table data-projects><caption>Slowest first, unless sorted otherwise</caption>
<thead><tr>${headings.map((heading, column) => html`<th scope="col"${number(column)}>${heading}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>
${left > 0 ? html`<p data-left>And ${counted(left, "quicker project")}: a browser that runs the page's script shows them too.</p>` : undefined}</section>`;
}

/** The lists of paths that a person should know of: what differs, was left out, kept or deleted, or in a dry run would change. */
export function pathSections(report: Report): (Markup | undefined)[] {
  const changes = changesList(report);
  return [...pathLists(report).map(pathSection), deletionSection(report), changes && pathSection(changes)];
}

function deletionSection({ deletions, run }: Report): Markup | undefined {
  if (deletions === undefined || deletions.pending === 0) return undefined;
  const { refused, projects } = deletions;
  const title = deletionTitle(deletions, run.dryRun);
  const lines = projects
    .slice(0, 1000)
    .map(
      (project) =>
        html`${project.name === "" ? projectName("") : name(project.name)}: ${counted(project.pending, "entry", "entries")}${list(project.paths.map(name))}`,
    );
  return html`<section><h3>${title}</h3>${refused === undefined ? undefined : html`<p>${line(refused)}</p>`}${folded("Which", list(lines))}</section>`;
}

function pathSection({ title, paths, total }: TitledPaths): Markup | undefined {
  if (total === 0) return undefined;
  const shown = paths.slice(0, 1000);
  const rest = shown.slice(visiblePaths);
  const left = total - shown.length;
  return html`<section><h3>${title}</h3>${list(shown.slice(0, visiblePaths).map(name))}
${rest.length === 0 ? undefined : folded(`${count(rest.length)} more`, list(rest.map(name)))}
${left > 0 ? html`<p>And ${count(left)} more that are not listed here.</p>` : undefined}</section>`;
}

/** The verdicts with their evidence. Undefined where there is none. */
export function diagnosisSection({ diagnosis }: Report): Markup | undefined {
  if (diagnosis === undefined || diagnosis.verdicts[0].name === "too-short") return undefined;
  const rows = diagnosis.verdicts.map((verdict) => [
    html`<strong>${verdict.name}</strong>`,
    percent(verdict.share),
    verdict.confidence,
    verdict.evidence.map((finding) => html`${finding.supports ? "✔" : "–"} ${line(findingWords(finding))}<br>`),
    line(verdict.advice),
  ]);
  const headings = ["Limit", "Share", "Confidence", "Evidence", "What to change"];
  return html`<section><h3>What limited the run</h3>
${table("Verdicts; ✔ speaks for one, – against it", headings, rows, new Set([1]))}
${list(diagnosisLines(diagnosis).map((text) => line(text)))}</section>`;
}

/** Phases, arguments, versions and machine. */
export function detailsSection(report: Report): Markup {
  const { run, rsync, parallelism, machine, phases } = report;
  const fact = (label: string, value: string | undefined) =>
    value === undefined ? [] : [html`${label}: ${line(value)}`];
  const shown = rsync.arguments.slice(0, 1000);
  const facts = [
    ...fact("Run", `${run.id}, ${run.startedAt} to ${run.endedAt}`),
    ...fact("Page of the workflow run", run.url),
    ...fact("dailysync", report.dailysyncVersion),
    ...fact("rsync", rsync.version),
    ...(shown.length === 0 ? [] : [html`rsync's arguments: ${shown.map((one) => html`${name(one)} `)}`]),
    ...fact("rsyncs at once", `${parallelism.lanes}, ${parallelism.chosenBy}`),
    ...fact("while it ran", parallelism.steps.length === 0 ? undefined : stepsWords(parallelism.steps)),
    ...fact("Host", machine?.host),
    ...fact("System", machine?.operatingSystem),
    ...fact("Kernel", machine?.kernel),
    ...fact("CPU", machine?.cpuModel === undefined ? undefined : `${machine.cpus ?? "?"} × ${machine.cpuModel}`),
    ...fact("Memory", machine?.memoryBytes === undefined ? undefined : bytes(machine.memoryBytes)),
    ...(machine?.disks ?? []).flatMap((one) => fact("Disk", one)),
    ...(machine?.fileSystems ?? []).flatMap((one) => fact("File system", one)),
    ...(machine?.interfaces ?? []).flatMap((one) => fact("Network", one)),
  ];
  const rows = phases.map((phase) => [line(phase.name), duration(phase.startedAtSeconds), duration(phase.seconds)]);
  return html`<section><h3>Details</h3>
${rows.length === 0 ? undefined : table("Phases", ["Phase", "Began after", "Took"], rows, new Set([1, 2]))}
${list(facts)}</section>`;
}
