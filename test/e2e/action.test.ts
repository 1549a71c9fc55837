import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { asHoles, grow, heavy, type Place, pathsBelow, pendingChanges, place, removePlaces } from "../support/place.ts";
import { reportOf } from "../support/report-of.ts";
import { removeRunnerDirectories, repository, runAction, startAction } from "../support/runner.ts";

afterAll(async () => {
  removePlaces();
  await removeRunnerDirectories();
});

const backUp = ({ source, destination }: Place, inputs: Readonly<Record<string, string>> = {}) =>
  runAction({ with: { source, destination, ...inputs } });

const errors = ({ annotations }: Awaited<ReturnType<typeof runAction>>) =>
  annotations.filter(({ kind }) => kind === "error").map(({ message }) => message);

describe("a backup as a step of a workflow", () => {
  const tree = {
    "alpha/one": "1",
    "alpha/deep/er/two": "22",
    "alpha/link": { link: "deep/er/two" },
    "beta/three": "x".repeat(3000),
    "empty project": undefined,
    ".hidden/four": "4444",
    "loose file": "55555",
    "loose link": { link: "nowhere" },
  };

  test("the destination is exact, every output is set, and nothing else is left behind", async () => {
    const where = place(tree);
    const running = await startAction({ with: { source: `${where.source}/`, destination: where.destination } });
    const finished = await running.finished;

    expect(finished).toMatchObject({ conclusion: "success", exitCode: 0, orphans: [], outputHeldOpen: false });
    expect(pendingChanges(where)).toBe("");
    expect(finished.outputs).toEqual({
      result: "success",
      "duration-seconds": expect.stringMatching(/^\d+(\.\d)?$/),
      projects: "4",
      "failed-projects": "[]",
      files: "7",
      "files-transferred": "5",
      "files-verified": "",
      "files-mismatched": "",
      "files-deleted": "0",
      bytes: expect.stringMatching(/^\d+$/),
      "bytes-transferred": "3012",
      parallelism: "1",
      bottleneck: "too-short",
      confidence: "low",
      advice: expect.stringMatching(/^nothing to change/),
      report: join(running.temp, "dailysync", "report.json"),
      "report-html": join(running.temp, "dailysync", "report.html"),
    });
    const declared = parse(readFileSync(join(repository, "action.yml"), "utf8")) as { outputs: object };
    expect(Object.keys(finished.outputs).sort()).toEqual(Object.keys(declared.outputs).sort());
    // Only our own report; the emulator's command files are its own.
    expect(pathsBelow(running.temp)?.filter((path) => !path.startsWith("_"))).toEqual([
      "dailysync",
      "dailysync/report.html",
      "dailysync/report.json",
    ]);
    expect(pathsBelow(running.workspace)).toEqual([]);
    expect(finished.annotations).toEqual([]);
    expect(finished.commands.filter(({ name }) => !["debug", "group", "endgroup"].includes(name))).toEqual([]);
  });

  test("what limited it is an output, in the summary behind the key figures, and in report.json with its evidence", async () => {
    const where = place({ "alpha/film": "x".repeat(12 * 1024 * 1024) });
    const finished = await backUp(where, { "bandwidth-limit": "1M" });
    expect(finished.outputs).toMatchObject({
      bottleneck: "bandwidth-limit",
      confidence: "medium",
      advice: "raise bandwidth-limit to 2M, or leave it empty while nobody else needs the bandwidth",
    });
    expect(finished.summary?.split("\n\n")[2]).toMatch(
      /^The input bandwidth-limit limits this run.*<b>Raise bandwidth-limit to 2M/,
    );
    const { diagnosis, resources } = reportOf(finished);
    expect(diagnosis?.verdicts[0].evidence.map(({ kind, supports }) => [kind, supports])).toEqual([
      ["processes", true],
      ["limits", true],
    ]);
    expect(resources?.rsyncs?.glimpses).toBeGreaterThan(50);
    expect(resources?.missing).toEqual([]);
  });

  test("the summary has the projects, the totals and the machine, and report.json the same figures", async () => {
    const where = place(tree);
    const finished = await backUp(where);
    const { summary = "", outputs } = finished;
    expect(summary).toContain("Backup complete");
    for (const project of ["alpha", "beta", "empty project", ".hidden"])
      expect(summary).toContain(`<code>${project}</code>`);
    expect(summary).toContain("loose files");
    expect(summary).toMatch(/\*\*Transferred:\*\* 2\.94 KiB .*in 5 files/);
    expect(summary).toContain("The machine meanwhile");
    expect(summary).toMatch(/CPU busy \| \d/);
    expect(summary).toMatch(/Memory in use.*\| \d/);
    expect(summary).toMatch(/- Destination: .* mounted at /);

    const report = reportOf(finished);
    expect(report).toMatchObject({
      reportVersion: 1,
      result: "success",
      reasons: [],
      source: where.source,
      destination: where.destination,
      run: { dryRun: false, url: "https://github.com/octocat/backups/actions/runs/1234567890" },
      totals: { projects: 4, failedProjects: 0, files: 7, filesTransferred: 5, bytesTransferred: 3012 },
    });
    expect(report.projects.map(({ name, state, files }) => [name, state, files])).toEqual(
      expect.arrayContaining([
        ["alpha", "complete", 3],
        ["beta", "complete", 1],
        ["empty project", "complete", 0],
        [".hidden", "complete", 1],
        ["", "complete", 2],
      ]),
    );
    expect(report.phases.map(({ name }) => name)).toEqual([
      ...["preflight", "lock", "survey", "plan", "gate", "copy", "sync"],
    ]);
    expect(report.totals.bytes).toBe(Number(outputs["bytes"]));
    expect(report.resources).toBeDefined();
    expect(report.machine).toBeDefined();
  });

  test("a second run transfers nothing and leaves the destination exact", async () => {
    const where = place(tree);
    await backUp(where);
    const again = await backUp(where);
    expect(again).toMatchObject({
      exitCode: 0,
      outputs: { result: "success", projects: "4", files: "7", "files-transferred": "0", "bytes-transferred": "0" },
    });
    expect(pendingChanges(where)).toBe("");
  });

  test("heavy projects are copied by several rsyncs at once, and the destination is exact all the same", async () => {
    const where = place({
      "a/hole": heavy,
      "b/hole": heavy,
      "c/hole": heavy,
      "d/e/f/hole": heavy,
      "d/e/g": "g",
      loose: "l",
    });
    const finished = await backUp(where, { ...asHoles, parallelism: "3" });
    expect(finished.outputs).toMatchObject({ result: "success", parallelism: "3", projects: "4", files: "6" });
    const report = reportOf(finished);
    expect(new Set(report.attempts.map(({ lane }) => lane))).toEqual(new Set([0, 1, 2]));
    expect(report.attempts.length).toBeGreaterThanOrEqual(4);
    expect(pendingChanges(where)).toBe("");
  });
});

test("a report that cannot be written is a warning and changes nothing about the backup", async () => {
  const where = place({ "alpha/one": "1" });
  const finished = await backUp(where, { "report-dir": join(where.source, "alpha", "one") });
  expect(finished).toMatchObject({ exitCode: 0, outputs: { result: "success", report: "", "report-html": "" } });
  expect(finished.annotations).toEqual([
    expect.objectContaining({ kind: "warning", message: expect.stringContaining("report.json could not be written") }),
  ]);
  expect(finished.summary).toContain("Backup complete");
  expect(pendingChanges(where)).toBe("");
});

describe("what the patterns choose", () => {
  test("projects may lie deeper; exclusions hold; what no pattern matched is named and not copied", async () => {
    const where = place({
      "team-a/one/file": "1",
      "team-a/two/file": "2",
      "team-a/loose in team": "l",
      "team-b/three/below/file": "3",
      "team-b/scratch/file": "no",
      "other/file": "no",
      "top file": "no",
    });
    const finished = await backUp(where, { projects: "team-*/*\n!team-b/scratch" });
    expect(finished.outputs).toMatchObject({ result: "success", projects: "3", files: "4" });
    expect(pathsBelow(where.destination)).toEqual([
      "team-a",
      "team-a/loose in team",
      "team-a/one",
      "team-a/one/file",
      "team-a/two",
      "team-a/two/file",
      "team-b",
      "team-b/three",
      "team-b/three/below",
      "team-b/three/below/file",
    ]);
    const left = ["other", "team-b/scratch", "top file"];
    expect(pendingChanges(where, ...left.map((path) => `--exclude=/${path}`))).toBe("");
    expect(finished.summary).toContain("Not backed up: 3 paths");
    for (const path of left) expect(finished.summary).toContain(`<code>${path}</code>`);
    expect(reportOf(finished)).toMatchObject({ notCovered: { paths: left, total: 3 } });
    expect(
      reportOf(finished)
        .projects.map(({ name }) => name)
        .sort(),
    ).toEqual(["", "team-a/one", "team-a/two", "team-b/three"]);
  });

  test("a project that vanished from the source stays, with delete too, and is named", async () => {
    const where = place({ "alpha/one": "1" });
    grow(where.destination, { "gone/file": "g" });
    const finished = await backUp(where, { delete: "true", "max-delete": "100%" });
    expect(finished.outputs).toMatchObject({ result: "success", "files-deleted": "0" });
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/one", "gone", "gone/file"]);
    expect(finished.summary).toContain("Kept: 1 project that the source no longer has");
    expect(finished.summary).toContain("<code>gone</code>");
    expect(reportOf(finished).vanishedProjects).toEqual(["gone"]);
  });

  test("what exclude names is not copied, and an exclusion that took nothing away is mentioned", async () => {
    const where = place({ "alpha/keep": "1", "alpha/x.tmp": "no", "beta/x.tmp": "yes" });
    const finished = await backUp(where, { exclude: "/alpha/*.tmp", projects: "*\n!gamma" });
    expect(finished.outputs).toMatchObject({ result: "success" });
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/keep", "beta", "beta/x.tmp"]);
    expect(reportOf(finished).notices.join("\n")).toContain("!gamma");
  });
});

describe("deleting", () => {
  const prepared = () => {
    const where = place({ "alpha/kept": "1", "alpha/new": "2", "beta/kept": "3" });
    grow(where.destination, {
      "alpha/kept": "1",
      "alpha/old/one": "o",
      "alpha/old/two": "o",
      "beta/old": "o",
      "old loose file": "o",
    });
    return where;
  };

  test("within the limit, what the source no longer has goes, among the loose files too", async () => {
    const where = prepared();
    const finished = await backUp(where, { delete: "true", "max-delete": "5" });
    expect(finished.outputs).toMatchObject({ result: "success", "files-deleted": "5" });
    expect(pendingChanges(where)).toBe("");
    expect(finished.summary).toMatch(/Deletions: 5 entries of \d+ at the destination, limit 5/);
  });

  test("one over the limit, nothing at all goes, all is copied, and the job is red and says how many and which", async () => {
    const where = prepared();
    const finished = await backUp(where, { delete: "true", "max-delete": "4" });
    expect(finished).toMatchObject({
      conclusion: "failure",
      exitCode: 1,
      outputs: { result: "failure", "files-deleted": "0", "failed-projects": "[]" },
    });
    expect(pathsBelow(where.destination)).toEqual([
      "alpha",
      "alpha/kept",
      "alpha/new",
      "alpha/old",
      "alpha/old/one",
      "alpha/old/two",
      "beta",
      "beta/kept",
      "beta/old",
      "old loose file",
    ]);
    expect(errors(finished)).toEqual([
      expect.stringMatching(/nothing was deleted: the run would delete 5 of .* entries, and max-delete 4 allows 4/),
    ]);
    expect(finished.summary).toContain("Not deleted: 5 entries");
    for (const path of ["alpha/old", "alpha/old/one", "beta/old", "old loose file"])
      expect(finished.summary).toContain(`<code>${path}</code>`);
    expect(reportOf(finished).deletions).toMatchObject({ pending: 5, limit: 4 });
  });

  test("without delete everything at the destination stays", async () => {
    const where = prepared();
    const finished = await backUp(where);
    expect(finished.outputs).toMatchObject({ result: "success", "files-deleted": "0" });
    expect(pathsBelow(where.destination)).toContain("alpha/old/one");
  });
});

describe("a dry run", () => {
  test("makes no destination and lists what would be copied", async () => {
    const where = place({ "alpha/one": "1", "beta/two": "2", loose: "3" });
    const finished = await backUp(where, { "dry-run": "true" });
    expect(finished).toMatchObject({
      exitCode: 0,
      outputs: { result: "success", projects: "2", "files-transferred": "3" },
    });
    expect(pathsBelow(where.destination)).toBeUndefined();
    expect(finished.summary).toContain("Dry run complete, nothing was written");
    expect(finished.summary).toContain("Would be copied or changed");
    const changes = reportOf(finished).wouldChange?.changes ?? [];
    for (const file of ["alpha/one", "beta/two", "loose"]) expect(changes).toContain(`>f+++++++++ ${file}`);
  });

  test("writes nothing at a destination that is there, and lists what would be deleted", async () => {
    const where = place({ "alpha/new": "1" });
    grow(where.destination, { "alpha/old": "o" });
    const finished = await backUp(where, { "dry-run": "true", delete: "true", "max-delete": "100%" });
    expect(finished.outputs).toMatchObject({ result: "success" });
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/old"]);
    expect(finished.summary).toContain("Would be deleted: 1 entry");
    expect(finished.summary).toContain("<code>alpha/old</code>");
    expect(reportOf(finished).deletions?.projects).toEqual([{ name: "alpha", pending: 1, paths: ["alpha/old"] }]);
  });

  test("over the limit it is as red as the real run would be", async () => {
    const where = place({ "alpha/new": "1" });
    grow(where.destination, { "alpha/old": "o" });
    const finished = await backUp(where, { "dry-run": "true", delete: "true", "max-delete": "0" });
    expect(finished).toMatchObject({ exitCode: 1, outputs: { result: "failure" } });
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/old"]);
  });
});
