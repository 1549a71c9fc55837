import type { Plan, Shard } from "../plan/shard.ts";
import type { Waiting } from "./time-left.ts";

/** Follows which shards of a plan have not started. */
export interface StageTracker {
  started(shard: Shard): void;
  /** What waits, stage by stage, from the one that runs. */
  left(): readonly Waiting[];
}

export function trackStages({ stages }: Plan): StageTracker {
  const all = stages.map((stage) => {
    const heaviestFirst = [...stage].sort((one, other) => other.weight - one.weight);
    return { heaviestFirst, at: 0, shards: stage.length, weight: stage.reduce((sum, { weight }) => sum + weight, 0) };
  });
  const indexOf = new Map(stages.flatMap((stage, index) => stage.map(({ id }) => [id, index] as const)));
  let current = 0;
  const started = new Set<number>();
  return {
    started({ id, weight }) {
      const index = indexOf.get(id) ?? 0;
      const stage = all[index];
      if (stage === undefined || started.has(id)) return;
      started.add(id);
      current = Math.max(current, index);
      stage.shards--;
      stage.weight = Math.max(0, stage.weight - weight);
      while (started.has(stage.heaviestFirst[stage.at]?.id ?? -1)) stage.at++;
    },
    left: () =>
      all.slice(current).map(({ shards, weight, heaviestFirst, at }) => ({
        ...{ shards, weight },
        heaviest: heaviestFirst[at]?.weight ?? 0,
      })),
  };
}
