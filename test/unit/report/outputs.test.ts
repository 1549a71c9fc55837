import { describe, expect, test } from "@jest/globals";
import { outputs } from "../../../src/report/outputs.ts";
import { refusedReport } from "../../../src/report/refused.ts";
import { exampleReport, hostileNames, project } from "./example.ts";

test("every output is there, as text", () => {
  const failed = project({ name: "beta", state: "failed", filesDeleted: 3 });
  const report = exampleReport({ result: "failure", projects: [project(), failed, project({ state: "unfinished" })] });
  expect(outputs(report, "/tmp/report.json")).toEqual({
    result: "failure",
    "duration-seconds": "3731",
    projects: "3",
    "failed-projects": '["beta"]',
    files: "3000",
    "files-transferred": "60",
    "files-deleted": "3",
    bytes: "15000000000",
    "bytes-transferred": "90000000",
    "files-verified": "",
    "files-mismatched": "",
    parallelism: "5",
    bottleneck: "source-disk",
    confidence: "high",
    advice: "more rsyncs will not help: a faster device would",
    report: "/tmp/report.json",
  });
});

test("a refused run has its outputs too", () => {
  const report = refusedReport({
    problems: ["no"],
    source: "",
    destination: "",
    startedAt: new Date(0),
    endedAt: new Date(1234),
    runId: "1",
    dailysyncVersion: "1.0.0",
    dryRun: false,
    url: undefined,
  });
  expect(outputs(report, undefined)).toMatchObject({
    result: "failure",
    "duration-seconds": "1.2",
    "failed-projects": "[]",
    projects: "0",
    bottleneck: "",
    confidence: "",
    advice: "",
  });
});

describe("the list of failed projects", () => {
  const failedNames = (names: readonly string[]) => {
    const projects = names.map((name) => project({ name, state: "failed" }));
    return outputs(exampleReport({ projects }), undefined)["failed-projects"];
  };

  test("is JSON on one line that gives every name back", () => {
    const list = failedNames(hostileNames);
    expect(list).not.toContain("\n");
    expect(JSON.parse(list)).toEqual(hostileNames);
  });

  test("is JSON of as many as fit when there are too many", () => {
    const names = Array.from({ length: 5000 }, (_, index) => `${index}-${"é".repeat(100)}`);
    const list = failedNames(names);
    expect(Buffer.byteLength(list)).toBeLessThanOrEqual(256 * 1024);
    const listed = JSON.parse(list) as string[];
    expect(listed.length).toBeGreaterThan(1000);
    expect(listed).toEqual(names.slice(0, listed.length));
  });
});
