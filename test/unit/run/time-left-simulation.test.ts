import { describe, expect, test } from "@jest/globals";
import { experience, measured, nothingMeasured, surveyBelief } from "../../../src/run/experience.ts";
import { type TimeLeft, timeLeft } from "../../../src/run/time-left.ts";
import { type SimulatedRun, simulatedRun } from "../../support/simulated-run.ts";

const runs = Array.from({ length: 300 }, (_, seed) => simulatedRun(seed));

/** What is estimated at a moment of a run. */
function estimateAt({ lanes, shards, tells }: SimulatedRun, now: number): TimeLeft {
  const running = shards
    .filter(({ startedAt, seconds }) => startedAt <= now && startedAt + seconds > now)
    .map(({ weight, startedAt, seconds }) => ({
      ...{ weight, seconds: now - startedAt },
      share: tells ? (now - startedAt) / seconds : undefined,
    }));
  const ended = shards.filter(({ startedAt, seconds }) => startedAt + seconds <= now).reduce(measured, nothingMeasured);
  const waiting = shards.filter(({ startedAt }) => startedAt > now).map(({ weight }) => weight);
  const weight = waiting.reduce((sum, one) => sum + one, 0);
  const stage = { shards: waiting.length, weight, heaviest: waiting[0] ?? 0 };
  return timeLeft({ lanes, running, stages: [stage] }, experience(ended, running, surveyBelief));
}

/** What a rate would say: what ended took so long, what did not end takes as long for its weight. */
function naiveAt({ shards, tells }: SimulatedRun, now: number): number {
  const total = shards.reduce((sum, { weight }) => sum + weight, 0);
  const done = shards.reduce((sum, { weight, startedAt, seconds }) => {
    const share = Math.max(0, Math.min(1, (now - startedAt) / seconds));
    return sum + weight * (tells || share === 1 ? share : 0);
  }, 0);
  return (now * (total - done)) / Math.max(1e-9, done);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/** Over the runs: the median of the relative errors, how often so little is promised, and how often the end is within the range. */
function judge(over: readonly SimulatedRun[], share: number) {
  const errors = over.map((run) => {
    const now = run.seconds * share;
    const left = run.seconds - now;
    const { least, likely, most } = estimateAt(run, now);
    const naive = naiveAt(run, now);
    return {
      error: Math.abs(likely - left) / left,
      naiveError: Math.abs(naive - left) / left,
      isShort: likely < left / 2,
      isNaiveShort: naive < left / 2,
      isInside: least <= left && left <= most,
    };
  });
  const shareOf = (which: "isShort" | "isNaiveShort" | "isInside"): number =>
    errors.filter((one) => one[which]).length / errors.length;
  return {
    error: median(errors.map(({ error }) => error)),
    naiveError: median(errors.map(({ naiveError }) => naiveError)),
    short: shareOf("isShort"),
    naiveShort: shareOf("isNaiveShort"),
    inside: shareOf("isInside"),
  };
}

describe("over 300 simulated runs, half of which tell of their bytes,", () => {
  test.each([
    [0.25, 0.15],
    [0.5, 0.15],
    [0.75, 0.15],
    [0.9, 0.2],
  ])(
    "after %d of a run the estimate is off by less than %d in the median, and the rate by thrice that",
    (share, most) => {
      const { error, naiveError, short, naiveShort, inside } = judge(runs, share);
      expect(error).toBeLessThan(most);
      expect(naiveError).toBeGreaterThan(3 * error);
      // The tail is what a rate promises too little for.
      expect(short).toBeLessThan(0.1);
      expect(naiveShort).toBeGreaterThan(0.3);
      // Three of five are meant to be.
      expect(inside).toBeGreaterThan(0.55);
    },
  );
});

describe("where only the ends of rsyncs are known,", () => {
  const silent = runs.filter(({ tells }) => !tells);

  test.each([
    [0.25, 0.35],
    [0.5, 0.4],
    [0.75, 0.4],
  ])(
    "after %d of a run the estimate is off by less than %d in the median, and by less than the rate",
    (share, most) => {
      const { error, naiveError } = judge(silent, share);
      expect(error).toBeLessThan(most);
      expect(error).toBeLessThan(naiveError);
    },
  );

  test("near the end it errs to the long side, and seldom promises less than half of what is left", () => {
    const { error, short } = judge(silent, 0.9);
    expect(error).toBeLessThan(1);
    expect(short).toBeLessThan(0.03);
  });
});
