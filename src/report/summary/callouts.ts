import { count, counted } from "../format.ts";
import type { Report } from "../report.ts";
import type { SummaryDetail } from "./detail.ts";
import { name, prose } from "./markdown.ts";

/** Names in a sentence; the lists below have them all. */
const namedAtOnce = 5;

/**
 * What needs a person, in the colours of GitHub's alerts: why the result is not success, and what nobody but a person can decide. None on
 * an ordinary night.
 */
export function callouts(report: Report, detail: SummaryDetail): string[] {
  const kind = report.result === "failure" ? "CAUTION" : "WARNING";
  const reasons = report.result === "success" ? [] : sentences(report.reasons, detail);
  return [callout(kind, reasons), callout("IMPORTANT", decisions(report))].filter((one) => one !== undefined);
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

/** What is as it should be only if a person wants it so. */
function decisions({ notCovered, vanishedProjects }: Report): string[] {
  const { total, paths } = notCovered;
  return [
    ...(total === 0
      ? []
      : [
          `Not backed up, because no pattern of projects matches: ${some(paths, total)}. Add a pattern if it should be.`,
        ]),
    ...(vanishedProjects.length === 0
      ? []
      : [
          `Kept at the destination, though gone from the source: ${counted(vanishedProjects.length, "project")}, ${some(vanishedProjects, vanishedProjects.length)}. If that was on purpose, delete-projects removes what is left of them.`,
        ]),
  ];
}

function some(names: readonly string[], total: number): string {
  const shown = names.slice(0, namedAtOnce).map(name);
  const left = total - shown.length;
  return left > 0 ? `${shown.join(", ")} and ${count(left)} more` : shown.join(", ");
}
