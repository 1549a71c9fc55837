import { type LogNormal, meanLogarithmAbove } from "./log-normal.ts";

/** An rsync that runs, or one that was measured: what was estimated, and what it took so far; both in seconds. */
export interface Timed {
  readonly weight: number;
  readonly seconds: number;
}

/** An rsync that runs. */
export interface Running extends Timed {
  /** Share of its bytes that is done, 0–1; undefined where that is not known. */
  readonly share?: number | undefined;
}

/** What a run has learnt of how long its rsyncs take, as multiples of their weights. */
export interface Experience extends LogNormal {
  /** So many rsyncs of equal weight would tell as much; what is only believed counts too. */
  readonly evidence: number;
}

/** What is believed before anything was measured. */
export interface Belief {
  /** An rsync takes so many times its weight. */
  readonly pace: number;
  /** So many measured rsyncs outweigh it. */
  readonly evidence: number;
  /** Whether earlier runs say so, and not the weights alone. */
  readonly isMeasured: boolean;
}

/** The weights are the survey's alone: right in how they compare, less so in seconds. */
export const surveyBelief: Belief = { pace: 1, evidence: 0.5, isMeasured: false };
/** What earlier runs took counts for so many rsyncs. */
const historyEvidence = 3;

/**
 * What earlier runs make believe.
 *
 * @param usualSeconds of copying; undefined where too few runs were of this kind
 * @param plannedSeconds of copying, by the weights alone
 */
export function beliefOf(usualSeconds: number | undefined, plannedSeconds: number): Belief {
  if (usualSeconds === undefined || usualSeconds <= 0 || plannedSeconds <= 0) return surveyBelief;
  return { pace: usualSeconds / plannedSeconds, evidence: historyEvidence, isMeasured: true };
}

/** How far rsyncs were off in runs that were measured: a factor of 1.6 either way for two of three. */
const usualSpread = 0.5;
/** The spread is believed until so many were measured. */
const spreadEvidence = 4;
const leastSpread = 0.15;
const mostSpread = 1.5;
/** From this share of its bytes on an rsync tells how long it will take. */
export const tellingShare = 0.05;
/** Rounds in which those that still run are judged by the others; it changes little after three. */
const rounds = 4;
/** A shard may be thought to take nothing. */
const leastWeight = 1e-3;

/** Sums over rsyncs that have ended; heavier ones tell more. */
export interface Measured {
  readonly weight: number;
  readonly weightSquared: number;
  readonly logarithm: number;
  readonly logarithmSquared: number;
}

export const nothingMeasured: Measured = { weight: 0, weightSquared: 0, logarithm: 0, logarithmSquared: 0 };

export function measured(before: Measured, { weight: given, seconds }: Timed): Measured {
  const weight = Math.max(leastWeight, given);
  const logarithm = Math.log(Math.max(leastWeight, seconds) / weight);
  return {
    weight: before.weight + weight,
    weightSquared: before.weightSquared + weight ** 2,
    logarithm: before.logarithm + weight * logarithm,
    logarithmSquared: before.logarithmSquared + weight * logarithm ** 2,
  };
}

/**
 * What is known now. Those that run count as well: that one takes longer than any that has ended is news, and without it the quick
 * ones, which end first, would set the pace.
 */
export function experience(ended: Measured, running: readonly Running[], belief: Belief): Experience {
  // What has done much of its bytes is as good as one that has ended.
  const foretold = running
    .filter(({ share = 0 }) => share >= tellingShare)
    .reduce((sum, { weight, seconds, share = 1 }) => measured(sum, { weight: weight * share, seconds }), ended);
  const open = running.filter(({ share = 0 }) => share < tellingShare);
  const { weight, weightSquared, logarithm, logarithmSquared } = foretold;
  const evidence = weight === 0 ? 0 : weight ** 2 / weightSquared;
  const variance = weight === 0 ? 0 : Math.max(0, logarithmSquared / weight - (logarithm / weight) ** 2);
  const spread = Math.min(
    mostSpread,
    Math.max(
      leastSpread,
      Math.sqrt((spreadEvidence * usualSpread ** 2 + evidence * variance) / (spreadEvidence + evidence)),
    ),
  );
  // The belief weighs as much as so many mean rsyncs.
  const typical = weight === 0 ? 1 : weightSquared / weight;
  const believed = { weight: belief.evidence * typical, mean: Math.log(belief.pace) - spread ** 2 / 2 };
  let mean = (believed.weight * believed.mean + logarithm) / (believed.weight + weight);
  for (let round = 0; round < rounds; round++) {
    let [sum, total] = [believed.weight * believed.mean + logarithm, believed.weight + weight];
    for (const { weight: given, seconds } of open) {
      const own = Math.max(leastWeight, given);
      sum += own * meanLogarithmAbove(seconds / own, { mean, spread });
      total += own;
    }
    mean = sum / total;
  }
  return { mean, spread, evidence: evidence + belief.evidence };
}
