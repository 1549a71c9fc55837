/** Times of rsyncs as multiples of what was estimated: their logarithm is spread like a bell. */
export interface LogNormal {
  /** Mean of the logarithm. */
  readonly mean: number;
  /** Standard deviation of the logarithm. */
  readonly spread: number;
}

/** The mean of all values. */
export function meanOf({ mean, spread }: LogNormal): number {
  return Math.exp(mean + spread ** 2 / 2);
}

/** The share of values above one; all of them above nothing. */
export function shareAbove(value: number, { mean, spread }: LogNormal): number {
  return value <= 0 ? 1 : above((Math.log(value) - mean) / spread);
}

/** By how much those values that are above one exceed it, in the mean. */
export function excessAbove(value: number, known: LogNormal): number {
  if (value <= 0) return meanOf(known);
  const deviation = (Math.log(value) - known.mean) / known.spread;
  const share = above(deviation);
  // So far out that nothing is known any more: as much again as there was.
  if (share < Number.MIN_VALUE * 1e20) return value;
  return Math.max(0, (meanOf(known) * above(deviation - known.spread)) / share - value);
}

/** The mean logarithm of those values that are above one. */
export function meanLogarithmAbove(value: number, known: LogNormal): number {
  if (value <= 0) return known.mean;
  const deviation = (Math.log(value) - known.mean) / known.spread;
  const share = above(deviation);
  if (share < Number.MIN_VALUE * 1e20) return Math.log(value);
  return known.mean + (known.spread * Math.exp(-(deviation ** 2) / 2)) / Math.sqrt(2 * Math.PI) / share;
}

/** The share of a standard normal distribution above so many deviations. */
function above(deviations: number): number {
  return complementaryError(deviations / Math.SQRT2) / 2;
}

/** erfc, to a relative 1.2e-7 everywhere: far out a difference from 1 would be all error (Numerical Recipes in C, 6.2, erfcc). */
function complementaryError(x: number): number {
  const t = 1 / (1 + Math.abs(x) / 2);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ];
  const exponent = coefficients.reduce((sum, coefficient) => sum * t + coefficient, 0);
  const value = t * Math.exp(-(x ** 2) + exponent);
  return x >= 0 ? value : 2 - value;
}
