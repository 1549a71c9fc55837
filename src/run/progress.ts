import type { BytePath } from "../byte-path.ts";
import type { ProgressState } from "../log/log.ts";
import type { Plan, Shard } from "../plan/shard.ts";
import type { ShardEnd } from "./shard-run.ts";

/** Follows a run, shard by shard. */
export interface ProgressTracker {
  /** How many there are, the loose files counted as one. */
  readonly projects: number;
  /** Bytes that a running shard has moved. */
  moved(shard: Shard, bytes: number): void;
  /** Notes a shard's end; returns the projects that are done with it. */
  ended(end: ShardEnd): readonly BytePath[];
  state(elapsedSeconds: number): ProgressState;
}

/** Below this share the time left would be a guess. */
const leastForEstimate = 0.02;

export function trackProgress(plan: Plan): ProgressTracker {
  const shards = plan.stages.flat();
  const total = shards.reduce((sum, { weight }) => sum + weight, 0);
  const left = new Map<BytePath, number>();
  for (const { portions } of shards)
    for (const { project } of portions) left.set(project, (left.get(project) ?? 0) + 1);
  const projects = left.size;
  const running = new Map<number, { readonly shard: Shard; readonly bytes: number }>();
  let doneWeight = 0;
  let doneBytes = 0;
  return {
    projects,
    moved(shard, bytes) {
      running.set(shard.id, { shard, bytes });
    },
    ended({ shard, attempts }) {
      running.delete(shard.id);
      doneWeight += shard.weight;
      doneBytes += attempts.reduce((sum, { bytesTransferred }) => sum + bytesTransferred, 0);
      const done: BytePath[] = [];
      for (const { project } of shard.portions) {
        const rest = (left.get(project) ?? 1) - 1;
        left.set(project, rest);
        if (rest === 0) done.push(project);
      }
      return done;
    },
    state(elapsedSeconds) {
      let weight = doneWeight;
      let bytes = doneBytes;
      for (const one of running.values()) {
        weight += one.shard.weight * Math.min(1, one.bytes / Math.max(1, one.shard.bytes));
        bytes += one.bytes;
      }
      const fraction = total === 0 ? 1 : Math.min(1, weight / total);
      return {
        fraction,
        bytesTransferred: bytes,
        elapsedSeconds,
        secondsLeft: fraction < leastForEstimate ? undefined : (elapsedSeconds * (1 - fraction)) / fraction,
        projectsDone: [...left.values()].filter((rest) => rest === 0).length,
        projects,
      };
    },
  };
}
