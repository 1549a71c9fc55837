import { spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { type MeasuredRun, metrics } from "../../../src/report/metrics.ts";
import { refusedReport } from "../../../src/report/refused.ts";
import type { Report } from "../../../src/report/report.ts";
import { testUnless } from "../../support/privileges.ts";
import { exampleReport, hostileNames, project } from "./example.ts";
import { parseExposition } from "./exposition-parser.ts";

const noPromtool = spawnSync("promtool", ["--version"]).status === 0 ? undefined : "promtool is not installed";

const run = (report: Report, lastSuccess?: number): MeasuredRun => ({ report, lastSuccess });
/** Every series of a text, with its value. */
const seriesOf = (...runs: readonly MeasuredRun[]) => parseExposition(metrics(runs));
/** The values of one metric of the runs. */
const values = (name: string, ...runs: readonly MeasuredRun[]) =>
  seriesOf(...runs)
    .filter((series) => series.name === `dailysync_${name}`)
    .map(({ value }) => value);

const refused = refusedReport({
  ...{ problems: ["no"], source: "/data/prod", destination: "/data/prod_backup" },
  ...{ startedAt: new Date("2026-11-22T02:00:00Z"), endedAt: new Date("2026-11-22T02:00:01Z") },
  ...{ runId: "1", dailysyncVersion: "1.0.0", dryRun: false, url: undefined },
});
const endOfExample = Date.parse("2026-11-22T03:02:11.000Z") / 1000;

describe("the metrics of a run", () => {
  test("say when it ended, how, how long it took, how much it did and what limited it", () => {
    const series = seriesOf(run(exampleReport({ projects: [project(), project({ name: "beta", bytes: 7 })] })));
    const pair = { source: "/data/prod", destination: "/data/prod_backup" };
    for (const [name, value] of [
      ["last_run_timestamp_seconds", endOfExample],
      ["last_run_success", 1],
      ["last_success_timestamp_seconds", endOfExample],
      ["last_run_duration_seconds", 3731],
      ["last_run_projects", 2],
      ["last_run_failed_projects", 0],
      ["last_run_files", 2000],
      ["last_run_size_bytes", 5_000_000_007],
      ["last_run_transferred_files", 40],
      ["last_run_transferred_bytes", 60_000_000],
      ["last_run_deleted_entries", 0],
      ["last_run_lanes", 5],
      ["last_run_projects_without_series", 0],
    ] as const)
      expect(series).toContainEqual({ name: `dailysync_${name}`, labels: pair, value });
    for (const [name, labels, value] of [
      ["last_run_verdict", { verdict: "source-disk", confidence: "high" }, 1],
      ["last_run_result", { result: "success" }, 1],
      ["last_run_result", { result: "failure" }, 0],
      ["last_run_project_duration_seconds", { project: "alpha" }, 12.5],
      ["last_run_project_size_bytes", { project: "beta" }, 7],
      ["last_run_project_transferred_bytes", { project: "alpha" }, 30_000_000],
    ] as const)
      expect(series).toContainEqual({ name: `dailysync_${name}`, labels: { ...pair, ...labels }, value });
  });

  test.each([
    ["success", 1],
    ["degraded", 1],
    ["failure", 0],
    ["cancelled", 0],
  ] as const)("whose result is %s are those of a backup: %i", (result, backup) => {
    const report = exampleReport({ result });
    expect(values("last_run_success", run(report))).toEqual([backup]);
    expect(values("last_run_result", run(report))).toHaveLength(4);
    expect(values("last_success_timestamp_seconds", run(report, 17))).toEqual([backup ? endOfExample : 17]);
  });

  test("that failed have the time of the last success: 0 if there was none, nothing if nobody knows", () => {
    expect(values("last_success_timestamp_seconds", run(refused, 0))).toEqual([0]);
    expect(values("last_success_timestamp_seconds", run(refused))).toEqual([]);
  });

  test("that was refused have no figures of a source, which would be zeros", () => {
    const names = seriesOf(run(refused, 0)).map(({ name }) => name.replace("dailysync_", ""));
    expect([...new Set(names)]).toEqual([
      ...["last_run_timestamp_seconds", "last_run_success", "last_success_timestamp_seconds"],
      ...["last_run_duration_seconds", "last_run_result"],
    ]);
  });

  test("of several runs are in one text: of each source and destination the newest", () => {
    const earlier = exampleReport({ run: { ...exampleReport().run, endedAt: "2026-11-21T03:00:00.000Z", seconds: 1 } });
    const elsewhere = exampleReport({ destination: "/elsewhere" });
    const runs = [run(exampleReport()), run(earlier), run(elsewhere)];
    expect(values("last_run_duration_seconds", ...runs)).toEqual([3731, 3731]);
    expect(metrics(runs).match(/^# TYPE dailysync_last_run_lanes gauge$/gm)).toHaveLength(1);
  });

  test("have the 200 largest projects, and say how many they leave out", () => {
    const many = run(
      exampleReport({ projects: Array.from({ length: 450 }, (_, bytes) => project({ name: `p${bytes}`, bytes })) }),
    );
    const sizes = values("last_run_project_size_bytes", many);
    expect([sizes.length, Math.min(...sizes)]).toEqual([200, 250]);
    expect(values("last_run_projects_without_series", many)).toEqual([250]);
  });

  test("name the loose files by the path in which they lie", () => {
    const loose = run(exampleReport({ projects: [project({ name: "" })] }));
    expect(seriesOf(loose).map(({ labels }) => labels["project"])).toContain(".");
  });

  test("hold any name as it is, each series once", () => {
    const names = [...hostileNames, "a|b"];
    const series = seriesOf(run(exampleReport({ projects: names.map((name) => project({ name })) }))).filter(
      ({ name }) => name === "dailysync_last_run_project_size_bytes",
    );
    expect(series.map(({ labels }) => labels["project"]).sort()).toEqual([...hostileNames].sort());
  });

  test("of no run are empty", () => {
    expect(metrics([])).toBe("");
  });

  testUnless(noPromtool)("are what promtool accepts without a complaint", async () => {
    const projects = hostileNames.map((name) => project({ name }));
    const input = metrics([run(exampleReport({ projects })), run({ ...refused, source: "/other" }, 0)]);
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
  });
});
