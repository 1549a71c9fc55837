import { type Experience, type Running, tellingShare } from "./experience.ts";
import { excessAbove, type LogNormal, meanOf, shareAbove } from "./log-normal.ts";

/** Shards that have not started; weights in estimated seconds of one rsync. */
export interface Waiting {
  readonly shards: number;
  readonly weight: number;
  readonly heaviest: number;
}

/** What a run still has to do. */
export interface Remains {
  /** How many rsyncs may run at once. */
  readonly lanes: number;
  readonly running: readonly Running[];
  /** Of each stage that is not over, the one that runs first. */
  readonly stages: readonly Waiting[];
}

/** Seconds until the end: it comes before the first in one of five runs, and after the last in one of five. */
export interface TimeLeft {
  readonly least: number;
  readonly likely: number;
  readonly most: number;
}

/** Of three ends, how probable an earlier one is, and how many standard deviations that is from the middle. */
const ends = { least: [0.2, -0.84], likely: [0.5, 0], most: [0.8, 0.84] } as const;
/** How far an estimate of time from bytes that are done is off, at their beginning. */
const bytesSpread = 0.3;
/** While something runs the end is no nearer than this, in seconds. */
const nearest = 1;

/**
 * When a run will end: not before its lanes have done all the work between them, and not before the last of those rsyncs ends that
 * nothing can be taken from any more. Near the end the second is what counts, where a rate alone would promise the end at once.
 */
export function timeLeft({ lanes, running, stages: [current, ...later] }: Remains, known: Experience): TimeLeft {
  const open = running.map((one) => lifetimeOf(one, known));
  const at = ([probability, deviations]: readonly [number, number]): number => {
    // The heaviest that waits is the next to start.
    const last =
      current && current.shards > 0 ? [...open, lifetimeOf({ weight: current.heaviest, seconds: 0 }, known)] : open;
    const shared =
      current && current.shards > 0
        ? ((open.reduce((sum, one) => sum + one.meanLeft, 0) + current.weight * meanOf(known)) / lanes) *
          Math.exp(deviations * uncertainty(known, running.length + current.shards))
        : 0;
    const afterwards = later
      .filter(({ shards }) => shards > 0)
      .reduce(
        (sum, { shards, weight, heaviest }) =>
          sum + Math.max(weight / lanes, heaviest) * meanOf(known) * Math.exp(deviations * uncertainty(known, shards)),
        0,
      );
    return Math.max(running.length > 0 ? nearest : 0, shared, whenAllEnded(last, probability)) + afterwards;
  };
  return { least: at(ends.least), likely: at(ends.likely), most: at(ends.most) };
}

/** Seconds that rsyncs that run have left, in the mean. */
export function meanLeft(one: Running, known: LogNormal): number {
  return lifetimeOf(one, known).meanLeft;
}

/** What is known of the end of one rsync. */
interface Lifetime {
  readonly meanLeft: number;
  /** How probable it is that it has ended after so many seconds. */
  readonly endedAfter: (seconds: number) => number;
}

function lifetimeOf({ weight, seconds, share = 0 }: Running, known: LogNormal): Lifetime {
  if (share >= tellingShare && share < 1) {
    const left = { mean: Math.log(Math.max(0.01, (seconds * (1 - share)) / share)), spread: bytesSpread };
    return { meanLeft: meanOf(left), endedAfter: (later) => 1 - shareAbove(later, left) };
  }
  const unit = Math.max(1e-3, weight);
  const alive = shareAbove(seconds / unit, known);
  // So far out that nothing is known any more.
  if (alive < 1e-200) return { meanLeft: seconds, endedAfter: (later) => later / (later + seconds) };
  return {
    meanLeft: unit * excessAbove(seconds / unit, known),
    endedAfter: (later) => 1 - shareAbove((seconds + later) / unit, known) / alive,
  };
}

/** How far the sum of so many rsyncs' times may be off, as a logarithm: by what is not known of the pace, and by chance. */
function uncertainty({ spread, evidence }: Experience, shards: number): number {
  return spread * Math.sqrt(1 / Math.max(1, evidence) + 1 / Math.max(1, shards));
}

/** Seconds after which all have ended with such a probability. */
function whenAllEnded(open: readonly Lifetime[], probability: number): number {
  if (open.length === 0) return 0;
  const ended = (seconds: number): number => open.reduce((product, one) => product * one.endedAfter(seconds), 1);
  let [early, late] = [0, 1];
  while (ended(late) < probability && late < 1e9) [early, late] = [late, late * 2];
  for (let step = 0; step < 20; step++) {
    const middle = (early + late) / 2;
    if (ended(middle) < probability) early = middle;
    else late = middle;
  }
  return late;
}
