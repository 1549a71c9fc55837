import { ladder, type Parallelism } from "../plan/parallelism.ts";

/** A decision about the number of lanes. */
export interface TuningStep {
  /** Seconds since the copying began. */
  readonly seconds: number;
  /** Lanes from now on. */
  readonly lanes: number;
  /** What was measured before: estimated seconds of one rsync's work that were done in a second. */
  readonly rate: number;
  readonly why: string;
}

/** A shard's end, as far as the tuner needs it. */
export interface Finished {
  /** Estimated seconds of one rsync. */
  readonly weight: number;
  /** Seconds since the copying began. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What a number of lanes achieved. */
export interface LaneRate {
  readonly lanes: number;
  readonly rate: number;
}

/** Changes the number of lanes while a run goes on. */
export interface Tuner {
  /** How many rsyncs may run at once now. */
  readonly lanes: () => number;
  /**
   * @param waiting shards that have not started
   * @param pressure what speaks against more rsyncs at this moment, or undefined
   */
  readonly finished: (shard: Finished, waiting: number, pressure: string | undefined) => void;
  readonly steps: readonly TuningStep[];
  /** The rates that were measured long enough to mean something. */
  readonly rates: () => readonly LaneRate[];
}

/**
 * A step up has to gain this share of what it would gain if lanes were all that mattered. AzCopy's tuner asks for a fifth
 * (concurrencyTuner.go), which simulated storage that saturates made climb too far.
 */
const leastGain = 0.25;
/** Fewer lanes that do this much of the work are better: they leave more of the machine to others. */
const goodEnough = 0.95;
/** Shards that one rate is measured from: no fewer than these, nor than half of the lanes. */
const leastShards = 4;
/** Seconds of rsyncs, added up, below which a rate tells more of the clock than of the storage. */
const leastTelling = 5;

/**
 * A tuner that climbs the ladder while it pays, by how many rsyncs it lets start: it never stops one that runs. Then it tries one
 * step down from where it began. What it does not know it does not change: near the end there is nothing to learn from.
 */
export function startTuner({ lanes: start, most }: Pick<Parallelism, "lanes" | "most">): Tuner {
  const measured = new Map<number, { weight: number; seconds: number; shards: number }>();
  const steps: TuningStep[] = [];
  let lanes = start;
  let changedAt = 0;
  /** The best so far, to go back to. */
  let best = start;
  let direction: "up" | "down" | "settled" = "up";

  const rateOf = (count: number): number => {
    const { weight, seconds } = measured.get(count) ?? { weight: 0, seconds: 0 };
    return seconds === 0 ? 0 : (count * weight) / seconds;
  };
  const move = (to: number, seconds: number, why: string): void => {
    steps.push({ seconds, lanes: to, rate: rateOf(lanes), why });
    lanes = to;
    changedAt = seconds;
  };
  const above = (count: number): number | undefined => ladder.find((step) => step > count && step <= most);
  const below = (count: number): number | undefined => ladder.findLast((step) => step < count);

  const tryUp = (seconds: number, waiting: number, pressure: string | undefined): boolean => {
    const next = above(lanes);
    if (next === undefined || pressure !== undefined || waiting < 2 * next) return false;
    move(next, seconds, "to see whether more do more");
    return true;
  };
  const tryDown = (seconds: number, waiting: number, why: string): void => {
    const next = below(best);
    if (next === undefined || waiting < 2 * best) {
      direction = "settled";
      if (lanes !== best) move(best, seconds, why);
      return;
    }
    direction = "down";
    move(next, seconds, `${why}; to see whether fewer do as much`);
  };

  return {
    lanes: () => lanes,
    steps,
    rates: () =>
      [...measured]
        .filter(([, { shards, seconds }]) => shards >= leastShards && seconds >= leastTelling)
        .map(([count]) => ({ lanes: count, rate: Number(rateOf(count).toPrecision(4)) })),
    finished({ weight, startedAt, endedAt }, waiting, pressure) {
      // What started before the last change ran beside more or fewer than now.
      if (startedAt < changedAt || endedAt <= startedAt) return;
      const here = measured.get(lanes) ?? { weight: 0, seconds: 0, shards: 0 };
      const sum = {
        weight: here.weight + weight,
        seconds: here.seconds + endedAt - startedAt,
        shards: here.shards + 1,
      };
      measured.set(lanes, sum);
      if (direction === "settled" || sum.shards < Math.max(leastShards, lanes / 2)) return;
      const [now, before] = [rateOf(lanes), rateOf(best)];
      if (direction === "up" && lanes > best) {
        if (now / before - 1 < leastGain * (lanes / best - 1)) {
          tryDown(endedAt, waiting, `${lanes} did ${percent(now / before)} of the work of ${best}`);
          return;
        }
        best = lanes;
      }
      if (direction === "up") {
        if (!tryUp(endedAt, waiting, pressure) && pressure !== undefined) tryDown(endedAt, waiting, pressure);
        return;
      }
      if (now < goodEnough * before) {
        direction = "settled";
        move(best, endedAt, `${lanes} did ${percent(now / before)} of the work of ${best}`);
        return;
      }
      best = lanes;
      tryDown(endedAt, waiting, `${lanes} do ${percent(now / before)} of the work of more`);
    },
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
