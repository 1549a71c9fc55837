import { readHistory, rememberRun } from "../history/history.ts";
import type { Inputs } from "../inputs/inputs.ts";
import type { Log } from "../log/log.ts";
import { writeMetrics } from "./metrics-file.ts";
import { outputs } from "./outputs.ts";
import type { Report } from "./report.ts";
import { summary } from "./summary/summary.ts";
import { writeHtml, writeOutputs, writeReport, writeSummary } from "./write.ts";

/**
 * Writes report.json, the history, the metrics and, in a workflow, the job summary and the outputs, then report.html. What cannot be
 * written is a warning.
 *
 * @returns the path of what a person opens: report.html or, where it could not be made, report.json; undefined where neither could
 */
export function publish(
  report: Report,
  { reportDir, stateDir, sourceChangedOk, metricsFile }: Inputs,
  log: Log,
): string | undefined {
  const written = writeReport(report, reportDir);
  const warnings = [
    ...written.warnings,
    rememberRun(stateDir, report, sourceChangedOk),
    metricsFile === undefined ? undefined : writeMetrics(report, metricsFile, stateDir),
    ...writeSummary(() => summary(report)),
    ...writeOutputs(() => outputs(report, written.path)),
  ].filter((warning) => warning !== undefined);
  // Last: during a cancellation the time may not be enough for it. The history has this run by now, where it was remembered.
  const page = writeHtml(report, () => readHistory(stateDir, report.source, report.destination).runs, reportDir);
  // One reason is enough for a directory that cannot be written.
  if (written.path !== undefined) warnings.push(...page.warnings);
  warnings.push(...writeOutputs(() => ({ "report-html": page.path ?? "" })));
  for (const warning of warnings) log.warning(warning);
  return page.path ?? written.path;
}
