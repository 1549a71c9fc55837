import { readHistory, rememberRun } from "../history/history.ts";
import type { Inputs } from "../inputs/inputs.ts";
import type { Log } from "../log/log.ts";
import { writeMetrics } from "./metrics-file.ts";
import { outputs } from "./outputs.ts";
import type { Report } from "./report.ts";
import { summary } from "./summary/summary.ts";
import { writeHtml, writeOutputs, writeReport, writeSummary } from "./write.ts";

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
