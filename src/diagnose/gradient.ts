import type { Evidence } from "./evidence.ts";
import { type Finding, finding } from "./verdict.ts";

/** A step up has to gain this share of proportional (AzCopy: a fifth, concurrencyTuner.go; see the tuner). */
export const worthwhileGain = 25;

/** What the number of rsyncs did beside a lower one. */
export interface Gradient {
  readonly lanes: number;
  readonly fewer: number;
  /** The gain in percent of what it were if only their number mattered; below 0 for a loss. */
  readonly gain: number;
}

/** The last step up that was measured, in this run or against an earlier one of its kind; undefined where there was none. */
export function gradientOf({ tuning: { rates, earlierRates }, schedule }: Evidence): Gradient | undefined {
  const here = rates.find(({ lanes }) => lanes === schedule.lanes) ?? rates.at(-1);
  if (here === undefined) return undefined;
  const closest = (among: typeof rates) =>
    among
      .filter(({ lanes, rate }) => lanes < here.lanes && rate > 0)
      .reduce<(typeof rates)[number] | undefined>(
        (most, one) => (one.lanes > (most?.lanes ?? 0) ? one : most),
        undefined,
      );
  const before = closest(rates) ?? closest(earlierRates);
  if (before === undefined) return undefined;
  const gain = (100 * (here.rate / before.rate - 1)) / (here.lanes / before.lanes - 1);
  return { lanes: here.lanes, fewer: before.lanes, gain };
}

/** A gradient as evidence that more rsyncs would do more, or that they would not. */
export function gradientFinding(evidence: Evidence, comparison: "at least" | "at most"): readonly Finding[] {
  const gradient = gradientOf(evidence);
  if (gradient === undefined) return [];
  const { lanes, fewer, gain } = gradient;
  return [
    finding(
      "gradient",
      `gain of ${lanes} rsyncs over ${fewer}, of what is proportional`,
      gain,
      "%",
      worthwhileGain,
      comparison,
    ),
  ];
}
