import type { Bounds } from "../diagnose/bounds.ts";
import { capital } from "../diagnose/words.ts";
import { counted, duration, percent } from "./format.ts";
import type { DiagnosisReport, Report } from "./report.ts";

/** The verdict in one sentence, as plain text; undefined where there is none. */
export function verdictSentence({ diagnosis }: Report): string | undefined {
  if (diagnosis === undefined) return undefined;
  const [{ name: limit, confidence, sentence }] = diagnosis.verdicts;
  return limit === "too-short" ? sentence : `${sentence} (${limit}, ${confidence} confidence)`;
}

/** What to change, as a sentence; undefined where nothing is to be changed. */
export function adviceSentence({ diagnosis }: Report): string | undefined {
  if (diagnosis === undefined) return undefined;
  const [{ name: limit, advice }] = diagnosis.verdicts;
  return limit === "too-short" ? undefined : `${capital(advice)}.`;
}

/** What perfect parallelism could still gain, and what one rsync would have taken; one sentence each. */
export function boundSentences({
  makespanSeconds,
  lanes,
  longestSeconds,
  evenSeconds,
  gainSeconds,
  oneRsync,
}: Bounds): string[] {
  const gain = makespanSeconds === 0 ? 0 : (100 * gainSeconds) / makespanSeconds;
  const apart =
    longestSeconds > evenSeconds
      ? `, of which the longest rsync, ${duration(longestSeconds)}, would have to be split`
      : "";
  return [
    `The rsyncs took ${duration(makespanSeconds)}; spread evenly over ${counted(lanes, "lane")} their work is ${duration(evenSeconds)}, so a perfect plan could still gain ${duration(gainSeconds)} (${percent(gain)})${apart}.`,
    ...(oneRsync === undefined || lanes === 1
      ? []
      : [`One rsync would have taken about ${duration(oneRsync.seconds)} (${oneRsync.how}).`]),
  ];
}

/** All lines that stand beside the verdict, as plain text. */
export function diagnosisLines({ trend, bounds, exonerated }: DiagnosisReport): string[] {
  return [
    ...(exonerated.length === 0 ? [] : [`Not the limit: ${exonerated.join(", ")}.`]),
    ...(trend === undefined ? [] : [`Verdicts so far: ${trend}`]),
    ...(bounds === undefined ? [] : boundSentences(bounds)),
  ];
}
