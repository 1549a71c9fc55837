import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { publish } from "../../../src/report/publish.ts";
import type { Report } from "../../../src/report/report.ts";
import { keepingLog } from "../../support/keeping-log.ts";
import { record } from "../../support/record.ts";
import { emptyDirectories } from "../../support/tree.ts";
import { exampleReport } from "./example.ts";

const emptyDirectory = emptyDirectories();
const variables = ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"] as const;
const before = new Map(variables.map((name) => [name, process.env[name]]));

beforeEach(() => {
  for (const name of variables) delete process.env[name];
});

afterEach(() => {
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

function inputs(directories: { readonly reports: string; readonly state: string }) {
  return record({}, { "report-dir": directories.reports, "state-dir": directories.state }).inputs;
}

/** A directory with the files in which a step leaves its summary and its outputs, named as the runner does it. */
function stepDirectory(): string {
  const place = emptyDirectory();
  for (const [name, file] of [
    ["GITHUB_STEP_SUMMARY", "summary"],
    ["GITHUB_OUTPUT", "output"],
  ] as const) {
    writeFileSync(`${place}/${file}`, "");
    process.env[name] = `${place}/${file}`;
  }
  return place;
}

describe("a published report", () => {
  test("is in report.json, in the summary and in the outputs", () => {
    const place = stepDirectory();
    const log = keepingLog();
    publish(exampleReport(), inputs({ reports: `${place}/reports`, state: `${place}/state` }), log);
    expect(log.lines).toEqual([]);
    expect(JSON.parse(readFileSync(`${place}/reports/report.json`, "utf8"))).toMatchObject({ result: "success" });
    expect(readFileSync(`${place}/summary`, "utf8")).toContain("Backup complete");
    expect(readFileSync(`${place}/output`, "utf8")).toContain(`${place}/reports/report.json`);
  });

  test("has its outputs although neither summary nor page can be made of it", () => {
    const place = stepDirectory();
    writeFileSync(`${place}/report.html`, "of an earlier run");
    const log = keepingLog();
    // Not as its type says, so that neither can be made.
    const report = { ...exampleReport(), machine: { ...exampleReport().machine, disks: 1 } } as unknown as Report;
    publish(report, inputs({ reports: place, state: `${place}/state` }), log);
    expect(readFileSync(`${place}/output`, "utf8")).toMatch(/result<<.*\nsuccess\n/);
    expect(log.lines).toContainEqual(expect.stringMatching(/report\.html could not be made/));
    expect(existsSync(`${place}/report.html`)).toBe(false);
  });

  test("needs no workflow", () => {
    const place = emptyDirectory();
    const log = keepingLog();
    publish(exampleReport(), inputs({ reports: place, state: `${place}/state` }), log);
    expect(log.lines).toEqual([]);
  });

  test("that cannot be written is a warning, and the outputs are set all the same, without its path", () => {
    const place = emptyDirectory();
    writeFileSync(`${place}/file`, "");
    writeFileSync(`${place}/output`, "");
    process.env["GITHUB_OUTPUT"] = `${place}/output`;
    const log = keepingLog();
    publish(exampleReport(), inputs({ reports: `${place}/file`, state: `${place}/state` }), log);
    expect(log.lines).toEqual([expect.stringMatching(/^report\.json could not be written/)]);
    expect(readFileSync(`${place}/output`, "utf8")).toMatch(/^result<</m);
    expect(readFileSync(`${place}/output`, "utf8")).not.toContain("report.json");
  });
});
