import type { Report } from "../report.ts";
import { resourceRows, samplingWords, storageWords } from "../resources.ts";
import type { SummaryDetail } from "./detail.ts";
import { name, prose, table } from "./markdown.ts";
import { resourceCharts } from "./resource-charts.ts";

/** What the machine did meanwhile. Undefined when nothing was measured. */
export function machineSection(report: Report, detail: SummaryDetail): string | undefined {
  const measurement = report.resources;
  if (measurement === undefined) return undefined;
  const rows = resourceRows(measurement).map((row) => [row.label, row.mean, row.peak]);
  const parts = ["### The machine meanwhile"];
  if (rows.length > 0) parts.push(table(["", "Mean", "Peak"], rows, new Set([1, 2])));
  parts.push(
    [
      `- Source: ${storageWords(measurement.source, name)}`,
      `- Destination: ${storageWords(measurement.destination, name)}`,
      `- ${samplingWords(measurement)}`,
      ...measurement.missing.slice(0, 10).map((words) => `- Not measured: ${prose(words)}`),
    ].join("\n"),
  );
  if (detail.diagrams) parts.push(...resourceCharts(report));
  return parts.join("\n\n");
}
