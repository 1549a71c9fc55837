import { describe, expect, test } from "@jest/globals";
import { noActivities } from "../../../src/measure/activity.ts";
import { type Sample, unmeasured } from "../../../src/measure/measurement.ts";
import { mean, meansOverTime, peak, percentile, Series } from "../../../src/measure/series.ts";

function sample(atMs: number, cpuPercent: number | undefined): Sample {
  return { ...unmeasured, atMs, cpuPercent };
}

describe("figures of a series", () => {
  const samples = [sample(1000, 10), sample(2000, 30), sample(5000, undefined), sample(5500, 90)];

  test("the mean counts a sample for as long as it covers, and leaves out what is not known", () => {
    expect(mean(samples, "cpuPercent")).toBeCloseTo((10 + 30 + 90 / 2) / 2.5);
  });

  test("the mean of samples without any length is the plain one", () => {
    expect(mean([sample(0, 10), sample(0, 30)], "cpuPercent")).toBe(20);
  });

  test.each([
    [0, 10],
    [33, 10],
    [50, 30],
    [95, 90],
    [100, 90],
  ])("the percentile %d is %d", (share, value) => {
    expect(percentile(samples, "cpuPercent", share)).toBe(value);
  });

  test("the means over time are those of equal parts, in which a sample counts for as long as it covers", () => {
    expect(meansOverTime(samples, "cpuPercent", 11)).toEqual([
      ...[10, 10, 30, 30],
      ...[undefined, undefined, undefined, undefined, undefined, undefined],
      90,
    ]);
    expect(meansOverTime([sample(1000, 10), sample(4000, 30)], "cpuPercent", 2)).toEqual([20, 30]);
    expect(meansOverTime([sample(10, 10)], "cpuPercent", 3)).toEqual([10, 10, 10]);
    expect(meansOverTime([], "cpuPercent", 2)).toEqual([undefined, undefined]);
  });

  test("the peak is the highest", () => {
    expect(peak(samples, "cpuPercent")).toBe(90);
  });

  test("of a figure that was never known there is nothing", () => {
    const none = [mean, peak].map((of) => of(samples, "iowaitPercent"));
    expect([...none, mean([], "cpuPercent"), percentile([], "cpuPercent", 50)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("a long series", () => {
  const seconds = 72_000;
  const load = (second: number) => (second % 7) * 10;
  const series = new Series();
  for (let second = 1; second <= seconds; second += 1) series.add(sample(second * 1000, load(second)));

  test("of 20 hours stays small, at one resolution", () => {
    const kept = series.samples();
    expect(kept.length).toBeLessThanOrEqual(721);
    expect(kept.length).toBeGreaterThan(360);
    expect(series.merged).toBe(128);
    const steps = kept.slice(1).map((each, index) => each.atMs - (kept[index]?.atMs ?? 0));
    expect(new Set(steps.slice(0, -1))).toEqual(new Set([128_000]));
    expect(kept.at(-1)?.atMs).toBe(seconds * 1000);
  });

  test("keeps its mean exactly", () => {
    let sum = 0;
    for (let second = 1; second <= seconds; second += 1) sum += load(second);
    expect(mean(series.samples(), "cpuPercent")).toBeCloseTo(sum / seconds, 6);
  });

  test("merges neighbours by the time that each covers", () => {
    const short = new Series(2);
    for (const [atMs, value] of [
      [1000, 10],
      [4000, 50],
      [5000, 20],
    ] as const)
      short.add(sample(atMs, value));
    expect(short.samples().map(({ atMs, cpuPercent }) => [atMs, cpuPercent])).toEqual([
      [4000, 40],
      [5000, 20],
    ]);
    short.add(sample(6000, undefined));
    expect(short.samples().at(-1)).toMatchObject({ atMs: 6000, cpuPercent: 20 });
  });

  test("merges every figure", () => {
    const full = (atMs: number, value: number): Sample => ({
      ...(Object.fromEntries(Object.keys(unmeasured).map((name) => [name, value])) as unknown as Sample),
      atMs,
      activities: undefined,
    });
    const short = new Series(1);
    short.add(full(1000, 10));
    short.add(full(4000, 50));
    expect(short.samples()).toEqual([full(4000, 40)]);
  });

  describe("merges what processes did", () => {
    const busy = (atMs: number, onCpu: number | undefined): Sample => ({
      ...sample(atMs, undefined),
      activities:
        onCpu === undefined
          ? undefined
          : { source: { ...noActivities(), onCpu }, destination: { ...noActivities(), fsync: 2 * onCpu } },
    });

    test.each([
      ["by the time that each covers", 1, 3, 2.5],
      ["from the one that knows it", undefined, 3, 3],
      ["from the other one that knows it", 1, undefined, 1],
      ["to nothing where neither knows it", undefined, undefined, undefined],
    ])("%s", (_name, first, second, merged) => {
      const short = new Series(1);
      short.add(busy(1000, first));
      short.add(busy(4000, second));
      expect(short.samples()).toEqual([busy(4000, merged)]);
    });
  });
});
