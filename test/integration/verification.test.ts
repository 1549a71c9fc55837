import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statfsSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fromText, join, toBytes } from "../../src/byte-path.ts";
import { rememberRun } from "../../src/history/history.ts";
import type { InputName } from "../../src/inputs/definition.ts";
import type { Report } from "../../src/report/report.ts";
import { backUp, scratch } from "../support/back-up.ts";
import { startCommand } from "../support/command-line.ts";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import {
  giveToOrdinaryUser,
  mount,
  mountImage,
  nodeOfOrdinaryUser,
  noLoops,
  noMounts,
  noOrdinaryUser,
  testUnless,
  unmount,
} from "../support/privileges.ts";
import { snapshot } from "../support/snapshot.ts";
import { plant, raw } from "../support/tree.ts";

const mebibyte = 1024 * 1024;

let place: ReturnType<typeof scratch>;
let source: string;
let destination: string;
let state: string;
const path = process.env["PATH"];

beforeEach(() => {
  place = scratch();
  [source, destination, state] = [`${place.path}/source`, `${place.path}/destination`, `${place.path}/state`];
  mkdirSync(source);
});

afterEach(() => {
  process.env["PATH"] = path;
  place.dispose();
});

/** A run that remembers, as the action and the command do. */
async function run(inputs: Partial<Record<InputName, string>>, signal?: AbortSignal): Promise<Report> {
  const report = await backUp(
    { source, destination, "state-dir": state, ...inputs },
    { leastSeconds: 0, ...(signal === undefined ? {} : { signal }) },
  );
  expect(rememberRun(state, report, false)).toBeUndefined();
  return report;
}

/** Another byte in a file whose size and times stay as they are. */
function rot(file: string, position = 0): void {
  const { atime, mtime } = lstatSync(file);
  const byte = (readFileSync(file)[position] ?? 0) ^ 1;
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.from([byte]), 0, 1, position);
  closeSync(descriptor);
  utimesSync(file, atime, mtime);
}

/** Has shell commands run when the reading back begins; they know `$there`. */
function whenReadBack(commands: string): ReturnType<typeof misbehavingRsync> {
  const fake = misbehavingRsync(
    `${place.path}/fake`,
    `there=${destination}\nif has --dry-run && has --checksum && has --times && mkdir "$notes/once" 2> /dev/null; then\n${commands}\nfi`,
  );
  process.env["PATH"] = fake.PATH;
  return fake;
}

const notRoot = process.geteuid?.() === 0 ? undefined : "only root may always read without a trace";

/** What a memory file system has it cannot forget. */
const noPageCache =
  spawnSync("fincore", ["--version"]).status !== 0
    ? "fincore of util-linux is not installed"
    : statfsSync(tmpdir()).type === 0x01021994
      ? "the temporary directory is in memory"
      : undefined;

const nothing = { paths: [], total: 0 };
const some = (...paths: string[]) => ({ paths, total: paths.length });

describe("with verify: changed", () => {
  test("a run that copied well says how much it read back", async () => {
    plant(source, [
      ["alpha/a", 70_000],
      "alpha/deep/b",
      "beta/c",
      "loose",
      "alpha/e\n\\#012 \xff",
      "beta/-x",
      "beta/#y",
    ]);
    plant(source, [["alpha/empty", 0]]);
    symlinkSync("a", `${source}/alpha/link`);
    execFileSync("mkfifo", [`${source}/beta/pipe`]);
    linkSync(`${source}/alpha/a`, `${source}/alpha/a-again`);
    const report = await run({ verify: "changed", preserve: "hard-links" });
    expect(report).toMatchObject({ result: "success", reasons: [], notices: [] });
    expect(report.verification).toMatchObject({
      ...{
        mode: "changed",
        complete: true,
        mismatches: nothing,
        unreadable: nothing,
        notThere: nothing,
        notCompared: 0,
      },
      // Of names with the same file one was copied.
      files: report.totals.filesTransferred,
      bytes: report.totals.bytesTransferred,
    });
    expect(report.totals.filesTransferred).toBe(8);
    expect(report.phases.map(({ name }) => name).slice(-3)).toEqual(["copy", "sync", "verify"]);
    const again = await run({ verify: "changed", preserve: "hard-links" });
    expect(again).toMatchObject({ result: "success", verification: { files: 0, bytes: 0, complete: true } });
  });

  test("a byte that the storage changed is found and named, fails the run, and stays", async () => {
    plant(source, ["alpha/good", "alpha/bad \xff\n", "beta/x"]);
    const bad = toBytes(join(fromText(destination), raw("alpha/bad \xff\n")));
    whenReadBack(
      'for f in "$there"/alpha/bad*; do touch -r "$f" "$notes/ref"; printf X | dd of="$f" conv=notrunc 2> /dev/null; touch -r "$notes/ref" "$f"; done',
    );
    const report = await run({ verify: "changed" });
    expect(report.result).toBe("failure");
    expect(report.verification).toMatchObject({ files: 2, mismatches: some("alpha/bad \\xff\n") });
    expect(report.reasons).toEqual([
      expect.stringMatching(/^the contents of 1 file at the destination differ from .*"alpha\/bad/),
    ]);
    expect(readFileSync(bad, "latin1")).toMatch(/^Xlpha/);
    // As no later run sees it, so does none repair it, until contents are compared.
    process.env["PATH"] = path;
    expect(await run({ verify: "changed" })).toMatchObject({ result: "success", verification: { files: 0 } });
    const mended = await run({ verify: "changed", "rsync-args": "--checksum" });
    expect(mended).toMatchObject({ result: "success", verification: { files: 1 } });
  });

  test("a file that something deleted after it was copied fails the run", async () => {
    plant(source, ["alpha/a", "alpha/b"]);
    whenReadBack('rm "$there/alpha/b"');
    const report = await run({ verify: "changed" });
    expect(report).toMatchObject({ result: "failure", verification: { files: 1, notThere: some("alpha/b") } });
    expect(report.reasons).toEqual([
      expect.stringContaining('1 file that this run copied is not at the destination any more: "alpha/b"'),
    ]);
  });

  test("files that are written or deleted at the source meanwhile are no failure, and counted", async () => {
    plant(source, ["alpha/grows", "alpha/rewritten", "alpha/touched", "alpha/goes", "alpha/stays"]);
    whenReadBack(
      `cd ${source}/alpha && echo more >> grows && printf alpha/REWRITTEN > rewritten && touch -d 2001-01-01 rewritten touched && rm goes; cd /`,
    );
    const report = await run({ verify: "changed" });
    expect(report.result).toBe("success");
    expect(report.verification).toMatchObject({
      ...{ files: 2, mismatches: nothing, notThere: nothing, notCompared: 1, complete: true },
      changedMeanwhile: { total: 2, paths: expect.arrayContaining(["alpha/grows", "alpha/rewritten"]) },
    });
    expect(report.notices).toHaveLength(2);
  });

  testUnless(noPageCache)("a large file is read from the storage, not from memory", async () => {
    mkdirSync(`${source}/alpha`);
    writeFileSync(`${source}/alpha/large`, randomBytes(20 * mebibyte));
    const fake = whenReadBack('fincore --noheadings --raw --output PAGES "$there/alpha/large" >> "$notes/pages"');
    expect(await run({ verify: "changed" })).toMatchObject({ result: "success", verification: { files: 1 } });
    expect(fake.notes("pages")).toEqual(["0"]);
  });

  test("a part that failed is the next run's", async () => {
    plant(source, ["alpha/a", "beta/b"]);
    // A directory that is not empty, in a file's place.
    plant(destination, ["beta/b/in-the-way"]);
    const report = await run({ verify: "changed" });
    expect(report).toMatchObject({ result: "failure", verification: { notThere: nothing, mismatches: nothing } });
    expect(report.reasons).toEqual([expect.stringMatching(/^1 project could not be backed up completely: "\w+"$/)]);
  });

  test("attributes that differ are no mismatch, and what rsync-args keep out is not asked for", async () => {
    plant(source, [["alpha/large", 5000], "alpha/small", "alpha/other"]);
    whenReadBack('chmod 600 "$there/alpha/small"; setfattr -n user.x -v y "$there/alpha/small" 2> /dev/null; true');
    const report = await run({ verify: "changed", "rsync-args": "--max-size=4000", preserve: "acls,xattrs" });
    expect(report).toMatchObject({
      result: "success",
      verification: { files: 2, mismatches: nothing, notThere: nothing },
    });
  });
});

describe("with verify: full", () => {
  test("everything is read back, with nothing changed at the destination", async () => {
    plant(source, [["alpha/a", 300_000], "alpha/deep/er/b", "beta/c", "loose"]);
    await run({});
    rot(`${destination}/alpha/a`, 299_999);
    rot(`${destination}/loose`);
    const before = snapshot(destination);
    const report = await run({ verify: "full" });
    expect(report).toMatchObject({ result: "failure", totals: { filesTransferred: 0 } });
    expect(report.verification).toMatchObject({ files: 2, complete: true, mismatches: { total: 2 } });
    expect([...(report.verification?.mismatches.paths ?? [])].sort()).toEqual(["alpha/a", "loose"]);
    expect(snapshot(destination)).toEqual(before);
  });

  test("what filters and patterns keep out is left alone, also below an excluded directory", async () => {
    plant(source, ["team/alpha/a", "team/alpha/cache/x", "team/beta/b.tmp", "team/beta/b", "other/c", "team/notes"]);
    await run({ projects: "team/*" });
    for (const file of ["team/alpha/cache/x", "team/beta/b.tmp"]) rot(`${destination}/${file}`);
    const inputs = { projects: "team/*", exclude: "*.tmp\n/team/alpha/cache/" };
    expect((await run({ ...inputs, verify: "full" })).verification).toMatchObject({
      files: 3,
      mismatches: nothing,
      notThere: nothing,
    });
    const all = await run({ projects: "team/*", verify: "full" });
    expect(all.verification).toMatchObject({ files: 3, mismatches: { total: 2 } });
  });

  test("files that the destination lacks are counted, and no failure of what was read back", async () => {
    plant(source, ["alpha/a", ["alpha/large", 5000]]);
    const report = await run({ verify: "full", "rsync-args": "--max-size=4000" });
    expect(report).toMatchObject({ result: "success", verification: { files: 1, notThere: nothing } });
  });

  test("is not misled by arguments that would keep rsync from comparing", async () => {
    plant(source, ["alpha/a", "alpha/b"]);
    await run({});
    rot(`${destination}/alpha/b`);
    for (const argument of [
      "--ignore-existing",
      "--checksum-choice=none",
      "--no-times",
      "--size-only",
      "--update",
      "--no-checksum",
    ])
      expect((await run({ verify: "full", "rsync-args": argument })).verification).toMatchObject({
        files: 1,
        mismatches: some("alpha/b"),
      });
  });

  test("sparse files are compared by their contents", async () => {
    mkdirSync(`${source}/alpha`);
    writeFileSync(`${source}/alpha/hole`, "x");
    truncateSync(`${source}/alpha/hole`, 3_000_000);
    await run({ preserve: "sparse" });
    expect(await run({ verify: "full", preserve: "sparse" })).toMatchObject({
      result: "success",
      verification: { files: 1 },
    });
    rot(`${destination}/alpha/hole`, 2_000_000);
    expect((await run({ verify: "full", preserve: "sparse" })).verification).toMatchObject({
      mismatches: some("alpha/hole"),
    });
  });

  test("below a symbolic link at the destination nothing of ours is found", async () => {
    plant(source, ["alpha/deep/a"]);
    plant(place.path, ["elsewhere/a"]);
    writeFileSync(`${place.path}/elsewhere/a`, readFileSync(`${source}/alpha/deep/a`));
    await run({});
    whenReadBack(`rm -r "$there/alpha/deep" && ln -s ${place.path}/elsewhere "$there/alpha/deep"`);
    expect((await run({ verify: "full" })).verification).toMatchObject({ files: 0, notThere: some("alpha/deep/a") });
  });

  testUnless(notRoot)("access times that are preserved stay", async () => {
    plant(source, ["alpha/a"]);
    await run({ preserve: "atimes" });
    utimesSync(`${source}/alpha/a`, 1_000_000_000, lstatSync(`${source}/alpha/a`).mtime);
    expect(await run({ preserve: "atimes", verify: "full" })).toMatchObject({ verification: { files: 1 } });
    expect([source, destination].map((side) => lstatSync(`${side}/alpha/a`).atimeMs)).toEqual([1e12, 1e12]);
  });

  testUnless(noLoops)("a file whose storage gives no answer is named with the error", async () => {
    const image = `${place.path}/image`;
    expect(mountImage(image, destination, 64 * mebibyte)).toBe(0);
    try {
      plant(source, ["alpha/a"]);
      writeFileSync(`${source}/alpha/large`, randomBytes(40 * mebibyte));
      await run({});
      unmount(destination);
      expect(mount(image, destination, "-o", "loop")).toBe(0);
      truncateSync(image, 30 * mebibyte);
      const report = await run({ verify: "full" });
      expect(report).toMatchObject({ result: "failure", verification: { files: 1, mismatches: nothing } });
      expect(report.verification?.unreadable).toEqual(some("alpha/large (EIO at the destination)"));
      expect(report.reasons).toEqual([expect.stringContaining("1 path could not be read to be compared")]);
    } finally {
      unmount(destination);
    }
  });

  testUnless(noOrdinaryUser)("what neither side lets an account read is not taken for equal", async () => {
    plant(source, ["alpha/a", "alpha/closed", "beta/here", "beta/there"]);
    for (const directory of [place.path, source]) chmodSync(directory, 0o755);
    giveToOrdinaryUser(place.path);
    const node = nodeOfOrdinaryUser(place.path);
    const back = async (...flags: readonly string[]): Promise<Report> => {
      const where = ["--source", source, "--destination", destination, "--state-dir", state, "--report-dir", state];
      await startCommand([...where, ...flags], { cwd: place.path, ...(node === undefined ? {} : { node }) }).finished;
      return JSON.parse(readFileSync(`${state}/report.json`, "utf8")) as Report;
    };
    await back();
    for (const file of [
      `${source}/alpha/closed`,
      `${destination}/alpha/closed`,
      `${source}/beta/here`,
      `${destination}/beta/there`,
    ])
      chmodSync(file, 0);
    const report = await back("--verify", "full", "--rsync-args", "--no-perms");
    expect(report).toMatchObject({ result: "failure", verification: { files: 1, mismatches: nothing } });
    expect([...(report.verification?.unreadable.paths ?? [])].sort()).toEqual([
      "alpha/closed (EACCES at the destination)",
      "beta/here (EACCES at the source)",
      "beta/there (EACCES at the destination)",
    ]);
  });

  testUnless(noMounts)("what is mounted inside a project is left alone with one-file-system", async () => {
    plant(source, ["alpha/a", "alpha/mounted/"]);
    expect(mount("tmpfs", `${source}/alpha/mounted`, "-t", "tmpfs", "-o", "size=64k")).toBe(0);
    try {
      plant(source, ["alpha/mounted/b"]);
      const report = await run({ verify: "full", "one-file-system": "true" });
      expect((report.verification?.files ?? 0) + (report.verification?.mismatches.total ?? 0)).toBe(1);
    } finally {
      unmount(`${source}/alpha/mounted`);
    }
  });
});

describe("with verify: sample", () => {
  const names = [
    "alpha/1",
    "alpha/2",
    "alpha/deep/3",
    "alpha.x/4",
    "beta/5",
    "beta/6",
    "beta/deep/7",
    "loose",
    "team/x/8",
    "zeta/9",
  ];
  const inputs = { verify: "sample", "verify-budget": "30%" };

  test("runs read everything back once before anything twice, also what is rotten, and begin again", async () => {
    plant(
      source,
      names.map((name) => [name, 1000] as const),
    );
    await run({});
    for (const name of names) rot(`${destination}/${name}`);
    const seen: string[][] = [];
    for (let times = 0; times < 7; times++)
      seen.push([...((await run(inputs)).verification?.mismatches.paths ?? [])].sort());
    expect(seen.map(({ length }) => length)).toEqual([3, 3, 3, 3, 3, 3, 3]);
    for (const round of [seen.flat().slice(0, 10), seen.flat().slice(10, 20)])
      expect(new Set(round).size).toBeGreaterThan(8);
    expect([...new Set(seen.slice(0, 4).flat())].sort()).toEqual([...names].sort());
  });

  test("the report says how far the round is", async () => {
    plant(
      source,
      names.map((name) => [name, 1000] as const),
    );
    await run({});
    const [first, , , fourth] = [await run(inputs), await run(inputs), await run(inputs), await run(inputs)];
    expect(first.verification).toMatchObject({ files: 3, sample: { percent: 30, runs: 1, runsLeft: 3, bytes: 3000 } });
    expect(fourth.verification?.sample).toMatchObject({
      ...{ percent: 20, runs: 1, bytes: 2000, roundStartedAt: fourth.run.startedAt },
      lastRound: { startedAt: first.run.startedAt, endedAt: fourth.run.startedAt },
    });
    expect(Buffer.from(fourth.verification?.sample?.position ?? "", "base64").toString()).toBe("alpha/1");
  });

  test("a budget beyond everything reads everything once", async () => {
    plant(source, ["alpha/a", "alpha/b", "beta/c"]);
    for (const budget of ["100%", "1h", "100%"])
      expect((await run({ verify: "sample", "verify-budget": budget })).verification).toMatchObject({
        files: 3,
        sample: { runsLeft: 0 },
      });
  });

  test("a file larger than the budget is read all the same, and a time that is over at once reads something", async () => {
    plant(source, [["alpha/a", 50_000], "alpha/b"]);
    expect((await run({ ...inputs, "verify-budget": "1%" })).verification).toMatchObject({ files: 1, bytes: 50_000 });
    expect((await run({ ...inputs, "verify-budget": "0.000001s" })).verification?.files).toBeGreaterThan(0);
  });

  test("what another mode or no verification did in between changes nothing of where it goes on", async () => {
    plant(
      source,
      names.map((name) => [name, 1000] as const),
    );
    await run(inputs);
    await run({});
    await run({ verify: "full" });
    expect((await run(inputs)).verification?.sample).toMatchObject({ runs: 2, bytes: 6000 });
  });
});

test("a cancellation ends the reading back, is no success, and leaves a sample where it was", async () => {
  plant(source, ["alpha/a", "beta/b"]);
  await run({});
  const fake = whenReadBack('echo x > "$notes/begun"; exec sleep 60');
  const controller = new AbortController();
  const running = run({ verify: "sample", "verify-budget": "50%" }, controller.signal);
  await fake.noted("begun");
  controller.abort();
  const report = await running;
  expect(report).toMatchObject({ result: "cancelled", verification: { complete: false, files: 0, sample: undefined } });
  expect(report.reasons).toEqual(["cancelled while the copy was read back: 0 files were, and are equal"]);
  expect(report.projects.every(({ state: end }) => end === "complete")).toBe(true);
});

test("an rsync that dies is tried again, and one that goes on dying fails the run", async () => {
  plant(source, ["alpha/a"]);
  await run({});
  whenReadBack("exit 12");
  expect(await run({ verify: "full" })).toMatchObject({
    result: "success",
    verification: { files: 1, complete: true },
  });
  const fake = misbehavingRsync(`${place.path}/other`, "has --dry-run && has --checksum && has --times && exit 12");
  process.env["PATH"] = fake.PATH;
  const report = await run({ verify: "full", retries: "1" });
  expect(report).toMatchObject({ result: "failure", verification: { files: 0, complete: false } });
  expect(report.reasons).toEqual([
    expect.stringContaining("1 file could not be read back: rsync error in rsync's data stream"),
  ]);
});

test("a destination that is replaced meanwhile is no copy whose files are missing", async () => {
  plant(source, ["alpha/a"]);
  await run({});
  whenReadBack('mv "$there" "$there-before" && mkdir "$there"');
  const report = await run({ verify: "full" });
  expect(report).toMatchObject({ result: "failure", verification: { notThere: nothing, complete: false } });
  expect(report.reasons).toEqual([expect.stringContaining("is not the directory that the run began with")]);
});

test("a dry run reads nothing back", async () => {
  plant(source, ["alpha/a"]);
  expect((await run({ verify: "full", "dry-run": "true" })).verification).toBeUndefined();
});
