import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect } from "@jest/globals";
import { flags, type RunningCommand, startCommand } from "../support/command-line.ts";
import { copyingRsyncs, expectGoodEnd, expectNextRunExact, type Ordeal, ordeal, runOrdeal } from "../support/ordeal.ts";
import { removePlaces } from "../support/place.ts";
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

const mounted: string[] = [];
afterEach(() => {
  for (const directory of mounted.splice(0).reverse()) unmount(directory);
  removePlaces();
});

const slowly = { "bandwidth-limit": "150M" };
/** Why ext4 cannot be told to have met an error; undefined if it can. */
const noTrigger = existsSync("/sys/fs/ext4/features") ? undefined : "this kernel shows no /sys/fs/ext4";
const large = ["alpha", "beta", "gamma", "delta"];

/** Mounts, to be unmounted after the test. */
function mountFor(what: string, where: string, ...options: readonly string[]): void {
  mounted.push(where);
  expect(mount(what, where, ...options)).toBe(0);
}

/** A file system in memory on the destination, of another size later. */
function resize(where: string, options: string): void {
  expect(spawnSync("mount", ["-o", `remount,${options}`, where]).status).toBe(0);
}

/**
 * Gives the destination what the survey takes for the files that must come, so that the fault meets the copy and not the check of
 * the free space before it.
 */
function withSmallFiles({ destination }: Ordeal): void {
  for (const project of large) {
    mkdirSync(`${destination}/${project}/film`, { recursive: true });
    writeFileSync(`${destination}/${project}/film/hole`, "small");
    utimesSync(`${destination}/${project}/film/hole`, 1_400_000_000, 1_400_000_000);
  }
}

describe("disk full", () => {
  testUnless(noMounts)("in the middle of the copy, on a file system in memory", async () => {
    const at = ordeal({ older: false });
    mountFor("tmpfs", at.destination, "-t", "tmpfs", "-o", "size=100m");
    withSmallFiles(at);
    const finished = await runOrdeal(at, { retries: "0" });
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /No space left on device/ });
    resize(at.destination, "size=600m");
    await expectNextRunExact(at);
  });

  testUnless(noMounts)("in the middle of the copy, tried again in vain", async () => {
    const at = ordeal({ older: false });
    mountFor("tmpfs", at.destination, "-t", "tmpfs", "-o", "size=100m");
    withSmallFiles(at);
    const finished = await runOrdeal(at, { retries: "1" });
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /No space left on device/ });
    resize(at.destination, "size=600m");
    await expectNextRunExact(at);
  });

  testUnless(noLoops)("in the middle of the copy, on an ext4", async () => {
    const at = ordeal({ older: false });
    mounted.push(at.destination);
    expect(mountImage(join(at.root, "image"), at.destination, 100 * 1024 * 1024)).toBe(0);
    withSmallFiles(at);
    rmSync(`${at.destination}/lost+found`, { recursive: true, force: true });
    const finished = await runOrdeal(at, { retries: "0" });
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /No space left on device/ });
    await remountRepaired(at, join(at.root, "image"), 600 * 1024 * 1024);
    await expectNextRunExact(at);
  });

  testUnless(noMounts)("seen before the copy: refused, and nothing is written", async () => {
    const at = ordeal({ older: false });
    mountFor("tmpfs", at.destination, "-t", "tmpfs", "-o", "size=100m");
    // No hole: what the source's file system does not hold is not looked for.
    writeFileSync(`${at.source}/alpha/data`, Buffer.alloc(120_000_000, 1));
    const finished = await runOrdeal(at);
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /space|fit/ });
    expect(readdirSync(at.destination).filter((name) => !name.startsWith(".dailysync"))).toEqual([]);
    resize(at.destination, "size=600m");
    await expectNextRunExact(at);
  });
});

describe("inodes full", () => {
  testUnless(noMounts)("in the middle of the copy, on a file system in memory", async () => {
    const at = ordeal({ older: false });
    mountFor("tmpfs", at.destination, "-t", "tmpfs", "-o", "size=600m,nr_inodes=400");
    // As if others had taken them after the check before the copy.
    const running = startSlowly(at, { retries: "0" });
    await running.shows(/at once/);
    resize(at.destination, "nr_inodes=150");
    const finished = await running.finished;
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /No space left on device/ });
    resize(at.destination, "nr_inodes=4000");
    await expectNextRunExact(at);
  });

  testUnless(noMounts)("seen before the copy: refused in so many words", async () => {
    const at = ordeal({ older: false });
    mountFor("tmpfs", at.destination, "-t", "tmpfs", "-o", "size=600m,nr_inodes=150");
    await expectGoodEnd(at, await runOrdeal(at), { status: 1, result: "failure", words: /inodes|files/ });
    resize(at.destination, "nr_inodes=4000");
    await expectNextRunExact(at);
  });
});

describe("quota", () => {
  for (const older of [false, true])
    testUnless(noLoops ?? noBtrfs())(
      `of a subvolume is used up in the middle of the copy; older: ${older}`,
      async () => {
        const at = ordeal({ older });
        const [image, volume] = [join(at.root, "image"), join(at.root, "volume")];
        const before = join(at.root, "before");
        if (older) spawnSync("mv", [at.destination, before]);
        writeFileSync(image, "");
        truncateSync(image, 1024 ** 3);
        expect(spawnSync("mkfs.btrfs", ["-q", image]).status).toBe(0);
        mountFor(image, volume, "-o", "loop");
        const subvolume = join(volume, "subvolume");
        const btrfs = (...words: readonly string[]): void => expect(spawnSync("btrfs", words).status).toBe(0);
        btrfs("quota", "enable", volume);
        btrfs("subvolume", "create", subvolume);
        mountFor(subvolume, at.destination, "--bind");
        if (older) expect(spawnSync("rsync", ["-aH", `${before}/`, `${at.destination}/`]).status).toBe(0);
        btrfs("qgroup", "limit", "100M", subvolume);
        const finished = await runOrdeal(at, { retries: "0" });
        await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /Disk quota exceeded/ });
        btrfs("qgroup", "limit", "none", subvolume);
        await expectNextRunExact(at);
      },
    );
});

describe("the destination goes read-only", () => {
  for (const older of [false, true])
    testUnless(noLoops ?? noTrigger)(
      `in the middle of the copy, as an ext4 does after an error; older: ${older}`,
      async () => {
        const at = ordeal({ older });
        const image = join(at.root, "image");
        const before = join(at.root, "before");
        if (older) spawnSync("mv", [at.destination, before]);
        mounted.push(at.destination);
        expect(mountImage(image, at.destination, 600 * 1024 * 1024)).toBe(0);
        resize(at.destination, "errors=remount-ro");
        rmSync(`${at.destination}/lost+found`, { recursive: true });
        if (older) expect(spawnSync("rsync", ["-aH", `${before}/`, `${at.destination}/`]).status).toBe(0);
        const device = spawnSync("findmnt", ["-no", "SOURCE", at.destination], { encoding: "utf8" }).stdout.trim();
        const running = startSlowly(at, { retries: "1" });
        await until(() => copyingRsyncs(at).length >= 8);
        writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, "torture");
        const finished = await running.finished;
        await expectGoodEnd(at, finished, {
          status: 1,
          result: "failure",
          words: /Read-only file system[\s\S]*--checksum/,
        });
        await remountRepaired(at, image);
        // What was in memory only is lost, behind right sizes and times: the words ask for this one run.
        await expectNextRunExact(at, { "rsync-args": "--checksum" });
      },
    );
});

describe("a source directory that cannot be read", () => {
  for (const where of ["beta/one", "beta", "epsilon/one/two"])
    testUnless(noOrdinaryUser)(`${where}: named, nothing is deleted`, async () => {
      const at = ordeal({ older: true });
      giveToOrdinaryUser(at.source, at.destination, at.temporary, at.root);
      chmodSync(join(at.source, where), 0);
      const node = nodeOfOrdinaryUser(at.root);
      const as = { cwd: at.root, env: { TMPDIR: at.temporary }, ...(node === undefined ? {} : { node }) };
      const finished = await startCommand(flags({ ...at.inputs, retries: "0" }), as).finished;
      await expectGoodEnd(at, finished, {
        status: 1,
        result: "failure",
        words: /nothing was deleted|could not be read|Permission denied/,
      });
      for (const path of ["alpha/old/f", "beta/gone/deep/f", "old loose file"])
        expect(spawnSync("test", ["-e", join(at.destination, path)]).status).toBe(0);
      chmodSync(join(at.source, where), 0o755);
      utimesSync(join(at.source, where), 1_500_000_000, 1_500_000_000);
      // The next run is ours, and would not believe another user's history.
      spawnSync("chown", ["-R", String(process.geteuid?.()), at.state]);
      await expectNextRunExact(at);
    });
});

describe("a mount disappears in the middle of the copy", () => {
  testUnless(noMounts)("the destination's: nothing is written below its mount point", async () => {
    const at = ordeal({ older: true });
    const below = join(at.root, "file system");
    // What is copied to, mounted on an empty directory.
    spawnSync("mv", [at.destination, below]);
    mkdirSync(at.destination);
    mountFor(below, at.destination, "--bind");
    const running = startSlowly(at, { retries: "1" });
    await until(() => copyingRsyncs(at).length >= 8);
    spawnSync("umount", ["-l", at.destination]);
    const finished = await running.finished;
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /unmounted or replaced/ });
    expect(readdirSync(at.destination)).toEqual([]);
    expect(mount(below, at.destination, "--bind")).toBe(0);
    await expectNextRunExact(at);
  });

  testUnless(noMounts)("the source's: nothing is deleted", async () => {
    const at = ordeal({ older: true });
    const below = join(at.root, "file system");
    spawnSync("mv", [at.source, below]);
    mkdirSync(at.source);
    mountFor(below, at.source, "--bind");
    const running = startSlowly(at, { retries: "1" });
    await until(() => copyingRsyncs(at).length >= 8);
    spawnSync("umount", ["-l", at.source]);
    const finished = await running.finished;
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /unmounted or replaced/ });
    expect(readdirSync(join(at.destination, "alpha"))).toContain("f0");
    expect(mount(below, at.source, "--bind")).toBe(0);
    await expectNextRunExact(at);
  });
});

describe("report-dir and state-dir full or read-only", () => {
  for (const which of ["report", "state"] as const) {
    testUnless(noMounts)(`${which}-dir is full`, async () => {
      const at = ordeal({ older: true });
      mountFor("tmpfs", at[which], "-t", "tmpfs", "-o", "size=4k");
      writeFileSync(join(at[which], "filler"), Buffer.alloc(4096));
      await expectGoodEnd(at, await runOrdeal(at), {
        status: 0,
        result: undefined,
        words: /ENOSPC/,
        keepsRecords: false,
      });
      expect(readdirSync(at[which])).toEqual(["filler"]);
      resize(at[which], "size=64m");
      await expectNextRunExact(at);
    });
    testUnless(noMounts)(`${which}-dir is read-only`, async () => {
      const at = ordeal({ older: true });
      mountFor("tmpfs", at[which], "-t", "tmpfs", "-o", "ro");
      await expectGoodEnd(at, await runOrdeal(at), {
        status: 0,
        result: undefined,
        words: /EROFS/,
        keepsRecords: false,
      });
      resize(at[which], "rw");
      await expectNextRunExact(at);
    });
  }
  testUnless(noMounts)("the directory for temporary files is full: refused or failed, and named", async () => {
    const at = ordeal({ older: true });
    mountFor("tmpfs", at.temporary, "-t", "tmpfs", "-o", "size=4k");
    writeFileSync(join(at.temporary, "filler"), Buffer.alloc(4096));
    await expectGoodEnd(at, await runOrdeal(at, { retries: "0" }), {
      status: 1,
      result: "failure",
      words: /ENOSPC|no space/i,
    });
    resize(at.temporary, "size=64m");
    await expectNextRunExact(at);
  });
});

/** Takes an ext4 off, checks it, gives it more room where that is asked for, and mounts it again. */
async function remountRepaired({ destination }: Ordeal, image: string, bytes?: number): Promise<void> {
  unmount(destination);
  if (bytes !== undefined) truncateSync(image, bytes);
  spawnSync("e2fsck", ["-fy", image]);
  if (bytes !== undefined) expect(spawnSync("resize2fs", [image]).status).toBe(0);
  expect(mount(image, destination, "-o", "loop")).toBe(0);
  rmSync(`${destination}/lost+found`, { recursive: true, force: true });
}

/** Starts a run that takes some two seconds. */
function startSlowly(at: Ordeal, inputs: Readonly<Record<string, string>>): RunningCommand {
  return startCommand(flags({ ...at.inputs, ...slowly, ...inputs }), { cwd: at.root, env: { TMPDIR: at.temporary } });
}

/** Why no quota can be had; undefined if one can. */
function noBtrfs(): string | undefined {
  if (spawnSync("mkfs.btrfs", ["--version"]).status !== 0) return "mkfs.btrfs of btrfs-progs is not installed";
  const isKnown = /\tbtrfs$/m.test(readFileSync("/proc/filesystems", "utf8"));
  return isKnown ? undefined : "this kernel has no Btrfs loaded";
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1000) throw new Error("what was waited for did not happen");
    await pause(10);
  }
}
