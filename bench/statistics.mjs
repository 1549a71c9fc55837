// Figures from several rounds.

/** The median: the mean of the middle two of an even number. Undefined for none. */
export function median(figures) {
  if (figures.length === 0) return undefined;
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.5)] + sorted[Math.ceil(middle - 0.5)]) / 2;
}

/** The median, over the rounds that both have, of what a function makes of one round's two figures. */
export function medianOfRounds(ones, others, combine) {
  const rounds = Math.min(ones.length, others.length);
  return median(Array.from({ length: rounds }, (_, round) => combine(ones[round], others[round])));
}
