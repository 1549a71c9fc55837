import { describe, expect, test } from "@jest/globals";
import { RefusedError } from "../../../src/errors.ts";
import { readReport } from "../../../src/report/read.ts";
import { summary } from "../../../src/report/summary/summary.ts";
import { text } from "../../../src/report/text.ts";
import { schemaErrors } from "../../support/report-schema.ts";
import { exampleReport, project } from "./example.ts";

/** A report as report.json has it. */
const written = (report: object = exampleReport()): string => JSON.stringify(report);
/** The same, with one top-level field as given. */
const fields = (given: Readonly<Record<string, unknown>>): string => written({ ...exampleReport(), ...given });

/** Why a text is not read. */
function refusal(content: string): string {
  try {
    readReport(content);
  } catch (error) {
    if (error instanceof RefusedError) return error.problems.join("\n");
    throw error;
  }
  return "";
}

describe("report.json", () => {
  test("is read as it was written", () => {
    const report = exampleReport({ projects: [project({ state: "failed" })], result: "failure", reasons: ["no"] });
    expect(readReport(written(report))).toEqual(JSON.parse(written(report)));
  });

  test("is shown as the report that it was made from", () => {
    const report = exampleReport();
    expect(summary(readReport(written(report)))).toBe(summary(report));
    expect(text(readReport(written(report)))).toBe(text(report));
  });

  test.each([
    ["that is empty", "", "is empty"],
    ["that was cut off", written().slice(0, 500), "is not JSON, or was cut off"],
    ["that is another file", "hello", "is not JSON"],
    ["that is no object", "[1]", "is JSON, but no report of dailysync"],
    ["that is null", "null", "is JSON, but no report of dailysync"],
    ["of something else", '{"name":"dailysync"}', "it has no reportVersion"],
    ["of another version", fields({ reportVersion: 2 }), "is a report of format version 2, and this dailysync reads"],
    ["whose field is of another type", fields({ projects: "alpha" }), ": projects is no array"],
    ["with a project that is none", fields({ projects: [null] }), ": projects[0] is no object"],
    [
      "with a moment that is none",
      fields({ previousRun: { startedAt: "<script>alert(1)", seconds: 1, result: "success" } }),
      ": previousRun.startedAt is no moment of ISO 8601 in UTC",
    ],
    ["without what was always there", fields({ totals: undefined }), ": it has no totals"],
    [
      "with a word that only a newer one knows",
      fields({ result: "paused" }),
      '(written by dailysync "1.0.0"): result is none of success,',
    ],
  ])("%s is refused in words", (_name, content, words) => {
    expect(refusal(content)).toContain(words);
    expect(refusal(content)).not.toContain("\n");
  });

  test("of an older version is read: lists that it lacks are empty", () => {
    const { deletedProjects: _, trends: __, sourceIdentity: ___, ...older } = exampleReport();
    const read = readReport(written(older));
    expect([read.deletedProjects, read.trends, read.sourceIdentity]).toEqual([[], undefined, undefined]);
    expect(summary(read)).toContain("Backup complete");
  });

  test("of a newer version is read: what it adds is passed over", () => {
    expect(readReport(fields({ moonPhase: { full: true } })).result).toBe("success");
  });
});

describe("the schema", () => {
  test("has every field of the example, and allows no other", () => {
    expect(schemaErrors(JSON.parse(written()))).toEqual([]);
    expect(schemaErrors(JSON.parse(fields({ moonPhase: 1 })))).toEqual([expect.stringContaining("moonPhase")]);
    const [first] = exampleReport().projects;
    expect(schemaErrors(JSON.parse(fields({ projects: [{ ...first, moonPhase: 1 }] })))).toHaveLength(1);
  });

  test("demands what is always there", () => {
    for (const name of ["result", "run", "totals", "projects", "notices"])
      expect(schemaErrors(JSON.parse(fields({ [name]: undefined })))).toEqual([expect.stringContaining(name)]);
  });

  test("leaves out what may be unknown", () => {
    const unknown = { previousRun: undefined, machine: undefined, resources: undefined, diagnosis: undefined };
    expect(schemaErrors(JSON.parse(fields({ ...unknown, trends: undefined })))).toEqual([]);
  });
});
