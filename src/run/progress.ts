import type { BytePath } from "../byte-path.ts";
import type { CopyingState, LaneState } from "../log/log.ts";
import type { Plan, Shard } from "../plan/shard.ts";
import { part, whose } from "../report/shard-words.ts";
import {
  type Belief,
  experience,
  type Measured,
  measured,
  nothingMeasured,
  type Running,
  tellingShare,
} from "./experience.ts";
import { startRates } from "./rates.ts";
import type { ShardEnd } from "./shard-run.ts";
import { trackStages } from "./stages.ts";
import { addTallies, emptyTally } from "./tally.ts";
import { meanLeft, timeLeft } from "./time-left.ts";

/** A project whose last shard has ended. */
export interface DoneProject {
  readonly project: BytePath;
  readonly ends: readonly ShardEnd[];
}

/** Follows a run, shard by shard. */
export interface ProgressTracker {
  /** How many there are, the loose files counted as one. */
  readonly projects: number;
  started(shard: Shard, lane: number): void;
  /** Bytes that a running shard has moved. */
  moved(shard: Shard, bytes: number): void;
  /** A file that a running shard has copied. */
  copied(shard: Shard): void;
  /** Notes a shard's end; returns the projects that are done with it. */
  ended(end: ShardEnd): readonly DoneProject[];
  state(): CopyingState;
}

interface RunningShard {
  readonly shard: Shard;
  readonly lane: number;
  readonly startedAt: number;
  bytes: number | undefined;
  /** What earlier tries moved. */
  bytesBefore: number;
  files: number;
}

/** Below this share of the work, or with fewer rsyncs that told how long they take, the time left would be a guess. */
const leastForEstimate = { share: 0.02, evidence: 3 };

/**
 * @param seconds since the copying began
 * @param lanes how many rsyncs may run at once now
 * @param belief how long rsyncs take, before any was measured
 */
export function trackProgress(
  plan: Plan,
  { seconds, lanes, belief }: { readonly seconds: () => number; readonly lanes: () => number; readonly belief: Belief },
): ProgressTracker {
  const shards = plan.stages.flat();
  const total = shards.reduce((sum, { weight }) => sum + weight, 0);
  const open = new Map<BytePath, { left: number; readonly ends: ShardEnd[] }>();
  for (const { portions } of shards)
    for (const { project } of portions) {
      const one = open.get(project);
      if (one === undefined) open.set(project, { left: 1, ends: [] });
      else one.left++;
    }
  const projects = open.size;
  const stages = trackStages(plan);
  const running = new Map<number, RunningShard>();
  const rates = startRates();
  const done = { shards: 0, weight: 0, bytes: 0, files: 0 };
  let known: Measured = nothingMeasured;
  let fraction = 0;

  const laneState = ({ shard, lane, startedAt, bytes, bytesBefore }: RunningShard, now: number): LaneState => ({
    ...{
      lane,
      bytes: bytes === undefined ? undefined : bytesBefore + bytes,
      project: whose(shard),
      part: part(shard),
      seconds: now - startedAt,
    },
  });
  return {
    projects,
    started(shard, lane) {
      stages.started(shard);
      running.set(shard.id, { shard, lane, startedAt: seconds(), bytes: undefined, bytesBefore: 0, files: 0 });
    },
    moved(shard, bytes) {
      const one = running.get(shard.id);
      if (one === undefined) return;
      // Less than before: another try, which counts anew and passes over what is there.
      if (bytes < (one.bytes ?? 0)) one.bytesBefore += one.bytes ?? 0;
      one.bytes = bytes;
    },
    copied(shard) {
      const one = running.get(shard.id);
      if (one !== undefined) one.files++;
    },
    ended(end) {
      const { shard, attempts, tallies } = end;
      const started = running.get(shard.id);
      running.delete(shard.id);
      const tally = [...tallies.values()].reduce(addTallies, emptyTally);
      done.shards++;
      done.weight += shard.weight;
      done.bytes += attempts.reduce((sum, { bytesTransferred }) => sum + bytesTransferred, 0);
      done.files += tally.filesTransferred;
      // Tries and the pauses between them say nothing of the pace.
      if (started !== undefined && end.state === "complete" && attempts.length <= 1)
        known = measured(known, { weight: shard.weight, seconds: seconds() - started.startedAt });
      const over: DoneProject[] = [];
      for (const { project } of shard.portions) {
        const one = open.get(project);
        if (one === undefined) continue;
        one.ends.push(end);
        one.left--;
        if (one.left > 0) continue;
        open.delete(project);
        over.push({ project, ends: one.ends });
      }
      return over;
    },
    state() {
      const now = seconds();
      const busy = [...running.values()].sort((one, other) => one.lane - other.lane);
      const timed = busy.map((one) => timedOf(one, now));
      const learnt = experience(known, timed, belief);
      const tells = timed.reduce((sum, { weight, share = 0 }) => sum + weight * share, done.weight);
      const left = stages.left();
      // All but there is not there.
      const least = done.shards === shards.length ? 1 : 0;
      const most = done.shards === shards.length ? 1 : 0.999;
      const weight = timed.reduce(
        (sum, one) => sum + (one.weight * one.seconds) / (one.seconds + meanLeft(one, learnt) || 1),
        done.weight,
      );
      fraction = Math.max(fraction, least, Math.min(most, total === 0 ? 0 : weight / total));
      const bytes = busy.reduce((sum, one) => sum + one.bytesBefore + (one.bytes ?? 0), done.bytes);
      const files = busy.reduce((sum, one) => sum + one.files, done.files);
      const shardsWaiting = left.reduce((sum, one) => sum + one.shards, 0);
      const isForetold = shardsWaiting === 0 && timed.every(({ share = 0 }) => share >= tellingShare);
      const isKnown =
        isForetold ||
        (learnt.evidence >= leastForEstimate.evidence &&
          (belief.isMeasured || tells >= leastForEstimate.share * total));
      return {
        kind: "copying",
        ...{ fraction, elapsedSeconds: now, bytesTransferred: bytes, filesTransferred: files },
        ...rates({ seconds: now, bytes, files }),
        left: isKnown ? timeLeft({ lanes: Math.max(1, lanes()), running: timed, stages: left }, learnt) : undefined,
        ...{ projectsDone: projects - open.size, projects },
        lanes: busy.map((one) => laneState(one, now)),
        shardsWaiting,
      };
    },
  };
}

/**
 * What is known of a running shard. The share of its bytes says how far it is only where all of them are to be copied: where some are
 * there already, as for a second try, few may be all. One that has moved more than it was thought to have says that this was wrong.
 */
function timedOf({ shard, startedAt, bytes = 0, bytesBefore }: RunningShard, now: number): Running {
  const share = shard.fresh && bytesBefore === 0 && bytes < shard.bytes ? bytes / shard.bytes : undefined;
  return { weight: shard.weight, seconds: now - startedAt, share };
}
