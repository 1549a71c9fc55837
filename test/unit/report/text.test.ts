import { describe, expect, test } from "@jest/globals";
import { refusedReport } from "../../../src/report/refused.ts";
import { text } from "../../../src/report/text.ts";
import { exampleReport, hostileNames, project } from "./example.ts";

const hostile = exampleReport({
  result: "failure",
  reasons: hostileNames,
  notices: hostileNames,
  projects: hostileNames.map((name) =>
    project({ name, state: "failed", problems: [{ exitCode: 23, meaning: name, lines: [name] }] }),
  ),
  notCovered: { paths: hostileNames, total: hostileNames.length },
  vanishedProjects: hostileNames,
  deletedProjects: hostileNames,
  deletions: {
    ...{ pending: 9, destinationEntries: 10, limit: 1, refused: "::error::x" },
    projects: hostileNames.map((name) => ({ name, pending: 1, paths: hostileNames })),
  },
  versions: { directories: hostileNames, removed: hostileNames },
  wouldChange: { changes: hostileNames, changesTotal: hostileNames.length },
});

describe("hostile names", () => {
  const lines = text(hostile, { projects: 1000 }).split("\n");

  test("make no line a workflow command", () => {
    expect(lines.filter((line) => line.trimStart().startsWith("::") || line.includes("##["))).toEqual([]);
  });

  test("are never written raw", () => {
    expect(lines.filter((line) => /[\p{C}\u2028\u2029]/u.test(line))).toEqual([]);
    expect(lines.join("\n")).toContain("\\x1b[31mred");
  });

  test("take no more lines than harmless ones", () => {
    const harmless = JSON.parse(JSON.stringify(hostile), (key, value) => (key === "name" ? "alpha" : value));
    expect(lines).toHaveLength(text(harmless, { projects: 1000 }).split("\n").length);
  });
});

describe("the table of projects", () => {
  const projects = Array.from({ length: 5000 }, (_, index) =>
    project({ name: `project-${index}-${"long".repeat(20)}`, seconds: index + 1 }),
  );

  test("shows as many as asked for, slowest first, and says how many more there are", () => {
    const shown = text(exampleReport({ projects }), { width: 200, projects: 40 });
    expect(shown.match(/^project-/gm)).toHaveLength(40);
    expect(shown.indexOf("project-4999-")).toBeLessThan(shown.indexOf("project-4998-"));
    expect(shown).toContain("  and 4,960 more in report.json\n");
  });

  test.each([60, 80, 100, 120, 200])("fits in %d columns, its numbers below one another", (width) => {
    const lines = text(exampleReport({ projects }), { width }).split("\n");
    const start = lines.findIndex((line) => line.startsWith("Project "));
    const table = lines.slice(start, start + 41);
    for (const line of table) expect(line.length).toBeLessThanOrEqual(width);
    const heading = table[0] ?? "";
    const filesEnd = heading.indexOf("Files") + "Files".length;
    for (const line of table.slice(1)) expect(line.slice(0, filesEnd)).toMatch(/ 1,000$/);
  });

  test("counts two columns for a wide letter", () => {
    const wide = [project({ name: "日本語" }), project({ name: "abcdef" })];
    const rows = text(exampleReport({ projects: wide }), { width: 80 }).match(/^(?:日本語|abcdef) .*$/gm) ?? [];
    expect(rows).toHaveLength(2);
    expect(rows[0]?.replace(/^\S+/, "")).toBe(rows[1]?.replace(/^\S+/, ""));
  });
});

test("colours come only when asked for", () => {
  const report = exampleReport({ result: "failure", projects: [project({ state: "failed" })] });
  expect(text(report)).not.toContain("\x1b");
  expect(text(report, { colour: true })).toContain("\x1b[31m✘ Backup incomplete");
});

test("a run is told in its first lines", () => {
  expect(text(exampleReport()).split("\n").slice(0, 6)).toEqual([
    "✔ Backup complete (1 h 02 min; median of 14 runs: 1 h 02 min)",
    expect.stringMatching(/^ {2}The source's disk sdb1 limits this run at .*\(source-disk, high confidence\)$/),
    "  More rsyncs will not help: a faster device would.",
    "  /data/prod → /data/prod_backup",
    "  1 project, 1,000 files, 4.66 GiB; 5 rsyncs at once",
    "  28.6 MiB in 20 files transferred at 7.85 KiB/s",
  ]);
});

test("a refused run is its problems and nothing else", () => {
  const refusal = refusedReport({
    problems: ["source: /data/prdo does not exist"],
    source: "/data/prdo",
    destination: "",
    startedAt: new Date(0),
    endedAt: new Date(200),
    runId: "1",
    dailysyncVersion: "1.0.0",
    dryRun: false,
    url: undefined,
  });
  expect(text(refusal)).toBe(
    "✘ Backup refused, nothing was written (0.2 s)\n  /data/prdo → (not given)\n  ✘ source: /data/prdo does not exist\n",
  );
});

test("where what was replaced is, and which of earlier runs went, stands below the totals", () => {
  const versions = { directories: ["/v/2026-11-26T02-17-05Z"], removed: ["2026-10-01T00-00-00Z"] };
  expect(text(exampleReport({ versions }))).toContain(
    '\n  What was deleted or replaced is in "/v/2026-11-26T02-17-05Z"\n  Removed from backup-dir, older than keep: 1 directory, 2026-10-01T00-00-00Z\n',
  );
  expect(text(exampleReport({ versions: { directories: [], removed: ["a", "b", "c"] } }))).toContain(
    "\n  Removed from backup-dir, older than keep: 3 directories, a to c\n",
  );
  expect(text(exampleReport({ versions: { directories: [], removed: [] } }))).not.toMatch(/replaced|keep/);
});
