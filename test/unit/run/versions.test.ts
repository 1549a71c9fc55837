import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { RefusedError } from "../../../src/errors.ts";
import { findRsync, type RsyncBinary } from "../../../src/preflight/rsync.ts";
import {
  makeVersions,
  momentOfVersions,
  settleVersions,
  type Versions,
  versionsName,
} from "../../../src/run/versions.ts";
import { emptyDirectories, never, plant, raw } from "../../support/tree.ts";
import { shard, workshop } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();
const startedAt = new Date("2026-11-26T02:17:05.678Z");

test("a run's directory is named after its start, to the second and in UTC", () => {
  expect(versionsName(startedAt)).toBe("2026-11-26T02-17-05Z");
  expect(momentOfVersions("2026-11-26T02-17-05Z")).toBe(Date.parse("2026-11-26T02:17:05Z"));
  expect(momentOfVersions("2026-11-26T02-17-05Z-12")).toBe(Date.parse("2026-11-26T02:17:05Z"));
});

test.each([
  "2026-11-26",
  "2026-11-26T02:17:05Z",
  "2026-11-26T02-17-05Z.old",
  "2026-11-26T02-17-05Z-0",
  "x2026-11-26T02-17-05Z",
  "2026-13-26T02-17-05Z",
  "2026-11-26T25-17-05Z",
  "",
  "\n2026-11-26T02-17-05Z\n",
])("%j is no such name", (name) => {
  expect(momentOfVersions(name)).toBeUndefined();
});

/** A destination, and a backup-dir that is not there yet. */
function grown(): { readonly root: string; readonly make: (linked?: readonly string[]) => Promise<Versions> } {
  const root = emptyDirectory();
  mkdirSync(`${root}/destination`);
  const backupDir = { realPath: `${root}/versions`, exists: false, identity: undefined };
  return {
    root,
    make: (linked = []) => makeVersions(backupDir, `${root}/destination`, startedAt, new Set(linked.map(raw))),
  };
}

describe("a run's directories", () => {
  test("have the destination's mode and owner, and can be entered", async () => {
    const { root, make } = grown();
    if (process.geteuid?.() === 0) chownSync(`${root}/destination`, 12, 34);
    chmodSync(`${root}/destination`, 0o2550);
    await make();
    for (const path of [`${root}/versions`, `${root}/versions/2026-11-26T02-17-05Z`]) {
      const { mode, uid, gid } = lstatSync(path);
      const model = lstatSync(`${root}/destination`);
      expect([mode & 0o7777, uid, gid]).toEqual([0o2750, model.uid, model.gid]);
    }
  });

  test("take a name that is free", async () => {
    const { root, make } = grown();
    plant(root, ["versions/2026-11-26T02-17-05Z/a", "versions/2026-11-26T02-17-05Z-2"]);
    expect((await make()).first.realPath).toBe(`${root}/versions/2026-11-26T02-17-05Z-3`);
    expect(readdirSync(`${root}/versions/2026-11-26T02-17-05Z`)).toEqual(["a"]);
  });

  test("are one for all first tries, and others for second ones and the last pass for hard links", async () => {
    const versions = await grown().make(["./b"]);
    const directories = [
      await versions.placeFor(shard(), 0),
      await versions.placeFor(shard({ kind: "sweep" }), 0),
      await versions.placeFor(shard(), 1),
      await versions.placeFor(shard(), 2),
      await versions.placeFor(shard({ kind: "relink", names: [raw("./a"), raw("./b")] }), 0),
    ];
    expect(directories.map((directory) => directory.slice(directory.lastIndexOf("Z")))).toEqual([
      "Z",
      "Z",
      "Z-2",
      "Z-3",
      "Z-4",
    ]);
    expect(versions.places().map(({ names }) => names)).toEqual([undefined, undefined, undefined, ["./b"]]);
  });

  test("are a matter of the run before it begins when they cannot be made", async () => {
    const { root, make } = grown();
    writeFileSync(`${root}/versions`, "");
    await expect(make()).rejects.toThrow(RefusedError);
    await expect(make()).rejects.toThrow(/^backup-dir ".*versions" cannot receive what the run replaces \(ENOTDIR/);
  });
});

describe("in the end they are one", () => {
  async function settled(versions: Versions, signal = never()) {
    const rsync = (await findRsync()) as RsyncBinary;
    return settleVersions(
      versions,
      workshop(emptyDirectory(), { rsync: rsync.path, launcher: rsync.launcher }),
      signal,
    );
  }

  test("in which the oldest version of each name is left, as the same file", async () => {
    const { root, make } = grown();
    const versions = await make();
    const first = versions.first.realPath;
    const [second, third] = [await versions.placeFor(shard(), 1), await versions.placeFor(shard(), 2)];
    plant(first, [["a/x", 1]]);
    plant(second, [
      ["a/x", 2],
      ["a/y", 2],
      ["b/caf\xe9\n", 2],
    ]);
    plant(third, [
      ["a/x", 3],
      ["a/y", 3],
      ["c", 3],
    ]);
    const { ino } = lstatSync(`${second}/a/y`);
    expect(await settled(versions)).toEqual({ directories: [first], complaint: undefined });
    expect(["a/x", "a/y", "c"].map((name) => lstatSync(`${first}/${name}`).size)).toEqual([1, 2, 3]);
    expect(lstatSync(`${first}/a/y`)).toMatchObject({ ino, nlink: 1 });
    expect(readdirSync(`${first}/b`, "latin1")).toEqual(["caf\xe9\n"]);
    expect(readdirSync(`${root}/versions`)).toHaveLength(1);
  });

  test("without what the pass for hard links replaced of this run's own", async () => {
    const { make } = grown();
    const versions = await make(["./a/old", "./a/untouched"]);
    const relink = shard({ kind: "relink", names: ["./a/new", "./a/old", "./a/untouched"].map(raw) });
    plant(await versions.placeFor(relink, 0), ["a/new", "a/old"]);
    const { directories } = await settled(versions);
    expect(directories).toEqual([versions.first.realPath]);
    expect(readdirSync(`${versions.first.realPath}/a`)).toEqual(["old"]);
  });

  test("and none if nothing was replaced", async () => {
    const { root, make } = grown();
    const versions = await make();
    await versions.placeFor(shard(), 1);
    expect(await settled(versions)).toEqual({ directories: [], complaint: undefined });
    expect(readdirSync(`${root}/versions`)).toEqual([]);
  });

  test("unless the run is cancelled: then nothing is started any more, and all are named", async () => {
    const { make } = grown();
    const versions = await make();
    const second = await versions.placeFor(shard(), 1);
    plant(second, ["a/x"]);
    expect(await settled(versions, AbortSignal.abort())).toEqual({ directories: [second], complaint: undefined });
    expect(readFileSync(`${second}/a/x`, "utf8")).toBe("a/x");
  });

  test("or rsync has something to say: then nothing is lost", async () => {
    const { make } = grown();
    const versions = await make();
    const first = versions.first.realPath;
    const second = await versions.placeFor(shard(), 1);
    plant(first, ["a"]);
    plant(second, ["a/x"]);
    const { directories, complaint } = await settled(versions);
    expect(directories).toEqual([first, second]);
    expect(complaint).toContain("Not a directory");
    expect(existsSync(`${second}/a/x`)).toBe(true);
    expect(readFileSync(`${first}/a`, "utf8")).toBe("a");
  });
});
