import type { BytePath } from "../byte-path.ts";
import type { Plan, Shard } from "../plan/shard.ts";
import type { Item } from "../rsync/output.ts";
import { inLanes } from "./lanes.ts";
import { runShard, type ShardEnd } from "./shard-run.ts";
import type { Workshop } from "./workshop.ts";

export interface RunOptions {
  readonly workshop: Workshop;
  readonly retries: number;
  readonly failFast: boolean;
  /** Milliseconds on the run's clock. */
  readonly now: () => number;
  /** Milliseconds before a second try. */
  readonly firstPauseMs?: number | undefined;
  /** How many rsyncs may run at once, at this moment; the plan's lanes unless given. */
  readonly lanes?: (() => number) | undefined;
  /** `lane`: the limiter's number, from 0. */
  readonly onStart?: (shard: Shard, lane: number) => void;
  /** `waiting`: shards that could start now. */
  readonly onEnd?: (end: ShardEnd, waiting: number) => void;
  readonly onBytes?: (shard: Shard, bytes: number) => void;
  /** Whether the rsyncs must tell of every change, so that `onItem` does. */
  readonly everyChange?: boolean | undefined;
  readonly onItem?: (shard: Shard, item: Item) => void;
  readonly onSkipped?: (path: BytePath) => void;
}

/**
 * Runs a plan: stage after stage, the shards of a stage in the lanes. A shard's failure stops nothing, unless fail-fast;
 * a cancellation starts no further shard and ends those that run.
 *
 * @returns how each shard ended that was started
 */
export async function runPlan(plan: Plan, options: RunOptions, signal: AbortSignal): Promise<ShardEnd[]> {
  const ends: ShardEnd[] = [];
  const started = new Set<number>();
  const ended = new Set<number>();
  for (const stage of plan.stages) {
    const inStage = new Set(stage.map(({ id }) => id));
    const admission = {
      open: () => !signal.aborted && !(options.failFast && ends.some(({ state }) => state === "failed")),
      lanes: options.lanes ?? (() => plan.lanes),
      // What was left out of the stage, as a refused deletion is, is not waited for.
      ready: ({ after }: Shard) => after.every((id) => ended.has(id) || !inStage.has(id)),
    };
    await inLanes(stage, admission, async (shard, lane) => {
      started.add(shard.id);
      options.onStart?.(shard, lane);
      const end = await runShard(
        shard,
        lane,
        {
          workshop: options.workshop,
          retries: options.retries,
          now: options.now,
          everyChange: options.everyChange,
          onItem: (item) => options.onItem?.(shard, item),
          onBytes: (bytes) => options.onBytes?.(shard, bytes),
          onSkipped: (path) => options.onSkipped?.(path),
          ...(options.firstPauseMs === undefined ? {} : { firstPauseMs: options.firstPauseMs }),
        },
        signal,
      );
      ended.add(shard.id);
      ends.push(end);
      options.onEnd?.(end, stage.filter((one) => !started.has(one.id) && admission.ready(one)).length);
    });
  }
  return ends;
}
