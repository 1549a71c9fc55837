import { describe, expect, test } from "@jest/globals";
import { unknownSource } from "../../../src/history/known-source.ts";
import type { Plan, Shard } from "../../../src/plan/shard.ts";
import type { RunRecord } from "../../../src/record.ts";
import { assembleReport } from "../../../src/report/assemble.ts";
import type { ProjectReport, Report } from "../../../src/report/report.ts";
import { noLoad } from "../../../src/survey/load.ts";
import { directory } from "../../support/directories.ts";
import { ended, record, selection } from "../../support/record.ts";
import { raw } from "../../support/tree.ts";
import { shardOf } from "../../support/workshop.ts";

const startedAt = new Date("2026-11-22T02:00:00Z");
const endedAt = new Date("2026-11-22T02:01:30.500Z");

function plan(...shards: readonly Shard[]): Plan {
  return { stages: [shards], lanes: 4, notSplit: undefined };
}

/** The report of a run of these shards. */
function report(
  shards: readonly Shard[],
  given: Partial<RunRecord> = {},
  inputs: Parameters<typeof record>[1] = {},
): Report {
  const projects = [...new Set(shards.flatMap(({ portions }) => portions.map(({ project }) => project)))].filter(
    Boolean,
  );
  return assembleReport(
    record({ startedAt, selection: selection(projects), plan: plan(...shards), ...given }, inputs),
    endedAt,
  );
}

function projectOf({ projects }: Report, name: string): ProjectReport {
  const found = projects.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no project ${name}`);
  return found;
}

const alpha = shardOf(0, "deep", ["./alpha/"], ["alpha"]);
const beta = shardOf(1, "deep", ["./beta/"], ["beta"]);
const both: Shard = {
  ...shardOf(2, "deep", ["./alpha/x/", "./beta/x/"], []),
  portions: [
    { project: raw("alpha"), entries: 30 },
    { project: raw("beta"), entries: 10 },
  ],
};

describe("the result of a run", () => {
  const vanished = { state: "vanished", exitCode: 24, messages: { vanished: 2, onlyVanished: true } } as const;
  test.each([
    ["in which all is complete is success", [ended(alpha), ended(beta)], {}, "success"],
    ["in which files vanished is degraded", [ended(alpha, vanished), ended(beta)], {}, "degraded"],
    [
      "in which rsync passed over a device is degraded",
      [ended(alpha), ended(beta)],
      { skipped: new Set([raw("alpha/null")]) },
      "degraded",
    ],
    [
      "in which a project failed is a failure",
      [ended(alpha, { state: "failed", exitCode: 23 }), ended(beta)],
      {},
      "failure",
    ],
    ["that has another reason is a failure", [ended(alpha), ended(beta)], { reasons: ["refused"] }, "failure"],
    ["in which a shard never started is a failure", [ended(alpha)], {}, "failure"],
    ["in which nothing started is a failure", [], {}, "failure"],
    ["that was cancelled is cancelled", [ended(alpha)], { cancelled: true }, "cancelled"],
    [
      "that failed and was cancelled is cancelled",
      [ended(alpha, { state: "failed", exitCode: 1 })],
      { cancelled: true },
      "cancelled",
    ],
  ] as const)("%s", (_name, ends, given, result) => {
    const { result: found, reasons } = report([alpha, beta], {
      ends: [...ends],
      reasons: [],
      ...given,
    } as Partial<RunRecord>);
    expect(found).toBe(result);
    expect(reasons.length > 0).toBe(result !== "success");
  });

  test("that was refused is a failure with its problems and nothing else", () => {
    const refused = assembleReport(record({ startedAt, problems: ["source is missing"] }), endedAt);
    expect(refused).toMatchObject({ result: "failure", reasons: ["source is missing"], projects: [], attempts: [] });
  });

  test("that was cancelled before its projects were known is cancelled", () => {
    const cancelled = assembleReport(record({ startedAt, cancelled: true }), endedAt);
    expect(cancelled).toMatchObject({ result: "cancelled", reasons: ["cancelled before anything was copied"] });
  });

  test("that was cancelled before there was a plan has no finished project", () => {
    const { projects, result } = report([], { cancelled: true, plan: undefined, selection: selection(["alpha"]) });
    expect(result).toBe("cancelled");
    expect(projects).toMatchObject([{ name: "alpha", state: "unfinished", startedAtSeconds: undefined }]);
  });

  test("that was cancelled after everything was copied says where it may still be", () => {
    const given = { ends: [ended(alpha), ended(beta)], cancelled: true };
    expect(report([alpha, beta], given).reasons).toEqual([
      "cancelled: everything is copied, but may still be in memory",
    ]);
    expect(report([alpha, beta], { ...given, reasons: ["not waited for"] }).reasons).toEqual(["not waited for"]);
  });

  test("whose links between shards failed is a failure", () => {
    const relink = shardOf(9, "relink", ["./alpha/x"], []);
    const { result, reasons } = report([alpha, relink], {
      ends: [ended(alpha), ended(relink, { state: "failed", exitCode: 23 })],
    });
    expect(result).toBe("failure");
    expect(reasons).toEqual([expect.stringMatching(/hard links between shards/)]);
  });
});

describe("of a failed rsync that served several projects", () => {
  const failed = (projects: readonly string[] | undefined, lines: readonly string[] = ["one", "two"]) =>
    report([both], {
      ends: [
        ended(both, {
          state: "failed",
          exitCode: 23,
          messages: { lines, projects: projects && new Set(projects.map(raw)) },
        }),
      ],
    });

  test("only the project that it complained of failed", () => {
    const found = failed(["beta"]);
    expect(projectOf(found, "alpha")).toMatchObject({ state: "complete", problems: [] });
    expect(projectOf(found, "beta")).toMatchObject({
      state: "failed",
      problems: [{ exitCode: 23, meaning: "some files could not be copied", lines: ["one", "two"] }],
    });
    expect(found.totals.failedProjects).toBe(1);
  });

  test("all failed where it named none", () => {
    expect(failed(undefined).totals.failedProjects).toBe(2);
  });

  test("the first five lines are kept", () => {
    const [problem] = projectOf(failed(undefined, ["1", "2", "3", "4", "5", "6"]), "alpha").problems;
    expect(problem?.lines).toEqual(["1", "2", "3", "4", "5"]);
  });
});

describe("a project's figures", () => {
  test("add up over its shards, and a shared rsync's time is divided by entries", () => {
    const found = report([alpha, beta, both], {
      ends: [
        ended(alpha, { times: [[1000, 3000]], tallies: { alpha: { files: 1, bytes: 10 } } }),
        ended(beta, { times: [[0, 500]], tallies: { beta: { files: 2, bytesTransferred: 5 } } }),
        ended(both, { times: [[4000, 8000]], tallies: { alpha: { files: 4, bytes: 100 }, beta: { filesDeleted: 3 } } }),
      ],
    });
    expect(projectOf(found, "alpha")).toMatchObject({
      state: "complete",
      files: 5,
      bytes: 110,
      seconds: 5,
      startedAtSeconds: 1,
      endedAtSeconds: 8,
    });
    expect(projectOf(found, "beta")).toMatchObject({ files: 2, filesDeleted: 3, bytesTransferred: 5, seconds: 1.5 });
    expect(found.totals).toMatchObject({ projects: 2, files: 7, bytes: 110, filesDeleted: 3, bytesTransferred: 5 });
  });

  test("count the time of every try, and the pauses between them not", () => {
    const found = report([alpha], {
      ends: [
        ended(alpha, {
          times: [
            [0, 1000],
            [5000, 7000],
          ],
        }),
      ],
    });
    expect(projectOf(found, "alpha")).toMatchObject({ seconds: 3, startedAtSeconds: 0, endedAtSeconds: 7 });
    expect(found.attempts).toHaveLength(2);
  });

  test("of loose files have no name and are no project", () => {
    const loose = shardOf(3, "loose", ["./"], [""]);
    const { totals, projects } = report([alpha, loose], { ends: [ended(alpha), ended(loose)] });
    expect(projects.map(({ name }) => name)).toEqual(["alpha", ""]);
    expect(totals.projects).toBe(1);
  });

  test("of a project whose every directory is filtered out are nothing, and it is complete", () => {
    const found = report([alpha], { ends: [ended(alpha)], selection: selection(["alpha", "filtered"]) });
    expect(projectOf(found, "filtered")).toMatchObject({ state: "complete", files: 0, seconds: 0 });
    expect(found.result).toBe("success");
  });

  test("name it as text", () => {
    const odd = shardOf(0, "deep", [], ["caf\xe9", "\xc3\xbc"]);
    expect(report([odd], { ends: [ended(odd)] }).projects.map(({ name }) => name)).toEqual(["caf\\xe9", "ü"]);
  });
});

describe("a project that is not finished", () => {
  test.each([
    [
      "after a cancellation",
      { cancelled: true },
      "cancelled: 1 project not finished; the next run completes what is missing",
    ],
    ["after a failure with fail-fast", {}, "1 project not started or not finished"],
  ])("%s is said to be, in the reasons too", (_name, given, reason) => {
    const found = report([alpha, beta], { ends: [ended(alpha)], ...given });
    expect(projectOf(found, "alpha").state).toBe("complete");
    expect(projectOf(found, "beta").state).toBe("unfinished");
    expect(found.reasons).toEqual([reason]);
  });

  test("is one of whose shards one was cancelled", () => {
    const found = report([alpha, both], { ends: [ended(alpha), ended(both, { state: "cancelled" })], cancelled: true });
    expect(projectOf(found, "alpha").state).toBe("unfinished");
  });
});

test("the reason of a failure names the projects that failed, the first three", () => {
  const all = ["a", "b", "c", "d"].map((name, id) => shardOf(id, "deep", [`./${name}/`], [name]));
  const ends = all.map((one) => ended(one, { state: "failed", exitCode: 23 }));
  expect(report(all, { ends }).reasons).toEqual([
    '4 projects could not be backed up completely: "a", "b", "c" and 1 more',
  ]);
});

test("devices that were passed over are named, unless rsync-args ask for that", () => {
  const skipped = new Set(["a", "b", "c", "d"].map((name) => raw(`alpha/${name}`)));
  const given = { ends: [ended(alpha)], skipped };
  expect(report([alpha], given).reasons).toEqual([
    '4 devices were not copied, because this account may not make devices: "alpha/a", "alpha/b", "alpha/c" and 1 more; run as root or with CAP_MKNOD, or exclude them',
  ]);
  expect(report([alpha], given, { "rsync-args": "--no-devices" }).reasons).toEqual([]);
});

test("the run is described: times, lanes that could be used, directories, phases, what was not covered and what vanished", () => {
  const found = report([alpha, beta], {
    ends: [ended(alpha), ended(beta)],
    parallelism: { lanes: 16, least: 16, most: 16, chosenBy: "input parallelism" },
    phases: [{ name: "copy", startedAtSeconds: 1, seconds: 3 }],
    selection: selection(["alpha", "beta"], { notCovered: [raw("caf\xe9")], vanished: [raw("gone")] }),
    survey: {
      projects: [directory("alpha", { directories: [directory("alpha/x", {})] }), directory("beta", {})],
      ...{ loose: noLoad, unreadable: [], mountPoints: [], differingInCase: [], destination: undefined },
    },
    rsync: { path: "/usr/bin/rsync", version: "3.5.0", launcher: { command: [], ownGroup: false } },
    rsyncArguments: ["-x"],
    notices: ["notice"],
  });
  expect(found).toMatchObject({
    dailysyncVersion: "1.2.3",
    run: { startedAt: "2026-11-22T02:00:00.000Z", endedAt: "2026-11-22T02:01:30.500Z", seconds: 90.5, dryRun: false },
    source: "/source",
    destination: "/destination",
    parallelism: { lanes: 2, chosenBy: "input parallelism" },
    totals: { directories: 3 },
    phases: [{ name: "copy", startedAtSeconds: 1, seconds: 3 }],
    notCovered: { paths: ["caf\\xe9"], total: 1 },
    vanishedProjects: ["gone"],
    rsync: { version: "3.5.0", arguments: ["-x"] },
    notices: ["notice"],
    wouldChange: undefined,
  });
});

test("of very many names that are not covered the first thousand are kept and all are counted", () => {
  const notCovered = Array.from({ length: 1500 }, (_, index) => raw(String(index)));
  const found = report([alpha], { ends: [ended(alpha)], selection: selection(["alpha"], { notCovered }) });
  expect(found.notCovered.paths).toHaveLength(1000);
  expect(found.notCovered.total).toBe(1500);
});

test("a dry run says what would change", () => {
  const given = {
    ends: [ended(alpha)],
    changes: [{ change: ">f+++++++++", path: raw("alpha/caf\xe9") }],
    changesTotal: 9,
  };
  const found = report([alpha], given, { "dry-run": "true" });
  expect(found.wouldChange).toEqual({ changes: [">f+++++++++ alpha/caf\\xe9"], changesTotal: 9 });
  expect(found.run.dryRun).toBe(true);
});

test("shards and tries are listed, tries in the order of their starts", () => {
  const found = report([alpha, both], {
    ends: [
      ended(both, { state: "vanished", exitCode: 24, times: [[500, 900]] }),
      ended(alpha, {
        state: "failed",
        exitCode: 12,
        times: [
          [100, 200],
          [1000, 1100],
        ],
      }),
    ],
  });
  expect(found.shards).toEqual([
    { id: 0, kind: "deep", projects: ["alpha"], names: 1, entries: 1, state: "failed" },
    { id: 2, kind: "deep", projects: ["alpha", "beta"], names: 2, entries: 40, state: "warning" },
  ]);
  expect(found.attempts.map(({ shard, startedAtSeconds, exitCode }) => [shard, startedAtSeconds, exitCode])).toEqual([
    [0, 0.1, 12],
    [2, 0.5, 24],
    [0, 1, 12],
  ]);
});

test("how the run before went is told", () => {
  const past = { startedAt: "2026-11-21T02:00:00.000Z", seconds: 60, result: "success" } as const;
  const figures = { projects: 1, files: 1, filesTransferred: 1, bytes: 1, bytesTransferred: 1, lanes: 1 };
  const runs = [
    { ...past, ...figures, seconds: 99 },
    { ...past, ...figures },
  ];
  const history = { runs, slowness: {}, source: unknownSource, sizes: [], ignored: undefined };
  expect(report([alpha], { ends: [ended(alpha)], history }).previousRun).toEqual(past);
  const none = { ...history, runs: [] };
  expect(report([alpha], { ends: [ended(alpha)], history: none }).previousRun).toBeUndefined();
});
