import { readHistory, rememberRun } from "../history/history.ts";
import type { Inputs } from "../inputs/inputs.ts";
import type { Log } from "../log/log.ts";
import { writeMetrics } from "./metrics-file.ts";
import { outputs } from "./outputs.ts";
import type { Report } from "./report.ts";
import { summary } from "./summary/summary.ts";
import { problemWords, projectName } from "./words.ts";
import { writeHtml, writeOutputs, writeReport, writeSummary } from "./write.ts";

/** Annotations of a kind that GitHub shows for one step. */
const mostAnnotations = 10;

/**
 * Writes report.json, the history, report.html, the metrics and, in a workflow, the job summary and the outputs. What cannot be written is a warning.
 *
 * @returns the path of report.json; undefined where it could not be written
 */
export function publish(
  report: Report,
  { reportDir, stateDir, sourceChangedOk, metricsFile }: Inputs,
  log: Log,
): string | undefined {
  const written = writeReport(report, reportDir);
  const forgotten = rememberRun(stateDir, report, sourceChangedOk);
  const unmeasured = metricsFile === undefined ? undefined : writeMetrics(report, metricsFile, stateDir);
  const unsummarized = writeSummary(summary(report));
  // With this run, where it was remembered.
  const { runs } = readHistory(stateDir, report.source, report.destination);
  const page = writeHtml(report, runs, reportDir);
  const warnings = [
    ...[forgotten, unmeasured].filter((warning) => warning !== undefined),
    ...written.warnings,
    // One reason is enough for a directory that cannot be written.
    ...(written.path === undefined ? [] : page.warnings),
    ...writeOutputs(outputs(report, { report: written.path, html: page.path })),
    ...unsummarized,
  ];
  for (const warning of warnings) log.warning(warning);
  return written.path;
}

/** Says what a person must know: an error for every reason of a failure, a warning for one that only degrades. */
export function announce(report: Report, log: Log): void {
  if (report.result === "success") return;
  const say = report.result === "degraded" ? log.warning : log.error;
  const failed = report.projects
    .filter(({ state }) => state === "failed")
    .map(({ name, problems: [first] }) => {
      const words = first === undefined ? "failed" : problemWords(first);
      return [projectName(name), words, ...(first?.lines.slice(0, 1) ?? [])].join(": ");
    });
  const all = [...report.reasons, ...failed];
  for (const text of all.slice(0, mostAnnotations - 1)) say(text);
  const rest = all.slice(mostAnnotations - 1);
  if (rest.length > 0)
    say(rest.length === 1 ? (rest[0] ?? "") : `${rest.length} more: ${rest.slice(0, 20).join("; ")}`);
}
