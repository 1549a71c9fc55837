import { describe, expect, test } from "@jest/globals";
import { positionOf, type SampleProgress, sampleProgressIn, trackSample } from "../../../src/verify/sample.ts";
import { raw } from "../../support/tree.ts";

const now = "2026-11-26T02:00:00.000Z";
const before: SampleProgress = {
  ...{ position: Buffer.from("m\xff", "latin1").toString("base64"), roundStartedAt: "2026-11-20T02:00:00.000Z" },
  ...{ runs: 6, bytes: 600 },
};
const files = (...names: readonly string[]) => names.map((name) => ({ path: raw(name), bytes: 10 }));

describe("a sample", () => {
  test("that is the first begins a round", () => {
    const tracker = trackSample(undefined, now);
    expect(tracker.progress()).toBeUndefined();
    tracker.done(0, files("a", "b"));
    expect(tracker.progress()).toEqual({ position: "Yg==", roundStartedAt: now, runs: 1, bytes: 20 });
  });

  test("goes on where the one before stopped", () => {
    expect(positionOf(before)).toBe("m\xff");
    const tracker = trackSample(before, now);
    tracker.done(0, files("n"));
    expect(tracker.progress()).toEqual({ ...before, position: "bg==", runs: 7, bytes: 610 });
  });

  test("moves over nothing behind a gap", () => {
    const tracker = trackSample(before, now);
    tracker.done(1, files("o"));
    tracker.done(3, files("q"));
    expect(tracker.progress()).toEqual(before);
    tracker.done(0, files("n"));
    expect(positionOf(tracker.progress() ?? before)).toBe("o");
  });

  test("that comes round ends the round and begins the next, with what it has read of it", () => {
    const tracker = trackSample(before, now);
    tracker.done(0, files("n", "z", "a", "b"));
    expect(tracker.progress()).toEqual({
      ...{ position: "Yg==", roundStartedAt: now, runs: 1, bytes: 20 },
      lastRound: { startedAt: before.roundStartedAt, endedAt: now },
    });
  });

  test("that read everything has ended its round, unless a part of it failed", () => {
    const tracker = trackSample(undefined, now);
    tracker.done(0, files("a"));
    tracker.cameRound(2);
    expect(tracker.progress()?.lastRound).toBeUndefined();
    tracker.done(1, files("b"));
    expect(tracker.progress()?.lastRound).toEqual({ startedAt: now, endedAt: now });
  });
});

test("a progress is found in a value that holds more, and in nothing else", () => {
  const lastRound = { startedAt: "a", endedAt: "b" };
  expect(sampleProgressIn({ ...before, lastRound, percent: 3, runsLeft: 1 })).toEqual({ ...before, lastRound });
  for (const other of [undefined, null, 3, "x", {}, { ...before, runs: "6" }, { ...before, position: 1 }])
    expect(sampleProgressIn(other)).toBeUndefined();
  expect(sampleProgressIn({ ...before, lastRound: 3 })).toEqual(before);
});
