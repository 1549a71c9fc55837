import { describe, expect, test } from "@jest/globals";
import type { AttemptReport, Report } from "../../../../src/report/report.ts";
import { timelineSection } from "../../../../src/report/summary/timeline.ts";
import { exampleReport, hostileNames, project } from "../example.ts";
import { night } from "../night.ts";

function chartOf(report: Report): string {
  return /```mermaid\n([\s\S]*?)\n```/.exec(timelineSection(report) ?? "")?.[1] ?? "";
}

function attempt(given: Partial<AttemptReport>): AttemptReport {
  return { shard: 0, lane: 0, startedAtSeconds: 0, endedAtSeconds: 10, exitCode: 0, bytesTransferred: 0, ...given };
}

describe("the timeline", () => {
  test("has the failed and the longest 40 rsyncs, in the order of lanes and of time", () => {
    const report = night(2000);
    const chart = chartOf(report);
    expect(chart.match(/ :/g)).toHaveLength(40);
    expect(chart.match(/crit/g)).toHaveLength(20);
    const sections = chart.match(/(?<=section Lane )\d+/g)?.map(Number) ?? [];
    expect(sections).toEqual([...new Set(sections)].sort((one, other) => one - other));
    const starts = chart.split("  section Lane ").map((lane) => lane.match(/(?<=[:\s])\d+(?=, )/g)?.map(Number) ?? []);
    for (const lane of starts) expect(lane).toEqual([...lane].sort((one, other) => one - other));
  });

  test("says how many it leaves out, and that it leaves none out", () => {
    expect(timelineSection(night(2000))).toContain("The failed and the longest 40 of 2000 rsyncs");
    expect(timelineSection(night(7))).toContain("Every rsync");
  });

  test("stands as a table too, with a row for every bar", () => {
    const section = timelineSection(night(60)) ?? "";
    expect(section.match(/^\| \d+ \| \d+ \| <code>.*\|$/gm)).toHaveLength(40);
    expect(section).toContain("| ❌ exit 23 |");
  });

  test("takes nothing of a name but letters, digits, blank, dot, underscore and hyphen", () => {
    const projects = hostileNames.map((name, index) =>
      project({ name, startedAtSeconds: 0, endedAtSeconds: 100, state: index % 5 === 0 ? "failed" : "complete" }),
    );
    const chart = chartOf(exampleReport({ projects }));
    const lines = chart.slice(chart.indexOf("  section")).split("\n");
    for (const line of lines)
      expect(line).toMatch(/^(?: {2}section Lane \d+| {4}\d+(?: [A-Za-z0-9 ._\p{L}\p{M}-]+)? :(?:crit, )?\d+, \d+)$/u);
    expect(chart).toContain("crit, ");
  });

  test("writes no number where it would run into the next bar, and files that vanished are no failure", () => {
    const attempts = [
      attempt({ shard: 123, endedAtSeconds: 0.1 }),
      attempt({ startedAtSeconds: 0.1, endedAtSeconds: 100, exitCode: 24 }),
    ];
    const chart = chartOf(exampleReport({ attempts }));
    expect(chart).toMatch(/^ {4}\. :\d+, \d+\n {4}0 alpha :\d+, \d+$/m);
    expect(chart).not.toContain("crit");
  });

  test("tells rsyncs that belong to no project, and those that a signal ended, in the table", () => {
    const section = timelineSection(exampleReport({ attempts: [attempt({ shard: 99, exitCode: undefined })] }));
    expect(section).toContain("| 1 | 99 | <i>directories</i> | 0 s | 10 s | 0 B | ❌ a signal |");
  });

  test("is not there when no rsync started", () => {
    expect(timelineSection(exampleReport({ attempts: [] }))).toBeUndefined();
  });
});
