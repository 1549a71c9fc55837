import { describe, expect, test } from "@jest/globals";
import { ladder } from "../../../src/plan/parallelism.ts";
import { startTuner, type Tuner } from "../../../src/run/tuner.ts";
import { seeded } from "../../support/random.ts";

/** Work that storage does in a second for so many rsyncs at once. */
type Storage = (rsyncs: number) => number;

interface Simulation {
  readonly lanes: number;
  readonly least?: number;
  readonly most: number;
  readonly storage: Storage;
  readonly shards?: number;
  /** A seed makes shards weigh from half as much to one and a half times as much as others. */
  readonly seed?: number;
  readonly pressure?: (rsyncs: number) => string | undefined;
}

interface Running {
  readonly weight: number;
  readonly startedAt: number;
  left: number;
}

/** Runs shards on storage that gives each rsync its share, as the tuner lets them start. */
function simulate({ lanes, least = 1, most, storage, shards = 1500, seed, pressure }: Simulation): {
  readonly tuner: Tuner;
  /** The most rsyncs that ran at once. */
  readonly peak: number;
} {
  const tuner = startTuner({ lanes, least, most });
  const random = seed === undefined ? undefined : seeded(seed);
  const running = new Set<Running>();
  let [waiting, seconds, peak] = [shards, 0, 0];
  while (waiting > 0 || running.size > 0) {
    for (; waiting > 0 && running.size < tuner.lanes(); waiting--) {
      const weight = random === undefined ? 1 : 0.5 + random.whole(1000) / 1000;
      running.add({ weight, startedAt: seconds, left: weight });
    }
    peak = Math.max(peak, running.size);
    const rsyncs = running.size;
    const next = [...running].reduce((one, other) => (other.left < one.left ? other : one));
    const done = next.left;
    for (const one of running) one.left -= done;
    // No two things happen at the same moment.
    seconds += (done * rsyncs) / storage(rsyncs) + 1e-6;
    running.delete(next);
    tuner.finished({ weight: next.weight, startedAt: next.startedAt, endedAt: seconds }, waiting, pressure?.(rsyncs));
  }
  return { tuner, peak };
}

const saturating: Storage = (rsyncs) => Math.min(rsyncs, 8);
const linear: Storage = (rsyncs) => rsyncs;
/** Seeks cost what further rsyncs would gain. */
const worseBeyond4: Storage = (rsyncs) => (rsyncs <= 4 ? rsyncs : 16 / rsyncs);
const indifferent: Storage = () => 1;

describe("in the end there are as many lanes as the storage asks for, wherever the run begins:", () => {
  const starts = [1, 2, 3, 4, 5, 7, 8, 12, 16];
  const cases: readonly (readonly [string, Storage, readonly number[]])[] = [
    ["eight where it saturates there", saturating, [8]],
    ["all where each further one does as much", linear, [64]],
    ["four where more do less", worseBeyond4, [4]],
    ["one where the number does not matter", indifferent, [1]],
  ];
  test.each(cases)("%s", (_name, storage, best) => {
    for (const lanes of starts) {
      const { tuner } = simulate({ lanes, most: 64, storage });
      expect(best).toContain(tuner.lanes());
      expect(tuner.steps.length).toBeLessThanOrEqual(ladder.length);
      // It comes to an end: most of the run goes on with what was found.
      expect(tuner.steps.at(-1)?.lanes).toBe(tuner.lanes());
    }
  });

  test("near that where shards are of different weight", () => {
    for (let seed = 1; seed <= 20; seed++)
      for (const lanes of [2, 4, 16]) {
        const saturated = simulate({ lanes, most: 64, storage: saturating, seed }).tuner.lanes();
        expect(saturating(saturated)).toBeGreaterThanOrEqual(6);
        expect(saturated).toBeLessThanOrEqual(12);
        expect(worseBeyond4(simulate({ lanes, most: 64, storage: worseBeyond4, seed }).tuner.lanes())).toBe(4);
      }
  });
});

describe("the bounds:", () => {
  test.each([1, 2, 5, 6, 24, 50])("never more than the %d that a run may climb to", (most) => {
    for (const storage of [linear, saturating, worseBeyond4]) {
      const { tuner, peak } = simulate({ lanes: 1, most, storage });
      expect(peak).toBeLessThanOrEqual(most);
      for (const { lanes } of tuner.steps) expect(lanes).toBeLessThanOrEqual(most);
    }
    // The highest step that is allowed is reached where it pays.
    expect(simulate({ lanes: 1, most, storage: linear }).tuner.lanes()).toBe(ladder.findLast((step) => step <= most));
  });

  test.each([1, 3, 5, 8, 64, 256])("a fixed parallelism of %d never changes", (lanes) => {
    for (const storage of [linear, saturating, worseBeyond4, indifferent]) {
      const { tuner, peak } = simulate({ lanes, least: lanes, most: lanes, storage });
      expect(tuner.steps).toEqual([]);
      expect([tuner.lanes(), peak]).toEqual([lanes, lanes]);
    }
  });

  test("a fixed parallelism does not change either while CPUs or memory are short", () => {
    const { tuner } = simulate({ lanes: 8, least: 8, most: 8, storage: saturating, pressure: () => "busy" });
    expect([tuner.lanes(), tuner.steps]).toEqual([8, []]);
  });

  test("a run that would begin with more than it may climb to begins with that", () => {
    expect(simulate({ lanes: 8, most: 4, storage: linear }).peak).toBe(4);
  });

  test("the number of steps is bounded, whatever the storage does", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = seeded(seed);
      const whims: Storage = () => 0.1 + random.whole(1000) / 100;
      const { tuner, peak } = simulate({ lanes: random.pick(ladder), most: 64, storage: whims, shards: 3000 });
      // At the worst all the way up and all the way down.
      expect(tuner.steps.length).toBeLessThanOrEqual(2 * ladder.length);
      expect(peak).toBeLessThanOrEqual(64);
    }
  });
});

test("fewer lanes step by step do not add up to much less", () => {
  const storage: Storage = (rsyncs) => rsyncs ** 0.125;
  const { tuner } = simulate({ lanes: 16, most: 64, storage });
  expect(storage(tuner.lanes())).toBeGreaterThanOrEqual(0.95 * storage(16));
});

describe("more lanes are not tried", () => {
  test("when the CPUs or the memory are what is short, and fewer are if they do as much", () => {
    const pressure = (rsyncs: number): string | undefined => (rsyncs >= 4 ? "the CPUs are busy for 99 %" : undefined);
    const { tuner, peak } = simulate({ lanes: 4, most: 64, storage: (rsyncs) => Math.min(rsyncs, 3), pressure });
    expect([tuner.lanes(), peak]).toEqual([3, 4]);
    expect(tuner.steps[0]).toMatchObject({ lanes: 3, why: expect.stringContaining("the CPUs are busy for 99 %") });
  });

  test("beyond where that begins, though the storage would do more", () => {
    const pressure = (rsyncs: number): string | undefined => (rsyncs >= 12 ? "busy" : undefined);
    const { tuner, peak } = simulate({ lanes: 4, most: 64, storage: linear, pressure });
    expect([tuner.lanes(), peak]).toEqual([12, 12]);
  });

  test("when there is too little left to learn from", () => {
    expect(simulate({ lanes: 4, most: 64, storage: linear, shards: 10 }).tuner.steps).toEqual([]);
    expect(simulate({ lanes: 4, most: 64, storage: linear, shards: 100 }).tuner.steps).not.toEqual([]);
  });
});

/** Tells a tuner of the ends of so many shards that ran side by side. */
function finish(
  tuner: Tuner,
  count: number,
  given: {
    /** Of each. */
    readonly rate?: number;
    readonly from?: number;
    readonly seconds?: number;
    readonly waiting?: number;
  } = {},
): void {
  const { rate = 1, from = 0, seconds = 1, waiting = 1000 } = given;
  for (let index = 0; index < count; index++)
    tuner.finished({ weight: rate * seconds, startedAt: from, endedAt: from + seconds }, waiting, undefined);
}

describe("step by step", () => {
  test("nothing changes before eight shards, or as many as there are lanes, have ended", () => {
    for (const [lanes, needed] of [
      [1, 8],
      [8, 8],
      [16, 16],
    ] as const) {
      const tuner = startTuner({ lanes, least: 1, most: 64 });
      finish(tuner, needed - 1);
      expect(tuner.steps).toEqual([]);
      finish(tuner, 1);
      expect(tuner.steps).toHaveLength(1);
    }
  });

  test.each([
    ["exactly enough wait: as many as there would be lanes", 6, [6]],
    ["one less waits", 5, []],
  ])("where %s", (_name, waiting, lanes) => {
    const tuner = startTuner({ lanes: 4, least: 1, most: 64 });
    finish(tuner, 8, { waiting });
    expect(tuner.steps.map((step) => step.lanes)).toEqual(lanes);
  });

  test("shards that started before the last change say nothing of what it brought", () => {
    const tuner = startTuner({ lanes: 4, least: 1, most: 64 });
    finish(tuner, 8);
    expect(tuner.lanes()).toBe(6);
    // Slow ones, which would end the climb.
    finish(tuner, 10, { rate: 0.01, from: 0.5 });
    expect(tuner.lanes()).toBe(6);
    finish(tuner, 8, { from: 1 });
    expect(tuner.lanes()).toBe(8);
  });

  // From 4 to 6 lanes half as much again would be done if lanes were all that mattered; a quarter of that is an eighth.
  test.each([
    ["a little more than an eighth more: it goes on", 1.13, 8],
    ["a little less: it goes back, and below", 1.12, 3],
  ])("a step from 4 to 6 lanes that does %s", (_name, gain, lanes) => {
    const tuner = startTuner({ lanes: 4, least: 1, most: 64 });
    finish(tuner, 8);
    finish(tuner, 8, { rate: (gain * 4) / 6, from: 1 });
    expect(tuner.lanes()).toBe(lanes);
  });

  test.each([
    ["95 % as much are kept, and yet fewer tried", 0.951, 2],
    ["less are not", 0.949, 4],
  ])("fewer lanes that do %s", (_name, share, lanes) => {
    const tuner = startTuner({ lanes: 4, least: 1, most: 64 });
    finish(tuner, 8);
    finish(tuner, 8, { rate: 4 / 6, from: 1 });
    expect(tuner.lanes()).toBe(3);
    finish(tuner, 8, { rate: (share * 4) / 3, from: 2 });
    expect(tuner.lanes()).toBe(lanes);
  });

  test("a step that is not paid back is undone at once where too little is left to try fewer", () => {
    const tuner = startTuner({ lanes: 4, least: 1, most: 64 });
    finish(tuner, 8);
    finish(tuner, 8, { rate: 0.1, from: 1, waiting: 3 });
    expect(tuner.steps.map((step) => step.lanes)).toEqual([6, 4]);
  });

  test("of shards that weigh nothing nothing is learnt", () => {
    const tuner = startTuner({ lanes: 4, least: 1, most: 64 });
    finish(tuner, 8, { rate: 0 });
    finish(tuner, 8, { rate: 0, from: 1 });
    finish(tuner, 8, { rate: 0, from: 2 });
    expect(tuner.lanes()).toBeLessThanOrEqual(6);
  });

  test("what was found stays", () => {
    const tuner = startTuner({ lanes: 1, least: 1, most: 64 });
    finish(tuner, 8);
    finish(tuner, 8, { rate: 0.1, from: 1 });
    expect(tuner.lanes()).toBe(1);
    finish(tuner, 100, { rate: 50, from: 2 });
    finish(tuner, 100, { rate: 0.001, from: 3 });
    expect(tuner.steps.map((step) => step.lanes)).toEqual([2, 1]);
  });

  test("a step is told with its time, what was measured before it, and why", () => {
    const tuner = startTuner({ lanes: 4, least: 1, most: 64 });
    finish(tuner, 8, { rate: 2 });
    finish(tuner, 8, { rate: 1, from: 1 });
    expect(tuner.steps).toEqual([
      { seconds: 1, lanes: 6, rate: 8, why: expect.stringContaining("more") },
      { seconds: 2, lanes: 3, rate: 6, why: expect.stringContaining("6 did 75 % of the work of 4") },
    ]);
  });
});

describe("the rates", () => {
  const at = (tuner: Tuner): readonly number[] => tuner.rates().map(({ lanes }) => lanes);

  test("are what all lanes did in a second, as measured", () => {
    const { tuner } = simulate({ lanes: 4, most: 64, storage: saturating });
    for (const { lanes, rate } of tuner.rates()) expect(rate / saturating(lanes)).toBeCloseTo(1, 1);
    expect(at(tuner)).toContain(8);
  });

  test.each([
    ["fewer than eight shards", 7, 10, []],
    ["shards of less than five seconds in all", 20, 0.2, []],
    ["enough of both", 8, 0.7, [4]],
  ])("of %s", (_name, count, seconds, lanes) => {
    const tuner = startTuner({ lanes: 4, least: 4, most: 4 });
    finish(tuner, count, { seconds });
    expect(at(tuner)).toEqual(lanes);
  });

  test("leave out what was tried too shortly", () => {
    const tuner = startTuner({ lanes: 4, least: 1, most: 64 });
    finish(tuner, 8);
    finish(tuner, 8, { from: 1, seconds: 2 });
    finish(tuner, 3, { from: 3, seconds: 2 });
    // Eight lanes were measured with three shards.
    expect(at(tuner)).toEqual([4, 6]);
  });

  test("are none before anything has ended, or of what took no time", () => {
    const tuner = startTuner({ lanes: 4, least: 1, most: 64 });
    expect(tuner.rates()).toEqual([]);
    finish(tuner, 100, { seconds: 0 });
    expect([tuner.rates(), tuner.steps]).toEqual([[], []]);
  });
});
