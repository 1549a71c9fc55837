import type { Report } from "./report.ts";

/** The outputs of action.yml. */
export type OutputName =
  | "result"
  | "duration-seconds"
  | "projects"
  | "failed-projects"
  | "files"
  | "files-transferred"
  | "files-deleted"
  | "bytes"
  | "bytes-transferred"
  | "files-verified"
  | "files-mismatched"
  | "parallelism"
  | "bottleneck"
  | "confidence"
  | "advice"
  | "report"
  | "report-html";

/** GitHub allows 1 MB for all outputs of a job, counted in UTF-16; the list of failed projects gets a part of it that is safe. */
const longestList = 256 * 1024;

/**
 * A report as the action's outputs, all of them strings; but for report-html, which is made after them.
 *
 * @param path of report.json; undefined when it could not be written
 */
export function outputs(report: Report, path: string | undefined): Record<Exclude<OutputName, "report-html">, string> {
  const { totals } = report;
  const verdict = report.diagnosis?.verdicts[0];
  return {
    result: report.result,
    "duration-seconds": String(Math.round(report.run.seconds * 10) / 10),
    projects: String(totals.projects),
    "failed-projects": boundedList(
      report.projects.filter(({ state }) => state === "failed").map(({ name }) => name || "."),
      longestList,
    ),
    files: String(totals.files),
    "files-transferred": String(totals.filesTransferred),
    "files-deleted": String(totals.filesDeleted),
    bytes: String(totals.bytes),
    "bytes-transferred": String(totals.bytesTransferred),
    "files-verified": String(report.verification?.files ?? ""),
    "files-mismatched": String(report.verification?.mismatches.total ?? ""),
    parallelism: String(report.parallelism.lanes),
    bottleneck: verdict?.name ?? "",
    confidence: verdict?.confidence ?? "",
    advice: verdict?.advice ?? "",
    report: path ?? "",
  };
}

/** A JSON list of as many names, from the first, as fit in so many bytes. */
function boundedList(names: readonly string[], longest: number): string {
  const items: string[] = [];
  let size = 2;
  for (const name of names) {
    const item = JSON.stringify(name);
    size += Buffer.byteLength(item) + 1;
    if (size > longest) break;
    items.push(item);
  }
  return `[${items.join(",")}]`;
}
