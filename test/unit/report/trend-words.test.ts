import { describe, expect, test } from "@jest/globals";
import type { ProjectGrowth, Trends } from "../../../src/history/trends.ts";
import type { Report } from "../../../src/report/report.ts";
import { summary } from "../../../src/report/summary/summary.ts";
import { text } from "../../../src/report/text.ts";
import { trendSentence, usualDuration } from "../../../src/report/trend-words.ts";
import { exampleReport, hostileNames, project } from "./example.ts";

const gibibyte = 1024 ** 3;

/** A run of so many seconds that copied so many bytes; the median is 100 seconds and 1 GiB unless given. */
function ran(seconds: number, given: Partial<Trends> = {}, bytesTransferred = gibibyte): Report {
  const report = exampleReport({ projects: [project({ bytesTransferred })] });
  const duration = { runs: 14, medianSeconds: 100, medianBytesTransferred: gibibyte };
  return { ...report, run: { ...report.run, seconds }, trends: { duration, growth: [], ...given } };
}

const growth = (given: Partial<ProjectGrowth> = {}): Trends["growth"] => [
  { name: "alpha", since: "2026-11-15T02:00:00.000Z", bytesBefore: 80 * gibibyte, bytes: 120 * gibibyte, ...given },
];

describe("beside the median of the runs before", () => {
  test.each([
    [112, "12 % slower than the median of 14 runs"],
    [199, "99 % slower than the median of 14 runs"],
    [320, "3.2 times as long as the median of 14 runs"],
    [70, "30 % quicker than the median of 14 runs"],
  ])("%d seconds instead of 100 are %s", (seconds, words) => {
    expect(trendSentence(ran(seconds))).toBe(words);
  });

  test("what was copied is told where it explains the time", () => {
    expect(trendSentence(ran(150, {}, 3.1 * gibibyte))).toMatch(/, with 3\.1 times the data to copy$/);
    expect(trendSentence(ran(150, {}, 1.4 * gibibyte))).not.toContain("data");
    expect(trendSentence(ran(50, {}, 0.1 * gibibyte))).toMatch(/, with less data to copy$/);
    expect(trendSentence(ran(50, {}, 3 * gibibyte))).not.toContain("data");
  });

  test.each([
    ["the same", 100, 100],
    ["less than a tenth", 109, 100],
    ["less than ten seconds", 18, 10],
    ["a median of nothing", 100, 0],
  ])("%s is no news", (_name, seconds, medianSeconds) => {
    expect(trendSentence(ran(seconds, { duration: { runs: 3, medianSeconds, medianBytesTransferred: 0 } }))).toBe(
      undefined,
    );
  });

  test("the first lines of summary and text have it beside the time, and then no single run", () => {
    expect(summary(ran(101))).toContain("**1 min 41 s** (median of 14 runs: 1 min 40 s) · 1 project");
    expect(text(ran(101))).toContain("✔ Backup complete (1 min 41 s; median of 14 runs: 1 min 40 s)\n");
    for (const shown of [summary(ran(101)), text(ran(101))]) expect(shown).not.toMatch(/the run before|[Tt]rend:/);
  });

  test("there is nothing while there are too few: the run before is told", () => {
    const early = ran(500, { duration: undefined });
    expect([usualDuration(early), trendSentence(early)]).toEqual([undefined, undefined]);
    expect(summary(early)).toContain(
      "<sub>the run before&#44; 2026-11-20 02<span>&#58;</span>17 UTC<span>&#58;</span> 1 h 00 min&#44; success</sub>",
    );
    expect(text({ ...early, trends: undefined })).toContain("  the run before, 2026-11-20 02:17 UTC");
  });
});

describe("a project that has changed much", () => {
  test("is told with since when", () => {
    expect(trendSentence(ran(100, { growth: growth() }))).toBe("alpha grew by 40.0 GiB since last week");
    expect(trendSentence(ran(100, { growth: growth({ bytes: 0 }) }))).toBe("alpha shrank by 80.0 GiB since last week");
    const since = "2026-11-12T02:00:00.000Z";
    expect(trendSentence(ran(100, { growth: growth({ since }) }))).toBe("alpha grew by 40.0 GiB since 2026-11-12");
    expect(trendSentence(ran(100, { growth: growth({ name: "" }) }))).toMatch(/^\(loose files\) grew/);
  });

  test("stands beside the time, in the summary and in the text", () => {
    const report = ran(112, { growth: growth() });
    const words = "12 % slower than the median of 14 runs; alpha grew by 40.0 GiB since last week";
    expect(trendSentence(report)).toBe(words);
    expect(text(report)).toContain(`  trend: ${words}\n`);
    expect(summary(report)).toMatch(/^Trend: 12 &#37; slower .*&#59; alpha grew by 40\.0 GiB since last week$/m);
  });

  test("is only a name, whatever it is called", () => {
    const quiet = summary(ran(100)).split("\n").length;
    for (const name of hostileNames) {
      const report = ran(100, { growth: growth({ name }) });
      expect(summary(report).split("\n")).toHaveLength(quiet + 2);
      expect(summary(report)).not.toMatch(/<script|<img|\]\(http|^::/m);
      for (const line of text(report).split("\n")) expect(line).not.toMatch(/^\s*::|##\[/);
    }
  });
});
