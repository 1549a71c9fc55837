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
/** Fewer lanes that do this much of the most that was seen are better: they leave more of the machine to others. */
const goodEnough = 0.95;
/** Shards that one rate is measured from: no fewer than these, nor than there are lanes, or one that was guessed wrong decides. */
const leastShards = 8;
/** Seconds of rsyncs, added up, below which a rate tells more of the clock than of the storage. */
const leastTelling = 5;

/**
 * A tuner that climbs the ladder while it pays, by how many rsyncs it lets start: it never stops one that runs. Where no step up pays
 * it tries steps down from where it began. What it cannot learn it does not change: near the end there is nothing to learn from.
 *
 * Measured by Little's law: the rate of so many lanes is their number times the mean rate of the shards that ran beside each other.
 */
export function startTuner({ lanes, least, most }: Pick<Parallelism, "lanes" | "least" | "most">): Tuner {
  const start = Math.min(lanes, most);
  const measured = new Map<number, { weight: number; seconds: number; shards: number }>();
  const steps: TuningStep[] = [];
  let current = start;
  let changedAt = 0;
  /** The best so far, to go back to. */
  let best = start;
  let direction: "up" | "down" | "settled" = least < most ? "up" : "settled";

  const rateOf = (count: number): number => {
    const { weight, seconds } = measured.get(count) ?? { weight: 0, seconds: 0 };
    return seconds === 0 ? 0 : (count * weight) / seconds;
  };
  const highestRate = (): number => Math.max(...[...measured.keys()].map(rateOf));
  const move = (to: number, seconds: number, why: string): void => {
    steps.push({ seconds, lanes: to, rate: rateOf(current), why });
    current = to;
    changedAt = seconds;
  };
  /** Ends the search where it was best. */
  const settle = (seconds: number, why: string): void => {
    direction = "settled";
    if (current !== best) move(best, seconds, why);
  };
  const climb = (seconds: number, waiting: number, pressure: string | undefined): void => {
    const next = ladder.find((step) => step > current && step <= most);
    if (next === undefined) descend(seconds, waiting, "more are not allowed");
    else if (pressure !== undefined) descend(seconds, waiting, pressure);
    else if (waiting >= next) move(next, seconds, "to see whether more do more");
  };
  const descend = (seconds: number, waiting: number, why: string): void => {
    const next = ladder.findLast((step) => step < best && step >= least);
    // What lies below where a climb began has been measured, or was passed with a gain.
    if (best > start || next === undefined || waiting < best) {
      settle(seconds, why);
      return;
    }
    direction = "down";
    move(next, seconds, `${why}; to see whether fewer do as much`);
  };

  return {
    lanes: () => current,
    steps,
    rates: () =>
      [...measured]
        .filter(([, { shards, seconds }]) => shards >= leastShards && seconds >= leastTelling)
        .map(([count]) => ({ lanes: count, rate: Number(rateOf(count).toPrecision(4)) })),
    finished({ weight, startedAt, endedAt }, waiting, pressure) {
      // What started before the last change ran beside more or fewer than now; when nothing waits, lanes stand empty.
      if (startedAt < changedAt || endedAt <= startedAt || waiting === 0) return;
      const here = measured.get(current) ?? { weight: 0, seconds: 0, shards: 0 };
      const sum = {
        weight: here.weight + weight,
        seconds: here.seconds + endedAt - startedAt,
        shards: here.shards + 1,
      };
      measured.set(current, sum);
      if (direction === "settled" || sum.shards < Math.max(leastShards, current) || sum.seconds < leastTelling) return;
      const rate = rateOf(current);
      if (rate === 0) return;
      if (direction === "down") {
        const share = rate / highestRate();
        if (share < goodEnough) {
          settle(endedAt, `${current} did ${percent(share)} of the work of more`);
          return;
        }
        best = current;
        descend(endedAt, waiting, `${current} did ${percent(share)} of the work of more`);
        return;
      }
      const before = rateOf(best);
      if (current > best && rate / before - 1 < leastGain * (current / best - 1)) {
        descend(endedAt, waiting, `${current} did ${percent(rate / before)} of the work of ${best}`);
        return;
      }
      best = current;
      climb(endedAt, waiting, pressure);
    },
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
