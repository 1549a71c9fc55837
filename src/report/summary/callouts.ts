import { decisions } from "../decisions.ts";
import { count } from "../format.ts";
import type { Report } from "../report.ts";
import type { SummaryDetail } from "./detail.ts";
import { prose } from "./markdown.ts";

/**
 * What needs a person, in the colours of GitHub's alerts: why the result is not success, and what nobody but a person can decide. None on
 * an ordinary night.
 */
export function callouts(report: Report, detail: SummaryDetail): string[] {
  const kind = report.result === "failure" ? "CAUTION" : "WARNING";
  const reasons = report.result === "success" ? [] : sentences(report.reasons, detail);
  return [
    callout(kind, reasons),
    callout(
      "IMPORTANT",
      decisions(report).map((text) => prose(text)),
    ),
  ].filter((one) => one !== undefined);
}

/** Sentences as Markdown, as many as there is room for, and how many are left out. */
export function sentences(texts: readonly string[], detail: SummaryDetail): string[] {
  const shown = texts.slice(0, detail.paths).map((text) => prose(text));
  const left = texts.length - shown.length;
  return left > 0 ? [...shown, `and ${count(left)} more in report.json`] : shown;
}

function callout(kind: string, lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  return [`> [!${kind}]`, ...lines.map((line) => `> - ${line}`)].join("\n");
}
