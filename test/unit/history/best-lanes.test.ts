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
    ["is none of those that did nothing", { 2: 0, 4: 10, 6: 9 }, 4],
    ["is not known where only one was tried", { 12: 10 }, undefined],
    ["is not known where nothing that was measured did anything", { 4: 0, 8: 0 }, undefined],
    ["is not known without rates", undefined, undefined],
  ])("%s", (_name, rates, lanes) => {
    expect(best(ran(rates))).toBe(lanes);
  });

  test("is not known without runs", () => {
    expect(best()).toBeUndefined();
  });

  test("is the median of what the runs found, so that one odd night does not count", () => {
    expect(best(ran({ 4: 10, 6: 14 }), ran({ 4: 10, 6: 9 }), ran({ 6: 14, 8: 20 }))).toBe(6);
  });

  test("compares no rates of different nights, each of which had its own storage", () => {
    // The second night everything was ten times as fast.
    expect(best(ran({ 4: 10, 6: 14 }), ran({ 2: 100, 3: 90 }), ran({ 4: 10, 6: 14 }))).toBe(6);
  });
});

describe("runs that are looked at", () => {
  const otherwise = ran({ 12: 10, 16: 1 });

  test.each([
    ["of the other kind of work", { work: "comparing" }],
    ["that surveyed nothing", { work: undefined }],
    ["on another number of CPUs", { cpus: 8 }],
    ["on a number of CPUs that is not known", { cpus: undefined }],
    ["that were cancelled", { result: "cancelled" }],
  ] as const)("are none %s", (_name, given) => {
    expect(best({ ...otherwise, ...given })).toBeUndefined();
    expect(best(ran({ 4: 10, 6: 9 }), { ...otherwise, ...given })).toBe(4);
  });

  test("are the last five that tried more than one number", () => {
    const old = Array.from({ length: 5 }, () => ran({ 2: 10, 3: 9 }));
    const idle = Array.from({ length: 9 }, () => ran({ 2: 10 }));
    expect(best(...old, ...idle)).toBe(2);
    expect(best(...old, ...Array.from({ length: 5 }, () => ran({ 8: 10, 12: 9 })), ...idle)).toBe(8);
  });
});
