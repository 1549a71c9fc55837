/**
 * The known word that was probably meant: the nearest one by edit distance if at most a third of the letters differ, or
 * else the only one that starts with what was written (`dest`). Case and `_` for `-` do not count.
 */
export function nearest<Word extends string>(written: string, known: readonly Word[]): Word | undefined {
  const plain = written.toLowerCase().replaceAll("_", "-");
  const ranked = known.map((word) => ({ word, distance: distance(plain, word.toLowerCase()) }));
  const best = ranked.toSorted((left, right) => left.distance - right.distance)[0];
  if (best !== undefined && best.distance <= Math.max(1, Math.floor(plain.length / 3))) return best.word;

  const continued = known.filter((word) => plain.length >= 2 && word.startsWith(plain));
  return continued.length === 1 ? continued[0] : undefined;
}

/** How many letters must be inserted, left out, replaced or swapped with their neighbour (optimal string alignment). */
function distance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped && row > 1 && column > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
