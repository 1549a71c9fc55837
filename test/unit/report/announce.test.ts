import { describe, expect, test } from "@jest/globals";
import type { Log } from "../../../src/log/log.ts";
import { announce } from "../../../src/report/announce.ts";
import { assembleReport } from "../../../src/report/assemble.ts";
import type { Report } from "../../../src/report/report.ts";
import { decideDeletions } from "../../../src/run/deletions.ts";
import { verificationReasons } from "../../../src/verify/sentences.ts";
import { keepingLog } from "../../support/keeping-log.ts";
import { ended, record, selection } from "../../support/record.ts";
import { shard } from "../../support/workshop.ts";
import { exampleReport, project } from "./example.ts";

/** What is announced, each text with its kind and title. */
function announced(report: Report): string[] {
  const lines: string[] = [];
  const keep =
    (kind: string): Log["error"] =>
    (text, title) =>
      void lines.push(`${kind} [${title}] ${text}`);
  announce(report, { ...keepingLog(), error: keep("error"), warning: keep("warning"), notice: keep("notice") });
  return lines;
}

const failed = (name: string, exitCode: number | undefined, ...lines: readonly string[]) =>
  project({ name, state: "failed", problems: [{ exitCode, meaning: "some files could not be copied", lines }] });

test("nothing is announced of a success", () => {
  expect(
    announced(exampleReport({ notices: ["notice"], notCovered: { paths: [], total: 0 }, vanishedProjects: [] })),
  ).toEqual([]);
});

const quiet = { notCovered: { paths: [], total: 0 }, vanishedProjects: [] };

test("a run that only degraded has a warning for each reason", () => {
  const reasons = ["one", "2 source files vanished before they could be copied"];
  expect(announced(exampleReport({ ...quiet, result: "degraded", reasons }))).toEqual([
    "warning [Warning] one",
    "warning [Files vanished] 2 source files vanished before they could be copied",
  ]);
});

describe("what rsyncs failed with", () => {
  test("is one error for each exit code, most frequent first, with the first names, the first message and what to do", () => {
    const projects = [
      failed("full", 11, "no space"),
      ...["alpha", "beta", "gamma", "delta", "epsilon"].map((name) => failed(name, 23, `${name} says so`, "second")),
      project({ name: "well" }),
      failed("", undefined),
    ];
    expect(announced(exampleReport({ ...quiet, result: "failure", reasons: ["reason"], projects }))).toEqual([
      "error [Backup failed] reason",
      "error [rsync exit 23] 5 projects (alpha, beta, gamma and 2 more): exit 23: some files could not be copied; the first message: alpha says so. rsync's messages name the files: mostly a right to read or to write is missing",
      "error [rsync exit 11] full: exit 11: some files could not be copied; the first message: no space. Make room at the destination, and see that it can be written to",
      expect.stringMatching(/^error \[rsync was ended\] \(loose files\): some files could not be copied\. Look for/),
    ]);
  });

  test("counts a project once for a code, however many of its rsyncs had it, and for each code that it had", () => {
    const problem = { exitCode: 23, meaning: "some files could not be copied", lines: [] };
    const problems = [problem, problem, { ...problem, exitCode: 12 }];
    const projects = [
      project({ state: "failed", problems }),
      project({ name: "beta", state: "failed", problems: [problem] }),
    ];
    const lines = announced(exampleReport({ ...quiet, result: "failure", projects }));
    expect(lines).toEqual([
      expect.stringContaining("2 projects (alpha, beta): exit 23"),
      expect.stringContaining("alpha: exit 12"),
    ]);
  });

  test("is two lines for 5,000 projects", () => {
    const projects = Array.from({ length: 5000 }, (_, index) => failed(`project ${index}`, 23, "x"));
    const lines = announced(exampleReport({ ...quiet, result: "failure", reasons: ["reason"], projects }));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/5,000 projects \(project 0, project 1, project 2 and 4,997 more\)/);
  });
});

test("files that vanished in a run that failed are a warning beside the errors", () => {
  const projects = [project({ name: "beta", state: "warning" })];
  expect(announced(exampleReport({ ...quiet, result: "failure", reasons: ["reason"], projects }))).toEqual([
    "error [Backup failed] reason",
    "warning [Files vanished] beta: source files vanished before they could be copied",
  ]);
});

test("what no pattern matched and projects without a source are notices, of a success too", () => {
  const notCovered = { paths: ["a", "b\n::error::x", "c", "d"], total: 1001 };
  expect(announced(exampleReport({ notCovered, vanishedProjects: ["old"] }))).toEqual([
    expect.stringMatching(
      /^notice \[Not backed up\] no pattern of projects matches "a", "b\\n::error::x", "c" and 998 more below/,
    ),
    'notice [Projects without a source] 1 project at the destination is no longer at the source, and kept: "old"',
  ]);
});

describe("there are never more than ten of a kind, and the last tells of the rest:", () => {
  test.each([
    [9, 9],
    [10, 10],
    [11, 10],
    [5000, 10],
  ])("%d reasons in %d annotations", (many, lines) => {
    const reasons = Array.from({ length: many }, (_, index) => `reason ${index}`);
    const all = announced(exampleReport({ ...quiet, result: "failure", reasons }));
    expect(all).toHaveLength(lines);
    expect(all[0]).toBe("error [Backup failed] reason 0");
    if (many > lines) expect(all.at(-1)).toMatch(/^error \[More problems\] [\d,]+ more: reason 9/);
    expect(all.at(-1)?.length).toBeLessThan(1000);
  });
});

describe("the title tells what it is about, whoever wrote the sentence:", () => {
  const titlesOf = (reasons: readonly string[], given: Partial<Report> = {}): string[] =>
    announced(exampleReport({ ...quiet, result: "failure", reasons, ...given })).map(
      (line) => /\[(.*?)\]/.exec(line)?.[1] ?? "",
    );

  test("refused deletions", () => {
    const { refused = "" } = decideDeletions(
      {
        list: { entries: 10, projects: new Map() },
        ...{ destinationEntries: 10, incomplete: undefined, unreadable: [], unreadableThere: [] },
        ...{ misplaced: undefined, otherSource: undefined, emptied: [] },
      },
      { kind: "entries", entries: 1 },
    );
    expect(titlesOf([refused])).toEqual(["Deletions refused"]);
  });

  test("what was read back", () => {
    const list = { paths: ["a"], total: 1 };
    const counts = { files: 1, bytes: 1, changedMeanwhile: list, notCompared: 0 };
    const reasons = verificationReasons(
      "changed",
      { counts: { ...counts, mismatches: list, unreadable: list, notThere: list }, failures: { files: 1, first: "x" } },
      "no space",
    );
    expect(titlesOf(reasons)).toEqual([
      "Contents differ",
      "Not read back",
      "Copies are gone",
      "Not read back",
      "Not read back",
    ]);
  });

  test("projects that failed, were not finished, or were cancelled", () => {
    const one = shard();
    const run = (given: Parameters<typeof record>[0]) =>
      assembleReport(
        record({ selection: selection(["alpha"]), plan: { stages: [[one]], lanes: 1, notSplit: undefined }, ...given }),
        new Date(),
      ).reasons.slice(0, 1);
    expect(titlesOf(run({ ends: [ended(one, { state: "failed", exitCode: 23 })] }))).toEqual(["Backup incomplete"]);
    expect(titlesOf(run({}))).toEqual(["Backup incomplete"]);
    expect(titlesOf(run({ cancelled: true }))).toEqual(["Backup cancelled"]);
  });

  test("a run that was refused", () => {
    expect(titlesOf(["source is missing"], { projects: [], attempts: [] })).toEqual(["Backup refused"]);
  });
});
