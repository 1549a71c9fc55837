import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { codeOf, messageOf, RefusedError } from "../errors.ts";
import { type PastRun, pastRunOf } from "../history/history.ts";
import { quoted } from "../inputs/quoted.ts";
import { reportHtml } from "../report/html/page.ts";
import { metrics } from "../report/metrics.ts";
import { readReport } from "../report/read.ts";
import type { Report } from "../report/report.ts";
import { summary } from "../report/summary/summary.ts";
import { text } from "../report/text.ts";
import { type Command, done, refused, type Terminal } from "./command.ts";
import { type Flags, readFlags, UsageError } from "./flags.ts";

/** What reports can be shown as; a format that holds several in one document gets them all at once. */
const formats: Readonly<Record<string, (reports: readonly Report[], terminal: Terminal) => string>> = {
  text: (reports, { columns = 100, colour }) => reports.map((one) => text(one, { width: columns, colour })).join("\n"),
  markdown: (reports) => reports.map((one) => summary(one)).join("\n"),
  html: (reports) => reportHtml(reports.map((report) => ({ report, past: pastOf(report, reports) }))),
  prometheus: (reports) => metrics(reports.map((report) => ({ report, lastSuccess: undefined }))),
};

const flags = {
  from: { kind: "lines", meaning: "A report.json that a run has written." },
  format: { kind: "text", meaning: `What to show it as: ${Object.keys(formats).join(", ")}. text unless given.` },
} as const;

/** `dailysync report`: shows reports that are there already. A file that is none does not keep the others from being shown. */
export const report: Command = {
  flags,
  run(words, terminal) {
    const given = readFlags(words, flags);
    const render = formatOf(given);
    if (given.from.length === 0) throw new UsageError(["--from is missing: give it the path of a report.json"]);
    const problems: string[] = [];
    const reports: Report[] = [];
    for (const path of given.from) {
      try {
        reports.push(readReport(contentOf(resolve(terminal.cwd, path))));
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        problems.push(...error.problems.map((problem) => `${quoted(path)} ${problem}`));
      }
    }
    if (reports.length > 0) terminal.print(render(reports, terminal));
    for (const problem of problems) terminal.log.error(problem);
    return problems.length === 0 ? done : refused;
  },
};

/** The runs of the same source and destination among those that were given, up to this one; dry runs and refused ones are none. */
function pastOf({ run, source, destination }: Report, reports: readonly Report[]): PastRun[] {
  return reports
    .filter((one) => one.source === source && one.destination === destination)
    .filter((one) => !one.run.dryRun && one.attempts.length > 0 && one.run.startedAt <= run.startedAt)
    .map(pastRunOf)
    .sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1));
}

function formatOf({ format: [name = "text"] }: Flags<typeof flags>): (typeof formats)[string] {
  const render = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (render === undefined)
    throw new UsageError([`--format ${quoted(name)} is not known: write ${Object.keys(formats).join(", ")}`]);
  return render;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new RefusedError([`cannot be read: ${codeOf(error) ?? messageOf(error)}`]);
  }
}
