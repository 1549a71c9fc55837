import { execFileSync, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Holder, ourselves } from "../../../src/lock/holder.ts";
import { kernelLock } from "../../../src/lock/kernel-lock.ts";
import { type Locked, type LockMeans, lockDestination } from "../../../src/lock/lock.ts";
import { type Place, placeAt } from "../../../src/preflight/places.ts";
import { keepingLog } from "../../support/keeping-log.ts";
import { mount, noMounts, testUnless, unmount } from "../../support/privileges.ts";
import { record } from "../../support/record.ts";
import { emptyDirectories, never } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

const times = { staleMs: 400, giveUpMs: 60_000, renewMs: 20, settleMs: 20 };
const byKernel: LockMeans = { askKernel: kernelLock, times, pollMs: 10 };
const byLease: LockMeans = { ...byKernel, askKernel: async () => "unsupported" };
const both = [
  ["the kernel keeps", byKernel],
  ["a lease is", byLease],
] as const;

let root: string;
let path: string;
let state: string;
const holds: Locked[] = [];

beforeEach(() => {
  root = emptyDirectory();
  path = join(root, "destination");
  state = join(root, "state");
  mkdirSync(path);
});

afterEach(async () => {
  for (const hold of holds.splice(0)) await hold.release(false);
});

interface Wanting {
  readonly place?: Place;
  readonly lockWait?: number;
  readonly signal?: AbortSignal;
  readonly onLost?: (reason: string) => void;
  readonly log?: ReturnType<typeof keepingLog>;
}

/** Wants the destination for a run of its own. */
async function lock(means: LockMeans, wanting: Wanting = {}): Promise<Locked> {
  const { place = placeAt(path), lockWait = 0, signal = never(), onLost = () => undefined } = wanting;
  const run = record({ id: randomUUID() }, { "lock-wait": String(lockWait), "state-dir": state });
  const locked = await lockDestination(place, run, { log: wanting.log ?? keepingLog(), signal }, onLost, means);
  holds.push(locked);
  return locked;
}

const absent = (): Place => {
  rmSync(path, { recursive: true });
  return { realPath: path, exists: false, identity: undefined };
};
const lockFile = (): string => join(path, ".dailysync-lock");
const firstLine = (): Holder => JSON.parse(readFileSync(lockFile(), "utf8").split("\n")[0] ?? "") as Holder;

/** Leaves a lock file as another holder would have. */
function leave(change: Partial<Holder>, counter?: string, file = lockFile()): void {
  const holder = { ...ourselves({ id: randomUUID(), url: undefined, startedAt: new Date() }), ...change };
  writeFileSync(file, `${JSON.stringify(holder)}\n${counter === undefined ? "" : `${counter}\n`}`, { mode: 0o600 });
}

const dead = (): Partial<Holder> => ({ pid: spawnSync("true").pid });
const elsewhere: Partial<Holder> = { bootId: "another", host: "nas1" };

describe.each(both)("a destination whose lock %s", (_which, means) => {
  test("is one run's at a time, and leaves nothing behind", async () => {
    const first = await lock(means);
    expect(firstLine()).toMatchObject({ pid: process.pid });
    expect(statSync(lockFile()).mode & 0o777).toBe(0o600);
    await expect(lock(means)).rejects.toThrow(
      /^destination ".*" is in use by the run that began .* UTC \(process \d+ on this machine\)/,
    );
    expect(await first.release(false)).toBeUndefined();
    expect(readdirSync(path)).toEqual([]);
    await lock(means);
  });

  test("is as old afterwards as before, to the nanosecond", async () => {
    execFileSync("touch", ["-d", "@1600000000.123456789", path]);
    const timeOf = () => statSync(path, { bigint: true }).mtimeNs;
    const before = timeOf();
    const locked = await lock(means);
    expect(timeOf()).toBe(before);
    await locked.release(false);
    expect(timeOf()).toBe(before);
  });

  test("is waited for, and what was seen before the waiting is out of date then", async () => {
    const first = await lock(means);
    expect(first.waited).toBe(false);
    const log = keepingLog();
    const second = lock(means, { lockWait: 60, log });
    while (log.lines.length === 0) await pause(5);
    expect(log.lines[0]).toMatch(/^The destination is in use by the run that began/);
    await first.release(false);
    expect((await second).waited).toBe(true);
    expect(log.lines).toHaveLength(1);
  });

  test("is waited for no longer after a cancellation", async () => {
    await lock(means);
    const cancelling = new AbortController();
    const log = keepingLog();
    const second = lock(means, { lockWait: 3600, signal: cancelling.signal, log });
    while (log.lines.length === 0) await pause(5);
    cancelling.abort();
    await expect(second).rejects.toThrow("aborted");
    expect(firstLine().pid).toBe(process.pid);
  });

  test("is one also by another path", async () => {
    await lock(means);
    const link = join(root, "link");
    symlinkSync(path, link);
    await expect(lock(means, { place: placeAt(link) })).rejects.toThrow("is in use by");
  });

  test("is taken over at once from a process of this machine that is dead", async () => {
    leave(dead(), means === byLease ? "0000000007" : undefined);
    const locked = await lock(means);
    expect(firstLine()).toMatchObject({ pid: process.pid });
    expect(readdirSync(path)).toEqual([".dailysync-lock"]);
    await locked.release(false);
    expect(readdirSync(path)).toEqual([]);
  });

  test("is taken over by one of many who want it at once", async () => {
    leave(dead(), means === byLease ? "0000000007" : undefined);
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lock(means)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("that is not there is made, and is one run's where many want it", async () => {
    const place = absent();
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lock(means, { place })));
    const [won, ...others] = outcomes.filter(({ status }) => status === "fulfilled");
    expect(others).toEqual([]);
    const { destination } = (won as PromiseFulfilledResult<Locked>).value;
    expect(destination).toEqual({ ...placeAt(path), exists: false });
  });

  test("that was made goes again if it was not used", async () => {
    const locked = await lock(means, { place: absent() });
    expect(locked.waited).toBe(false);
    await locked.release(true);
    expect(existsSync(path)).toBe(false);
  });

  test("that was made stays if it was used", async () => {
    const locked = await lock(means, { place: absent() });
    await locked.release(false);
    expect(readdirSync(path)).toEqual([]);
  });

  test("that was there stays if it was not used", async () => {
    const locked = await lock(means);
    await locked.release(true);
    expect(readdirSync(path)).toEqual([]);
  });

  test("that was made by a run which then did not use it is made again by the one that waits", async () => {
    const place = absent();
    const first = await lock(means, { place });
    const log = keepingLog();
    const second = lock(means, { place, lockWait: 60, log });
    while (log.lines.length === 0) await pause(5);
    await first.release(true);
    expect((await second).waited).toBe(true);
    expect(readdirSync(path)).toEqual([".dailysync-lock"]);
  });

  test("that cannot be made is refused", async () => {
    const place: Place = { realPath: join(root, "gone", "destination"), exists: false, identity: undefined };
    await expect(lock(means, { place })).rejects.toThrow(/^destination ".*" cannot be made \(ENOENT/);
  });

  test("that went meanwhile is refused", async () => {
    const place = placeAt(path);
    rmSync(path, { recursive: true });
    await expect(lock(means, { place })).rejects.toThrow("is not there any more");
  });

  test.each<[what: string, put: (file: string) => void]>([
    ["a symbolic link", (file) => symlinkSync(join(root, "victim"), file)],
    ["a symbolic link to nothing", (file) => symlinkSync(join(root, "nothing"), file)],
    ["another name of a file", (file) => linkSync(join(root, "victim"), file)],
    ["a pipe", (file) => void execFileSync("mkfifo", [file])],
    ["a directory", (file) => mkdirSync(file)],
  ])("is refused where %s has the lock file's name", async (_what, put) => {
    writeFileSync(join(root, "victim"), "precious");
    put(lockFile());
    await expect(lock(means)).rejects.toThrow(/^destination cannot be locked: ".*\.dailysync-lock" is not a file of/);
    expect(readFileSync(join(root, "victim"), "utf8")).toBe("precious");
    expect(existsSync(join(root, "nothing"))).toBe(false);
  });
});

describe("a lock that the kernel keeps", () => {
  test("is free as soon as its process is dead, whatever the file says", async () => {
    const script = 'exec 9<>"$1"; flock -xn 9 || exit 1; echo locked; exec sleep 60 9<&9';
    const holder = spawn("bash", ["-c", script, "bash", lockFile()], { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    leave(elsewhere);
    await expect(lock(byKernel)).rejects.toThrow(/on host "nas1"/);
    const ended = new Promise((resolve) => holder.once("exit", resolve));
    holder.kill("SIGKILL");
    await ended;
    await lock(byKernel);
    expect(firstLine()).toMatchObject({ pid: process.pid });
  });

  test.each(["", "not json", `${"x".repeat(100_000)}`])("is free where the file holds nonsense", async (text) => {
    writeFileSync(lockFile(), text);
    await lock(byKernel);
    expect(firstLine()).toMatchObject({ pid: process.pid });
  });

  test("does not override a lease of another machine that lives", async () => {
    leave(elsewhere, "0000000001");
    const beating = setInterval(() => leave(elsewhere, String(performance.now()).replace(".", "")), 20);
    await expect(lock(byKernel)).rejects.toThrow(/in use by .* on host "nas1"/);
    clearInterval(beating);
  });
});

describe("a lease", () => {
  test("is held while its counter moves, and its holder is told nothing", async () => {
    const lost: string[] = [];
    await lock(byLease, { onLost: (reason) => lost.push(reason) });
    const counter = () => readFileSync(lockFile(), "utf8").split("\n")[1] ?? "";
    const before = counter();
    while (counter() === before) await pause(5);
    expect(counter()).toMatch(/^\d{10}$/);
    expect(lost).toEqual([]);
  });

  test.each<[whose: string, change: Partial<Holder> | undefined]>([
    ["another machine", elsewhere],
    ["another container of this machine", { pidNamespace: "pid:[1]" }],
    ["nobody knows whom", undefined],
  ])("of %s is taken over when its counter has stood still for the stated time", async (_whose, change) => {
    if (change === undefined) writeFileSync(lockFile(), "");
    else leave(change, "0000000007");
    const log = keepingLog();
    const locked = await lock(byLease, { log });
    expect(locked.waited).toBe(true);
    expect(log.lines).toEqual([expect.stringMatching(/^The destination was locked by .*: watching for up to 0\.4 s/)]);
    expect(firstLine()).toMatchObject({ pid: process.pid });
    expect(readdirSync(path)).toEqual([".dailysync-lock"]);
  });

  test("of another machine is taken over by one of many who saw it stand still", async () => {
    leave(elsewhere, "0000000007");
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => lock(byLease)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("does not override a lock that another machine's kernel keeps", async () => {
    leave(elsewhere);
    await expect(lock(byLease)).rejects.toThrow("if you know that it has ended, remove its file");
  });

  test.each<[what: string, happens: () => void]>([
    ["removes its file", () => rmSync(lockFile())],
    [
      "takes it over",
      () => {
        leave(elsewhere, "0000000001", `${lockFile()}.new`);
        renameSync(`${lockFile()}.new`, lockFile());
      },
    ],
  ])("is lost when somebody %s, and its holder is told to stop, once", async (_what, happens) => {
    const lost: string[] = [];
    const locked = await lock(byLease, { onLost: (reason) => lost.push(reason) });
    happens();
    const after = existsSync(lockFile());
    while (lost.length === 0) await pause(5);
    await pause(100);
    expect(lost).toEqual([expect.stringContaining("another run has taken over the destination")]);
    // What is not its own any more it leaves alone.
    await locked.release(false);
    expect(existsSync(lockFile())).toBe(after);
  });

  test("is lost when it could not be renewed for too long", async () => {
    const hasty = { ...byLease, times: { ...times, giveUpMs: -1 } };
    const lost = await new Promise((resolve) => void lock(hasty, { onLost: resolve }));
    expect(lost).toMatch(/^the run was stopped: the lock on the destination could not be renewed for/);
  });
});

describe("a destination in which no file can be made", () => {
  testUnless(noMounts)("is locked by a file in state-dir, also against who finds room there later", async () => {
    expect(mount("tmpfs", path, "-t", "tmpfs", "-o", "nr_inodes=2")).toBe(0);
    try {
      const filler = join(path, "filler");
      writeFileSync(filler, "");
      const first = await lock(byKernel);
      const { dev, ino } = statSync(path);
      expect(readdirSync(state)).toEqual([`lock-${dev}-${ino}`]);
      await expect(lock(byKernel)).rejects.toThrow("is in use by");
      rmSync(filler);
      await expect(lock(byKernel)).rejects.toThrow("is in use by");
      expect(readdirSync(path)).toEqual([]);
      await first.release(false);
      expect(readdirSync(state)).toEqual([]);
      await lock(byKernel);
      expect(readdirSync(path)).toEqual([".dailysync-lock"]);
      for (const hold of holds.splice(0)) await hold.release(false);
      writeFileSync(filler, "");
      rmSync(state, { recursive: true });
      writeFileSync(state, "no directory");
      await expect(lock(byKernel)).rejects.toThrow(/cannot be locked against other runs.*\(ENOSPC.*; EEXIST/);
    } finally {
      unmount(path);
    }
  });
});

describe("what a killed run has left running here", () => {
  const leftover = (run: string) => spawn("sleep", ["60"], { env: { ...process.env, DAILYSYNC_RUN: run } });

  test.each(both)("is ended before the next run has the destination, whose lock %s", async (_which, means) => {
    const runId = randomUUID();
    const child = leftover(runId);
    const ended = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
    leave({ ...dead(), runId }, means === byLease ? "0000000007" : undefined);
    await lock(means);
    expect(await ended).toBe("SIGTERM");
  });

  test("goes on if the run was another machine's", async () => {
    const runId = randomUUID();
    const child = leftover(runId);
    leave({ ...elsewhere, runId });
    await lock(byKernel);
    expect(child.exitCode ?? child.signalCode).toBeNull();
    child.kill();
  });
});
