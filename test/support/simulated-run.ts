import { seeded } from "./random.ts";

/** A shard of a simulated run; seconds. */
export interface SimulatedShard {
  readonly weight: number;
  readonly seconds: number;
  readonly startedAt: number;
}

/** A run whose shards took what chance made of their weights. */
export interface SimulatedRun {
  readonly lanes: number;
  /** In the order in which they started: the heaviest first. */
  readonly shards: readonly SimulatedShard[];
  readonly seconds: number;
  /** Whether its rsyncs tell how many of their bytes are done, as those of a first backup do. */
  readonly tells: boolean;
}

/** The same runs for the same seed: weights with a heavy tail, times that are off by a pace of the run and a chance of the shard. */
export function simulatedRun(seed: number): SimulatedRun {
  const random = seeded(seed);
  const uniform = (): number => (random.whole(1_000_000) + 0.5) / 1_000_000;
  const bell = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const lanes = random.pick([2, 4, 8, 16, 32]);
  const pace = Math.exp(bell() * 0.7);
  const spread = random.pick([0.2, 0.4, 0.7]);
  const weights = Array.from({ length: lanes * 2 + random.whole(lanes * 20) }, () =>
    // Pareto with exponent 1.3: a twentieth of the shards has half of the work.
    Math.min(2000, uniform() ** (-1 / 1.3)),
  ).sort((one, other) => other - one);
  const free = Array.from({ length: lanes }, () => 0);
  const shards = weights.map((weight) => {
    const lane = free.indexOf(Math.min(...free));
    const startedAt = free[lane] ?? 0;
    const seconds = weight * pace * Math.exp(bell() * spread);
    free[lane] = startedAt + seconds;
    return { weight, seconds, startedAt };
  });
  return { lanes, shards, seconds: Math.max(...free), tells: random.chance(50) };
}
