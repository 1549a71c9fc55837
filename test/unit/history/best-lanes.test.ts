import { describe, expect, test } from "@jest/globals";
import { bestLanes } from "../../../src/history/best-lanes.ts";
import type { PastRun } from "../../../src/history/history.ts";

/** A run of copying on four CPUs with these rates; what a test is about is given. */
function ran(rates: Readonly<Record<number, number>> | undefined, given: Partial<PastRun> = {}): PastRun {
  return {
    ...{ startedAt: "2026-11-22T02:00:00.000Z", seconds: 60, result: "success", projects: 1, files: 1 },
    ...{ filesTransferred: 1, bytes: 1, bytesTransferred: 1, lanes: 4, work: "copying", cpus: 4 },
    ...(rates && { rates: Object.entries(rates).map(([lanes, rate]) => ({ lanes: Number(lanes), rate })) }),
    ...given,
  };
}

function best(...runs: readonly PastRun[]): number | undefined {
  return bestLanes(runs, "copying", 4);
}

describe("the best number of lanes", () => {
  test.each([
    ["is the one that did most", { 4: 10, 6: 20, 8: 15 }, 6],
    ["is the lowest of those within 5 %", { 4: 9.4, 6: 9.6, 8: 10 }, 6],
    ["may be far below the highest", { 1: 9.5, 64: 10 }, 1],
    ["is the only one that was measured", { 12: 0.1 }, 12],
  ])("%s", (_name, rates, lanes) => {
    expect(best(ran(rates))).toBe(lanes);
  });

  test("is found by the median of each, so that one odd night does not count", () => {
    const usual = { 4: 10, 6: 5 };
    expect(best(ran(usual), ran({ 4: 10, 6: 500 }), ran(usual))).toBe(4);
    expect(best(ran(usual), ran({ 4: 0.01, 6: 5 }), ran(usual))).toBe(4);
  });

  test("compares what different nights have tried", () => {
    expect(best(ran({ 4: 10 }), ran({ 6: 14 }), ran({ 8: 14.1 }))).toBe(6);
  });

  test("is not known without runs, or without rates", () => {
    expect(best()).toBeUndefined();
    expect(best(ran({}), ran(undefined))).toBeUndefined();
  });

  test("is not known where nothing that was measured did anything", () => {
    expect(best(ran({ 4: 0, 6: 0 }))).toBeUndefined();
  });
});

describe("runs that are looked at", () => {
  const otherwise = ran({ 8: 100 });

  test.each([
    ["of the other kind of work", { work: "comparing" }],
    ["that surveyed nothing", { work: undefined }],
    ["on another number of CPUs", { cpus: 8 }],
    ["on a number of CPUs that is not known", { cpus: undefined }],
    ["that were cancelled", { result: "cancelled" }],
  ] as const)("are none %s", (_name, given) => {
    expect(best(ran({ 4: 10 }), { ...otherwise, ...given })).toBe(4);
    expect(best({ ...otherwise, ...given })).toBeUndefined();
  });

  test.each(["success", "degraded", "failure"] as const)("are those that ended with %s", (result) => {
    expect(best({ ...otherwise, result })).toBe(8);
  });

  test("are the last ten of their kind", () => {
    const others = Array.from({ length: 20 }, () => ran({ 16: 1000 }, { work: "comparing" }));
    const nights = (count: number) => Array.from({ length: count }, () => ran({ 4: 10 }));
    expect(best(otherwise, ...nights(9), ...others)).toBe(8);
    expect(best(otherwise, ...nights(10), ...others)).toBe(4);
  });
});
