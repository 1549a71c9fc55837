import { describe, expect, test } from "@jest/globals";
import { chooseParallelism, ladder, type Parallelism, type ParallelismRequest } from "../../../src/plan/parallelism.ts";
import { noLoad } from "../../../src/survey/load.ts";

const near = { source: 0, destination: 0 };
const far = { source: 1e-3, destination: 1e-3 };
const gibibyte = 1024 ** 3;

/** What is chosen for a machine with much memory and a load of many files; what a test is about is given. */
function choose(given: Partial<ParallelismRequest> = {}): Parallelism {
  return chooseParallelism({
    wanted: "auto",
    cpus: 4,
    load: { ...noLoad, entries: 10_000 },
    latencies: near,
    remembered: undefined,
    bandwidthLimit: undefined,
    freeMemory: 64 * gibibyte,
    ...given,
  });
}

describe("a number that the user gives", () => {
  test.each([1, 5, 7, 256])("%d stays, from the start to the end", (wanted) => {
    expect(choose({ wanted })).toEqual({ lanes: wanted, least: wanted, most: wanted, chosenBy: "input parallelism" });
  });

  test.each([
    ["CPUs", { cpus: 64 }],
    ["slow storage", { latencies: far }],
    ["earlier runs", { remembered: 32 }],
    ["little memory", { freeMemory: 0 }],
  ])("is not changed by %s", (_name, given) => {
    expect(choose({ wanted: 5, ...given })).toEqual(choose({ wanted: 5 }));
  });

  test("is bounded by bandwidth-limit: no rsync takes less than 1 KiB a second", () => {
    expect(choose({ wanted: 5, bandwidthLimit: 3 * 1024 + 1000 })).toMatchObject({ lanes: 3, most: 3 });
    expect(choose({ wanted: 5, bandwidthLimit: 10 })).toMatchObject({ lanes: 1, most: 1 });
  });
});

describe("chosen by itself", () => {
  test.each([
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
    [5, 6],
    [8, 9],
    [64, 64],
    [500, 64],
  ])("%d CPUs have %d lanes where nothing is to be waited for", (cpus, lanes) => {
    const chosen = choose({ cpus });
    expect(chosen.lanes).toBe(lanes);
    expect(chosen.chosenBy).toContain(`${cpus} usable CPUs`);
  });

  test("more lanes than for storage that answers at once are taken where it takes a while, and the reason says so", () => {
    const chosen = choose({ latencies: { source: 0.5e-3, destination: 1e-3 } });
    expect(chosen.lanes).toBeGreaterThan(2 * choose().lanes);
    expect(chosen.chosenBy).toMatch(/0\.5 ms .* source .* 1\.0 ms .* destination/);
  });

  test.each([
    ["the source", "source"],
    ["the destination", "destination"],
  ])("never fewer are taken the slower %s is", (_name, side) => {
    const lanes = [0, 0.1e-3, 0.5e-3, 2e-3, 20e-3].map(
      (seconds) => choose({ cpus: 2, latencies: { ...near, [side]: seconds } }).lanes,
    );
    expect(lanes).toEqual([...lanes].sort((one, other) => one - other));
    expect(lanes.at(-1)).toBeGreaterThan(lanes[0] ?? 0);
  });

  test("the run may climb to the highest step where nothing bounds it", () => {
    expect(choose().most).toBe(ladder.at(-1));
  });

  test("what was best in earlier runs is taken, whatever the storage takes", () => {
    const chosen = choose({ remembered: 12, latencies: far });
    expect(chosen.lanes).toBe(12);
    expect(chosen.chosenBy).toContain("earlier runs");
  });
});

describe("bounds of what is chosen by itself:", () => {
  test.each([
    ["memory", { freeMemory: 128 * 1024 * 1024, load: { ...noLoad, entries: 0 } }],
    ["bandwidth-limit", { bandwidthLimit: 4 * 1024 }],
  ])("%s, for the start and the climb", (_name, bound) => {
    const chosen = choose({ latencies: far, ...bound });
    expect(chosen).toMatchObject({ lanes: 4, most: 4 });
    expect(chosen.chosenBy).toContain("bounded by memory or bandwidth-limit");
  });

  test.each([
    ["memory", { freeMemory: 128 * 1024 * 1024, load: { ...noLoad, entries: 0 } }],
    ["bandwidth-limit", { bandwidthLimit: 4 * 1024 }],
  ])("%s, for what earlier runs found best", (_name, bound) => {
    expect(choose({ remembered: 48, ...bound })).toMatchObject({ lanes: 4, most: 4 });
  });

  test("memory, which long lists of entries take more of", () => {
    const lanes = [1e3, 1e6, 1e9].map(
      (entries) => choose({ latencies: far, load: { ...noLoad, entries }, freeMemory: 1024 ** 3 }).most,
    );
    expect(lanes[0]).toBeGreaterThan(lanes[1] ?? 0);
    expect(lanes[1]).toBeGreaterThan(lanes[2] ?? 0);
  });

  test("not named where they bound nothing", () => {
    expect(choose({ latencies: far, cpus: 1 }).chosenBy).not.toContain("bounded");
  });

  test("a limit of bandwidth, shared out before the start, leaves the number as it is", () => {
    expect(choose({ latencies: far, bandwidthLimit: 1e9 })).toMatchObject({ lanes: 64, least: 64, most: 64 });
    expect(choose({ remembered: 6, bandwidthLimit: 1e9 })).toMatchObject({ lanes: 6, least: 6, most: 6 });
    expect(choose({ remembered: 6 })).toMatchObject({ lanes: 6, least: 1, most: 64 });
  });

  test("one rsync runs in any case", () => {
    expect(choose({ freeMemory: 0, bandwidthLimit: 1 })).toMatchObject({ lanes: 1, most: 1 });
  });
});
