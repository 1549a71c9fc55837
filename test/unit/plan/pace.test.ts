import { describe, expect, test } from "@jest/globals";
import { paceOf, rsyncsPerCpu, secondsOf, workOf } from "../../../src/plan/pace.ts";
import { type Load, noLoad } from "../../../src/survey/load.ts";

const near = { source: 0, destination: 0 };
const far = { source: 1e-3, destination: 1e-3 };

function load(given: Partial<Load>): Load {
  return { ...noLoad, ...given };
}

const here = load({ entries: 1000 });
const coming = load({ entries: 1000, absentEntries: 1000 });
const large = load({ entries: 1, absentEntries: 1, bytes: 1e10, absentBytes: 1e10 });

/** Seconds that one rsync takes for a load, with these answering times. */
function seconds(of: Load, latencies = near): number {
  return secondsOf(of, paceOf(latencies));
}

describe("one rsync takes", () => {
  test.each([
    ["longer for what it must copy than for what is there", here, coming],
    ["longer for more entries", here, load({ entries: 1001 })],
    [
      "longer for bytes that are absent than for bytes that may have changed",
      load({ entries: 1, bytes: 1e9 }),
      load({ entries: 1, bytes: 1e9, absentBytes: 1e9 }),
    ],
    ["longer for bytes that may have changed than for none", load({ entries: 1 }), load({ entries: 1, bytes: 1e9 })],
  ])("%s", (_name, lighter, heavier) => {
    expect(seconds(heavier)).toBeGreaterThan(seconds(lighter));
    expect(seconds(heavier, far)).toBeGreaterThan(seconds(lighter, far));
  });

  test("no time for nothing", () => {
    expect(seconds(noLoad, far)).toBe(0);
  });

  test.each([
    ["the source", { source: 1e-3, destination: 0 }],
    ["the destination", { source: 0, destination: 1e-3 }],
  ])("at least the time of one answer of %s for each entry, and for each request of bytes", (_name, latencies) => {
    expect(seconds(here, latencies)).toBeGreaterThan(seconds(here) + 1000 * 1e-3);
    expect(seconds(coming, latencies)).toBeGreaterThan(seconds(here, latencies));
    expect(seconds(large, latencies)).toBeGreaterThan(seconds(large) + (1e10 / 1024 / 1024) * 1e-3);
  });

  test("as long for two loads as for their sum", () => {
    const sum = load({ entries: 1001, absentEntries: 1, bytes: 1e10, absentBytes: 1e10 });
    expect(seconds(sum, far)).toBeCloseTo(seconds(here, far) + seconds(large, far));
  });
});

test.each([
  ["all is there", { entries: 10, bytes: 100 }, "comparing"],
  ["few entries are absent", { entries: 10, absentEntries: 4, bytes: 100, absentBytes: 40 }, "comparing"],
  ["most entries are absent", { entries: 10, absentEntries: 6, bytes: 100 }, "copying"],
  [
    "few entries with most of the bytes are absent",
    { entries: 10, absentEntries: 1, bytes: 100, absentBytes: 60 },
    "copying",
  ],
  ["there is nothing", {}, "comparing"],
] as const)("where %s most of the work has its name", (_name, given, work) => {
  expect(workOf(load(given))).toBe(work);
});

describe("a CPU is kept busy by", () => {
  test.each([
    ["one rsync where nothing is to be waited for", here, near],
    ["one rsync where there is nothing to do", noLoad, far],
  ])("%s", (_name, of, latencies) => {
    expect(rsyncsPerCpu(of, latencies)).toBe(1);
  });

  test.each([
    ["entries", here],
    ["copies", coming],
    ["bytes", large],
  ])("more rsyncs the longer the storage takes to answer, for %s", (_name, of) => {
    const answering = [10e-6, 0.1e-3, 1e-3, 10e-3].map((source) => rsyncsPerCpu(of, { source, destination: 0 }));
    expect(answering).toEqual([...answering].sort((one, other) => one - other));
    expect(new Set(answering.slice(1)).size).toBe(3);
    expect(answering[0]).toBeGreaterThanOrEqual(1);
    expect(answering.at(-1)).toBeGreaterThan(10);
  });

  test("more rsyncs where both sides are far than where one is", () => {
    const both = rsyncsPerCpu(here, far);
    expect(both).toBeGreaterThan(rsyncsPerCpu(here, { source: 1e-3, destination: 0 }));
    expect(both).toBeGreaterThan(rsyncsPerCpu(here, { source: 0, destination: 1e-3 }));
  });
});
