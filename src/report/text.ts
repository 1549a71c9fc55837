import { adviceSentence, verdictSentence } from "./diagnosis.ts";
import { bytes, count, counted, duration, rate, transferRate } from "./format.ts";
import { logLine } from "./log-line.ts";
import type { ProjectReport, ProjectState, Report, Result } from "./report.ts";
import { type Column, columns } from "./text-columns.ts";
import { diagnosisText, listLines, machineLines, more, type Paint, type Style } from "./text-sections.ts";
import { trendSentence, usualDuration } from "./trend-words.ts";
import { secondsOfCopying, verificationWords } from "./verification.ts";
import {
  bar,
  comparison,
  headline,
  nothingStarted,
  problemWords,
  projectName,
  slowestFirst,
  versionsSentences,
} from "./words.ts";

/** How to write for a terminal. */
export interface TextOptions {
  /** Characters a line; 80 unless given. Lines of prose may be longer: the terminal wraps them. */
  readonly width?: number;
  /** ANSI colours; none unless asked for. */
  readonly colour?: boolean;
  /** How many projects, and paths of each list, are shown; 40 unless given. */
  readonly projects?: number;
}

const ansi: Readonly<Record<Style, number>> = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 };

const resultMarks: Readonly<Record<Result, { readonly mark: string; readonly style: Style }>> = {
  success: { mark: "✔", style: "green" },
  degraded: { mark: "!", style: "yellow" },
  failure: { mark: "✘", style: "red" },
  cancelled: { mark: "■", style: "yellow" },
};

const stateStyles: Readonly<Record<ProjectState, Style | undefined>> = {
  complete: undefined,
  warning: "yellow",
  failed: "red",
  unfinished: "yellow",
};

/**
 * A report as plain text for a terminal or a log, ending with a newline. Names are shown with everything invisible written
 * out, and no line can be read as a command by GitHub's runner.
 */
export function text(report: Report, options: TextOptions = {}): string {
  const { width = 80, colour = false, projects: most = 40 } = options;
  const paint: Paint = (line, style) => {
    const safe = logLine(line);
    return colour && style !== undefined ? `\x1b[${ansi[style]}m${safe}\x1b[0m` : safe;
  };
  const { mark, style } = resultMarks[report.result];
  const lines = [
    paint(
      `${mark} ${headline(report)} (${[duration(report.run.seconds), usualDuration(report)].filter(Boolean).join("; ")})`,
      style,
    ),
    ...[verdictSentence(report), adviceSentence(report)]
      .filter((line) => line !== undefined)
      .map((line) => paint(`  ${line}`, undefined)),
    paint(`  ${report.source || "(not given)"} → ${report.destination || "(not given)"}`, undefined),
    ...report.reasons.slice(0, most).map((reason) => paint(`  ${mark} ${reason}`, style)),
    ...more(report.reasons.length - most, paint),
    ...report.notices.slice(0, most).map((notice) => paint(`  i ${notice}`, undefined)),
    ...more(report.notices.length - most, paint),
  ];
  if (!nothingStarted(report)) {
    lines.push(
      ...totals(report).map((line) => paint(line, undefined)),
      "",
      ...projectLines(report, width, most, paint),
      ...problemLines(report, most, paint),
      ...listLines(report, Math.min(most, 10), paint),
      ...diagnosisText(report, paint),
      ...machineLines(report, width, paint),
    );
  }
  return `${lines.join("\n")}\n`;
}

function totals(report: Report): string[] {
  const { totals, run, parallelism } = report;
  const before = comparison(report);
  const news = trendSentence(report);
  const speed = transferRate(totals.bytesTransferred, secondsOfCopying(report));
  const pace = speed === undefined || run.dryRun ? "" : ` at ${rate(speed)}`;
  const [moved, gone] = run.dryRun ? ["to transfer", "to delete"] : ["transferred", "deleted"];
  const deleted = totals.filesDeleted > 0 ? `, ${counted(totals.filesDeleted, "entry", "entries")} ${gone}` : "";
  return [
    `  ${counted(totals.projects, "project")}, ${counted(totals.files, "file")}, ${bytes(totals.bytes)}; ${counted(parallelism.lanes, "rsync")} at once`,
    `  ${bytes(totals.bytesTransferred)} in ${counted(totals.filesTransferred, "file")} ${moved}${pace}${deleted}`,
    ...verificationWords(report).map((sentence) => `  ${sentence}`),
    ...[before, news && `trend: ${news}`].filter((line) => line !== undefined).map((line) => `  ${line}`),
    ...versionsSentences(report).map((line) => `  ${line}`),
  ];
}

function projectLines(report: Report, width: number, most: number, paint: Paint): string[] {
  const projects = slowestFirst(report.projects);
  const shown = projects.slice(0, most);
  const longest = shown[0]?.seconds ?? 0;
  const number = (heading: string, cell: (project: ProjectReport) => string): Column<ProjectReport> => ({
    heading,
    cell,
    alignRight: true,
  });
  const table = columns<ProjectReport>(
    [
      { heading: "Project", cell: ({ name }) => projectName(name) },
      number("rsync time", ({ seconds }) => duration(seconds)),
      { heading: "", cell: ({ seconds }) => bar(seconds, longest), dropBelow: 100 },
      number("Files", ({ files }) => count(files)),
      { ...number("Size", (project) => bytes(project.bytes)), dropBelow: 70 },
      { ...number("Changed", ({ filesTransferred }) => count(filesTransferred)), dropBelow: 90 },
      number(report.run.dryRun ? "To transfer" : "Transferred", ({ bytesTransferred }) => bytes(bytesTransferred)),
      { ...number("Rate", rateOf), dropBelow: 90 },
      { heading: "State", cell: ({ state }) => state },
    ],
    shown,
    width,
  );
  return [
    ...table.slice(0, 1).map((line) => paint(line, "bold")),
    ...table.slice(1).map((line, index) => {
      const state = shown[index]?.state;
      return paint(line, state === undefined ? undefined : stateStyles[state]);
    }),
    ...more(projects.length - shown.length, paint),
  ];
}

function rateOf({ bytesTransferred, seconds }: ProjectReport): string {
  const speed = transferRate(bytesTransferred, seconds);
  return speed === undefined ? "–" : rate(speed);
}

function problemLines(report: Report, most: number, paint: Paint): string[] {
  const troubled = slowestFirst(report.projects).filter(({ problems }) => problems.length > 0);
  const lines: string[] = [];
  for (const project of troubled.slice(0, most)) {
    const style = stateStyles[project.state];
    for (const problem of project.problems.slice(0, 3)) {
      lines.push(paint(`${projectName(project.name)}: ${problemWords(problem)}`, style));
      for (const line of problem.lines.slice(0, 5)) lines.push(paint(`    ${line}`, "dim"));
    }
  }
  return lines.length === 0 ? [] : ["", ...lines, ...more(troubled.length - most, paint)];
}
