import { describe, expect, test } from "@jest/globals";
import type { PastRun } from "../../../src/history/history.ts";
import type { DaySizes } from "../../../src/history/sizes.ts";
import { type Trends, trendsOf } from "../../../src/history/trends.ts";
import type { ProjectReport, Report } from "../../../src/report/report.ts";
import { exampleReport, project } from "../report/example.ts";

const night = (index: number): string => new Date(Date.UTC(2026, 10, index, 2)).toISOString();

/** A run of the past that went well. */
const past = (given: Partial<PastRun> = {}): PastRun => ({
  ...{ startedAt: night(1), seconds: 100, result: "success", projects: 1, files: 1, filesTransferred: 1 },
  ...{ bytes: 1, bytesTransferred: 10, lanes: 1, work: "comparing" },
  ...given,
});

/** How a run of the 22nd compares; 100 seconds of comparing unless given. */
function trends(
  history: { readonly runs?: readonly PastRun[]; readonly sizes?: readonly DaySizes[] },
  given: Partial<Pick<Report, "result" | "projects">> & { readonly dryRun?: boolean; readonly startedAt?: string } = {},
): Trends {
  const { result = "success", dryRun = false, startedAt = night(22) } = given;
  const report = exampleReport(given.projects === undefined ? {} : { projects: given.projects });
  const { runs = [], sizes = [] } = history;
  return trendsOf(
    { run: { ...report.run, dryRun, startedAt }, result, work: "comparing", projects: report.projects },
    { runs, sizes },
  );
}

describe("the duration of a run is compared with the median", () => {
  const three = [past({ seconds: 90 }), past({ seconds: 200 }), past({ seconds: 110, bytesTransferred: 30 })];

  test("of the runs before", () => {
    expect(trends({ runs: three }).duration).toEqual({ runs: 3, medianSeconds: 110, medianBytesTransferred: 10 });
    expect(trends({ runs: [...three, past()] }).duration).toMatchObject({ runs: 4, medianSeconds: 105 });
  });

  test("of the last 14", () => {
    const old = Array.from({ length: 50 }, () => past({ seconds: 1 }));
    const recent = Array.from({ length: 14 }, () => past({ seconds: 50 }));
    expect(trends({ runs: [...old, ...recent] }).duration).toMatchObject({ runs: 14, medianSeconds: 50 });
  });

  test.each([
    ["fails", { result: "failure" }],
    ["was cancelled", { result: "cancelled" }],
    ["had other work", { work: "copying" }],
    ["is of a version that noted no work", { work: undefined }],
  ] as const)("but not with one that %s", (_name, given) => {
    expect(trends({ runs: [...three, past({ seconds: 9999, ...given })] }).duration?.runs).toBe(3);
  });

  test("only where there are three", () => {
    expect(trends({ runs: three.slice(1) }).duration).toBeUndefined();
  });

  test.each([["failure"], ["cancelled"]] as const)("not where the run is a %s", (result) => {
    expect(trends({ runs: three }, { result }).duration).toBeUndefined();
  });

  test("not of a dry run", () => {
    expect(trends({ runs: three }, { dryRun: true }).duration).toBeUndefined();
  });
});

describe("a project's growth", () => {
  const gibibyte = 1024 ** 3;
  const weekAgo = night(15);
  const sizes = (bytes: Readonly<Record<string, number>>, at = weekAgo): DaySizes => ({
    at,
    bytes: new Map(Object.entries(bytes)),
  });
  const grown = (before: number, now: number, given: Partial<ProjectReport> = {}, rest = 0): Trends["growth"] =>
    trends(
      { sizes: [sizes({ alpha: before, rest })] },
      { projects: [project({ bytes: now, ...given }), project({ name: "rest", bytes: rest })] },
    ).growth;

  test("is told since the run of a week ago, and so is its shrinking", () => {
    expect(grown(80 * gibibyte, 120 * gibibyte)).toEqual([
      { name: "alpha", since: weekAgo, bytesBefore: 80 * gibibyte, bytes: 120 * gibibyte },
    ]);
    expect(grown(120 * gibibyte, 0)).toHaveLength(1);
  });

  test.each([
    ["below 1 GiB", grown(1, gibibyte)],
    ["below a tenth of the project", grown(100 * gibibyte, 109 * gibibyte)],
    ["below a hundredth of all projects", grown(gibibyte, 9 * gibibyte, {}, 1000 * gibibyte)],
    ["of a project that failed", grown(gibibyte, 100 * gibibyte, { state: "failed" })],
    ["of a project that is not finished", grown(gibibyte, 100 * gibibyte, { state: "unfinished" })],
    ["of a project that nobody knew", grown(gibibyte, 100 * gibibyte, { name: "new" })],
    ["that is none", grown(gibibyte, gibibyte)],
  ])("%s is not told", (_name, growth) => {
    expect(growth).toEqual([]);
  });

  test("is counted from the last run that is a week ago, or nearly", () => {
    const days = [10, 14, 16, 18].map((index) => sizes({ alpha: index }, night(index)));
    const since = (startedAt: string) =>
      trends({ sizes: days }, { startedAt, projects: [project({ bytes: 9 * gibibyte })] }).growth[0]?.since;
    expect(since(night(22))).toBe(night(14));
    expect(since("2026-11-22T15:00:00.000Z")).toBe(night(16));
    expect(since(night(15))).toBeUndefined();
  });

  test("is told of the three that changed most", () => {
    const names = ["a", "b", "c", "d", "e"];
    const projects = names.map((name, index) => project({ name, bytes: (10 + index) * gibibyte }));
    const { growth } = trends({ sizes: [sizes(Object.fromEntries(names.map((name) => [name, 0])))] }, { projects });
    expect(growth.map(({ name }) => name)).toEqual(["e", "d", "c"]);
  });
});
