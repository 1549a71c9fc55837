import { chmodSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type BytePath, fromText, join, toBytes } from "../../../src/byte-path.ts";
import type { Plan } from "../../../src/plan/shard.ts";
import type { RsyncSettings } from "../../../src/rsync/arguments.ts";
import { makeSkeleton } from "../../../src/run/skeleton.ts";
import { listTree } from "../../support/random-tree.ts";
import { emptyDirectories, never, plant, raw } from "../../support/tree.ts";
import { plainSettings, shardOf } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();
const asRoot = process.geteuid?.() === 0;

/** A plan that makes these directories first. */
function planOf(...names: readonly string[]): Plan {
  return {
    stages: [[shardOf(0, "skeleton", names, [])], [shardOf(1, "deep", ["./a"], ["a"])]],
    lanes: 2,
    notSplit: undefined,
  };
}

/** Makes a plan's skeleton at a destination; returns the plan that is left. */
function make(destination: string, plan: Plan, given: Partial<RsyncSettings> = {}, signal = never()): Promise<Plan> {
  return makeSkeleton(plan, { ...plainSettings, destination, ...given }, signal);
}

/** What is below a directory, as paths from there. */
function below(root: string): string[] {
  return listTree(fromText(root))
    .map((path) => path.slice(root.length + 1))
    .sort();
}

function modeOf(root: string, path: string): number {
  return lstatSync(toBytes(join(fromText(root), raw(path)) as BytePath)).mode & 0o777;
}

describe("the directories of a skeleton", () => {
  test("are made with their parents, and the plan goes on without them", async () => {
    const destination = emptyDirectory();
    const plan = planOf("./a", "./a/b", "./team/deep/caf\xe9", "./#x", "./new\nline");
    expect(await make(destination, plan)).toEqual({ ...plan, stages: plan.stages.slice(1) });
    expect(below(destination)).toEqual(["#x", "a", "a/b", "new\nline", "team", "team/deep", "team/deep/caf\xe9"]);
  });

  test("are open to their owner alone until they get their mode, the parents too", async () => {
    const destination = emptyDirectory();
    const umask = process.umask(0);
    await make(destination, planOf("./a/b")).finally(() => process.umask(umask));
    expect([modeOf(destination, "a"), modeOf(destination, "a/b")]).toEqual([0o700, 0o700]);
  });

  test("leave what is there already as it is", async () => {
    const destination = emptyDirectory();
    plant(destination, ["a/kept"]);
    chmodSync(`${destination}/a`, 0o755);
    const plan = planOf("./a", "./a/b");
    expect((await make(destination, plan)).stages).toEqual(plan.stages.slice(1));
    expect(below(destination)).toEqual(["a", "a/b", "a/kept"]);
    expect(modeOf(destination, "a")).toBe(0o755);
  });

  test("are made many at a time, each after its parent", async () => {
    const destination = emptyDirectory();
    const names = Array.from({ length: 200 }, (_, index) => `./p${index % 7}/${index}/x`);
    const plan = planOf(...names);
    expect((await make(destination, plan)).stages).toEqual(plan.stages.slice(1));
    expect(below(destination)).toHaveLength(7 + 200 + 200);
  });
});

describe("rsync makes them, and the plan stays as it is,", () => {
  const plan = planOf("./a/b/c", "./z");

  test.each([
    ["in place of the directory", "a/b/c"],
    ["in the place of its parent", "a/b"],
    ["in the place of the first of its parents", "a"],
  ])("where there is a symbolic link %s, and nothing is made where it leads", async (_where, link) => {
    const [destination, elsewhere] = [emptyDirectory(), emptyDirectory()];
    plant(elsewhere, ["b/"]);
    mkdirSync(dirname(`${destination}/${link}`), { recursive: true });
    symlinkSync(elsewhere, `${destination}/${link}`);
    expect(await make(destination, plan)).toBe(plan);
    expect(below(elsewhere)).toEqual(["b"]);
    expect(lstatSync(`${destination}/${link}`).isSymbolicLink()).toBe(true);
  });

  test.each(["a", "a/b", "a/b/c"])("where there is a file at %s, which stays", async (file) => {
    const destination = emptyDirectory();
    plant(destination, [file]);
    expect(await make(destination, plan)).toBe(plan);
    expect(lstatSync(`${destination}/${file}`).isFile()).toBe(true);
  });

  test("where the destination itself is gone", async () => {
    const destination = `${emptyDirectory()}/gone`;
    expect(await make(destination, plan)).toBe(plan);
    expect(() => lstatSync(destination)).toThrow("ENOENT");
  });

  // Modes do not bind root: nothing is closed to it.
  (asRoot ? test.skip : test)("where a parent is closed", async () => {
    const destination = emptyDirectory();
    mkdirSync(`${destination}/a`, { mode: 0o500 });
    expect(await make(destination, plan)).toBe(plan);
  });

  test.each([
    ["in a dry run", { dryRun: true }],
    ["with arguments of the user's, which may say what modes are made", { rsyncArgs: ["--chmod=D755"] }],
  ])("%s", async (_name, given) => {
    const destination = emptyDirectory();
    expect(await make(destination, plan, given)).toBe(plan);
    expect(readdirSync(destination)).toEqual([]);
  });
});

test("a plan without a skeleton stays as it is", async () => {
  const destination = emptyDirectory();
  const plan: Plan = { ...planOf("./a"), stages: planOf("./a").stages.slice(1) };
  expect(await make(destination, plan)).toBe(plan);
  expect(await make(destination, { ...plan, stages: [] })).toEqual({ ...plan, stages: [] });
  expect(readdirSync(destination)).toEqual([]);
});

test("a cancellation ends it with its reason, and nothing is made any more", async () => {
  const destination = emptyDirectory();
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(make(destination, planOf("./a"), {}, stopped)).rejects.toThrow("stopped");
  expect(readdirSync(destination)).toEqual([]);
});
