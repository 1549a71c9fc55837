/** Numbers that look random and are the same for the same seed (mulberry32, public domain, Tommy Ettinger). */
export interface Random {
  /** From 0 up to, not including, `below`. */
  whole(below: number): number;
  /** True so many times in a hundred. */
  chance(percent: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  return {
    whole,
    chance: (percent) => whole(100) < percent,
    pick(items) {
      const item = items[whole(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
  };
}
