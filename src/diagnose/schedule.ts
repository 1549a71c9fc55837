import { toDisplay } from "../byte-path.ts";
import type { Sample } from "../measure/measurement.ts";
import type { Plan } from "../plan/shard.ts";
import { lanesNeeded } from "../plan/shard.ts";
import type { ShardEnd } from "../run/shard-run.ts";
import type { TuningStep } from "../run/tuner.ts";
import type { LongestShard, Schedule } from "./evidence.ts";

/** Seconds of samples below which a throughput is chance. */
const tellingSeconds = 3;

export interface ScheduleOf {
  readonly plan: Plan | undefined;
  readonly ends: readonly ShardEnd[];
  readonly steps: readonly TuningStep[];
  /** When the copying began, in seconds of the run. */
  readonly copyStart: number;
  readonly samples: readonly Sample[];
}

/** When which rsync ran. Times of attempts are exact; what could have run follows from the plan and the tuner's steps. */
export function scheduleOf({ plan, ends, steps, copyStart, samples }: ScheduleOf): Schedule {
  const attempts = ends.flatMap(({ attempts }) =>
    attempts.map(({ startedAtMs, endedAtMs }) => ({ start: startedAtMs / 1000, end: endedAtMs / 1000 })),
  );
  const needed = plan === undefined ? 0 : lanesNeeded({ ...plan, lanes: Number.POSITIVE_INFINITY });
  const allowedAt = (seconds: number): number => {
    const lanes = steps.findLast((step) => copyStart + step.seconds <= seconds)?.lanes ?? plan?.lanes ?? 0;
    return Math.min(lanes, needed);
  };
  const [first, last] = [Math.min(...attempts.map(({ start }) => start)), Math.max(...attempts.map(({ end }) => end))];
  const sums = { idle: 0, alone: 0, underused: 0, lanes: 0 };
  for (const { from, to, running } of stretches(attempts)) {
    const seconds = to - from;
    const allowed = allowedAt(from);
    sums.lanes = Math.max(sums.lanes, allowed);
    sums.idle += Math.max(0, allowed - running) * seconds;
    if (running === 1) sums.alone += seconds;
    if (2 * running < allowed) sums.underused += seconds;
  }
  return {
    lanes: sums.lanes,
    rsyncs: ends.length,
    makespanSeconds: attempts.length === 0 ? 0 : last - first,
    laneSeconds: attempts.reduce((sum, { start, end }) => sum + end - start, 0),
    idleLaneSeconds: sums.idle,
    aloneSeconds: sums.alone,
    underusedSeconds: sums.underused,
    longest: longestOf(ends),
    throughput: throughputOf(samples, sums.lanes),
    bytesTransferred: ends.flatMap(({ attempts }) => attempts).reduce((sum, one) => sum + one.bytesTransferred, 0),
  };
}

/** The stretches of time between starts and ends, and how many ran in each. */
function stretches(
  attempts: readonly { readonly start: number; readonly end: number }[],
): { readonly from: number; readonly to: number; readonly running: number }[] {
  const changes = attempts
    .flatMap(({ start, end }) => [
      { at: start, by: 1 },
      { at: end, by: -1 },
    ])
    .sort((one, other) => one.at - other.at);
  let running = 0;
  return changes.slice(0, -1).map(({ at, by }, index) => {
    running += by;
    return { from: at, to: changes[index + 1]?.at ?? at, running };
  });
}

function longestOf(ends: readonly ShardEnd[]): LongestShard | undefined {
  let longest: LongestShard | undefined;
  for (const { shard, attempts } of ends) {
    const seconds = attempts.reduce((sum, one) => sum + one.endedAtMs - one.startedAtMs, 0) / 1000;
    if (longest !== undefined && seconds <= longest.seconds) continue;
    const [name, ...others] = shard.names;
    const isFile = shard.kind === "slice" && name !== undefined && others.length === 0;
    longest = {
      id: shard.id,
      kind: shard.kind,
      seconds,
      project: shard.portions[0] === undefined ? "" : toDisplay(shard.portions[0].project),
      file: isFile ? toDisplay(name).replace(/^\.\//, "") : undefined,
      bytes: Math.max(shard.bytes, ...attempts.map(({ bytesTransferred }) => bytesTransferred)),
    };
  }
  return longest;
}

/** What rsyncs read while nearly all lanes ran, and while one did: how much more of them were worth, from the run itself. */
function throughputOf(samples: readonly Sample[], lanes: number): Schedule["throughput"] {
  const meanOf = (wanted: (rsyncs: number) => boolean): number | undefined => {
    let [bytes, seconds] = [0, 0];
    for (const [index, { atMs, rsyncs, rsyncReadBytesPerSecond: rate }] of samples.entries()) {
      const covered = (atMs - (samples[index - 1]?.atMs ?? 0)) / 1000;
      if (rsyncs === undefined || rate === undefined || !wanted(rsyncs)) continue;
      bytes += rate * covered;
      seconds += covered;
    }
    return seconds < tellingSeconds ? undefined : bytes / seconds;
  };
  const full = meanOf((rsyncs) => rsyncs >= Math.max(1.5, 0.8 * lanes));
  const alone = meanOf((rsyncs) => rsyncs > 0.5 && rsyncs <= 1.1);
  return full === undefined || alone === undefined ? undefined : { full, alone };
}
