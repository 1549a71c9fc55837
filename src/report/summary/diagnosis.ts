import { findingWords } from "../../diagnose/words.ts";
import { diagnosisLines } from "../diagnosis.ts";
import { percent } from "../format.ts";
import type { Report } from "../report.ts";
import { prose, table } from "./markdown.ts";

/** The verdicts with their evidence, for the job summary. Undefined where there is none. */
export function diagnosisSection({ diagnosis }: Report): string | undefined {
  if (diagnosis === undefined) return undefined;
  const [{ name: limit }] = diagnosis.verdicts;
  if (limit === "too-short") return undefined;
  const parts = ["### What limited the run"];
  parts.push(
    table(
      ["Limit", "Share", "Confidence", "Evidence", "What to change"],
      diagnosis.verdicts.map((verdict) => [
        `<b>${verdict.name}</b>`,
        percent(verdict.share),
        verdict.confidence,
        verdict.evidence
          .map((finding) => `${finding.supports ? "✔" : "–"} ${prose(findingWords(finding))}`)
          .join("<br>"),
        prose(verdict.advice),
      ]),
      new Set([1]),
    ),
  );
  parts.push(
    diagnosisLines(diagnosis)
      .map((line) => `- ${prose(line)}`)
      .join("\n"),
  );
  return parts.join("\n\n");
}
