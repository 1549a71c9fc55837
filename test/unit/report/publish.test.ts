import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Log } from "../../../src/log/log.ts";
import { announce, publish } from "../../../src/report/publish.ts";
import { keepingLog } from "../../support/keeping-log.ts";
import { record } from "../../support/record.ts";
import { emptyDirectories } from "../../support/tree.ts";
import { exampleReport, project } from "./example.ts";

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

/** What is announced, each line with its kind. */
function announced(report: Parameters<typeof announce>[0]): string[] {
  const lines: string[] = [];
  const keep = (kind: string) => (line: string) => void lines.push(`${kind}: ${line}`);
  const log: Log = { ...keepingLog(), error: keep("error"), warning: keep("warning"), info: keep("info") };
  announce(report, log);
  return lines;
}

describe("a published report", () => {
  test("is in report.json, in the summary and in the outputs", () => {
    const place = emptyDirectory();
    for (const [name, file] of [
      ["GITHUB_STEP_SUMMARY", "summary"],
      ["GITHUB_OUTPUT", "output"],
    ] as const) {
      writeFileSync(`${place}/${file}`, "");
      process.env[name] = `${place}/${file}`;
    }
    const log = keepingLog();
    publish(exampleReport(), inputs({ reports: `${place}/reports`, state: `${place}/state` }), log);
    expect(log.lines).toEqual([]);
    expect(JSON.parse(readFileSync(`${place}/reports/report.json`, "utf8"))).toMatchObject({ result: "success" });
    expect(readFileSync(`${place}/summary`, "utf8")).toContain("Backup complete");
    expect(readFileSync(`${place}/output`, "utf8")).toContain(`${place}/reports/report.json`);
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

describe("announced", () => {
  test("is nothing of a success", () => {
    expect(announced(exampleReport({ notices: ["notice"] }))).toEqual([]);
  });

  test("is a warning for each reason of a run that only degraded", () => {
    expect(announced(exampleReport({ result: "degraded", reasons: ["one", "two"] }))).toEqual([
      "warning: one",
      "warning: two",
    ]);
  });

  test("is an error for each reason and each failed project, with the exit code in words and rsync's first line", () => {
    const failed = (name: string, exitCode: number | undefined, lines: readonly string[]) =>
      project({ name, state: "failed", problems: [{ exitCode, meaning: "some files could not be copied", lines }] });
    const projects = [failed("alpha", 23, ["first", "second"]), project({ name: "beta" }), failed("", undefined, [])];
    expect(announced(exampleReport({ result: "failure", reasons: ["reason"], projects }))).toEqual([
      "error: reason",
      expect.stringMatching(
        /^error: alpha: .*some files could not be copied.*23.*: first$|^error: alpha: .*23.*some files could not be copied: first$/,
      ),
      expect.stringMatching(/^error: \(?loose files\)?: some files could not be copied$/),
    ]);
  });

  test.each(["failure", "cancelled"] as const)("are errors of a %s", (result) => {
    expect(announced(exampleReport({ result, reasons: ["reason"] }))).toEqual(["error: reason"]);
  });

  test.each([
    [9, 9],
    [10, 10],
    [11, 10],
    [5000, 10],
  ])("of %d reasons in %d lines, which is what GitHub shows", (count, lines) => {
    const reasons = Array.from({ length: count }, (_, index) => `reason ${index}`);
    const all = announced(exampleReport({ result: "failure", reasons }));
    expect(all).toHaveLength(lines);
    expect(all[0]).toBe("error: reason 0");
    if (count > lines) expect(all.at(-1)).toMatch(new RegExp(`^error: ${count - lines + 1} more: reason 9`));
    expect(all.at(-1)?.length).toBeLessThan(1000);
  });
});
