import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { reportVersion } from "../../../src/report/report.ts";
import { exampleReport, project } from "./example.ts";

const page = readFileSync(new URL("../../../docs/report.md", import.meta.url), "utf8");

/** The names of all fields of a value, however deep. */
function fieldNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldNames);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldNames(inner)]);
}

const none = { paths: [], total: 0 };

test("docs/report.md names every field of report.json", () => {
  const report = exampleReport({
    projects: [project({ problems: [{ exitCode: 23, meaning: "partial transfer", lines: ["no"] }] })],
    deletions: {
      pending: 1,
      destinationEntries: 1,
      limit: 1,
      refused: "no",
      projects: [{ name: "alpha", pending: 1, paths: [] }],
    },
    wouldChange: { changes: [], changesTotal: 0 },
    versions: { directories: [], removed: [] },
    verification: {
      ...{ mode: "sample", complete: true, seconds: 1, files: 1, bytes: 1, notCompared: 0 },
      ...{ mismatches: none, unreadable: none, changedMeanwhile: none, notThere: none },
      sample: {
        ...{ position: "", roundStartedAt: "", runs: 1, bytes: 1, percent: 1, runsLeft: 1 },
        lastRound: { startedAt: "", endedAt: "" },
      },
    },
  });
  const documented = new Set((page.match(/`[\w.[\]]+`/g) ?? []).map((words) => words.slice(1, -1).split(".").at(-1)));
  expect(
    fieldNames(report).filter(
      (name) => !documented.has(name) && !["run", "totals", "parallelism", "rsync", "notCovered"].includes(name),
    ),
  ).toEqual([]);
});

test("docs/report.md tells the version of the format", () => {
  expect(page).toContain(`\`reportVersion\` is ${reportVersion}.`);
});
