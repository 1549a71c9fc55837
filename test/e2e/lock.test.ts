import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "@jest/globals";
import { flags, type RunningCommand, runCommand, startCommand } from "../support/command-line.ts";
import { gone } from "../support/fake-rsync.ts";
import { type Place, pathsBelow, pendingChanges, place, removePlaces } from "../support/place.ts";
import { giveToOrdinaryUser, nodeOfOrdinaryUser, noOrdinaryUser, testUnless } from "../support/privileges.ts";
import { readReport } from "../support/report-of.ts";
import { removeRunnerDirectories, startAction } from "../support/runner.ts";

afterAll(async () => {
  removePlaces();
  await removeRunnerDirectories();
});

/** One project of so many bytes, which cannot be copied faster than at the given rate. */
const slow = (bytes: number) => place({ "alpha/large": "x".repeat(bytes), "beta/small": "1" });
const slowly = { "bandwidth-limit": "1M", parallelism: "1" };
/** As long as any test. */
const endless = 500_000_000;

const inputsOf = ({ source, destination, root }: Place) => ({
  source,
  destination,
  delete: "true",
  "state-dir": join(root, "state"),
  "report-dir": join(root, "report"),
});
const start = (where: Place, inputs: Readonly<Record<string, string>> = {}, node?: string): RunningCommand =>
  startCommand(flags({ ...inputsOf(where), ...inputs }), {
    cwd: where.root,
    ...(node === undefined ? {} : { node }),
  });
const run = (where: Place, inputs: Readonly<Record<string, string>> = {}) =>
  runCommand(flags({ ...inputsOf(where), "report-dir": join(where.root, "second"), ...inputs }), { cwd: where.root });

const lockFile = ({ destination }: Place): string => join(destination, ".dailysync-lock");

/** Waits until a run holds the destination and says who it is. */
async function locked(where: Place): Promise<{ readonly pid: number }> {
  for (;;) {
    const text = existsSync(lockFile(where)) ? readFileSync(lockFile(where), "utf8") : "";
    if (text.endsWith("\n")) return JSON.parse(text) as { pid: number };
    await pause(10);
  }
}

/** Waits until an rsync is at work. */
async function copying(where: Place): Promise<{ readonly pid: number }> {
  const holder = await locked(where);
  while (!existsSync(join(where.destination, "alpha"))) await pause(10);
  return holder;
}

const exact = (where: Place): void => {
  expect(pendingChanges(where)).toBe("");
  expect(readdirSync(where.destination)).not.toContain(".dailysync-lock");
};

describe("while one run uses a destination", () => {
  test("a second one is refused and says whose it is, a dry run is not, and one that may wait gets it", async () => {
    const where = slow(4_000_000);
    const first = start(where, slowly);
    const { pid } = await copying(where);

    const refused = await run(where);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(
      /^error: destination ".*destination" is in use by the run that began \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(process \d+ on this machine\): wait for its end, or let lock-wait say how many seconds to wait\n$/,
    );
    expect(refused.stderr).toContain(`(process ${pid} on`);
    const dry = await run(where, { "dry-run": "true", "report-dir": join(where.root, "dry") });
    expect(dry.status).toBe(0);

    const waiting = start(where, { "lock-wait": "300", "report-dir": join(where.root, "third") });
    await waiting.shows(/The destination is in use by the run that began .*: waiting for its end, for up to 5 min/);
    // What appears meanwhile belongs to the run that waited.
    mkdirSync(join(where.source, "gamma"));
    writeFileSync(join(where.source, "gamma", "new"), "3");
    expect((await first.finished).status).toBe(0);
    expect((await waiting.finished).status).toBe(0);
    exact(where);
    const report = readReport(join(where.root, "third", "report.json"));
    expect(report.phases.map(({ name }) => name).slice(0, 3)).toEqual(["preflight", "lock", "preflight"]);
    expect(report.projects.map(({ name }) => name).sort()).toEqual(["alpha", "beta", "gamma"]);
  });

  test("of several that wait each gets it in turn, also where it was not there at first", async () => {
    const where = place({ "alpha/one": "1", "beta/two": "2" });
    const several = [1, 2, 3, 4].map((n) =>
      start(where, { "lock-wait": "300", "report-dir": join(where.root, `report-${n}`) }),
    );
    for (const { finished } of several) expect(await finished).toMatchObject({ status: 0, stderr: "" });
    exact(where);
  });

  test("a workflow's run says its page", async () => {
    const where = slow(endless);
    const action = await startAction({ with: { ...inputsOf(where), ...slowly } });
    await copying(where);
    const { stderr } = await run(where);
    expect(stderr).toMatch(/\(process \d+ on this machine, https:\/\/[^ ]+\/actions\/runs\/\d+\): wait for its end/);
    action.kill("SIGTERM");
    await action.finished;
  });

  testUnless(noOrdinaryUser)("an ordinary user's is locked too where the source is read-only", async () => {
    const where = slow(3_000_000);
    const node = nodeOfOrdinaryUser(where.root);
    giveToOrdinaryUser(where.root);
    const first = start(where, { ...slowly, "rsync-args": "--chmod=D555" }, node);
    await copying(where);
    expect((await run(where)).stderr).toContain("is in use by the run that began");
    expect((await first.finished).status).toBe(0);
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/large", "beta", "beta/small"]);
    // And the next, whose destination is closed from the start.
    expect((await start(where, { "rsync-args": "--chmod=D555" }, node).finished).status).toBe(0);
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/large", "beta", "beta/small"]);
  });
});

describe("the destination is free again", () => {
  test("at once when the run is killed: what it left running is ended, and the next run is exact", async () => {
    const where = slow(endless);
    const first = start(where, slowly);
    const { pid } = await copying(where);
    first.child.kill("SIGKILL");
    await gone(pid);
    expect(existsSync(lockFile(where))).toBe(true);
    writeFileSync(join(where.source, "alpha", "large"), "small by now");
    expect(await run(where)).toMatchObject({ status: 0, stderr: "" });
    exact(where);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("when the run is cancelled by %s", async (signal) => {
    const where = slow(endless);
    const first = start(where, slowly);
    await copying(where);
    first.child.kill(signal);
    expect((await first.finished).status).toBe(130);
    expect(existsSync(lockFile(where))).toBe(false);
  });

  test("for others when a run that waits for it is cancelled", async () => {
    const where = slow(3_000_000);
    const first = start(where, slowly);
    await copying(where);
    const waiting = start(where, { "lock-wait": "300", "report-dir": join(where.root, "second") });
    await waiting.shows(/in use by/);
    waiting.child.kill("SIGTERM");
    expect((await waiting.finished).status).toBe(130);
    expect(existsSync(lockFile(where))).toBe(true);
    expect((await first.finished).status).toBe(0);
    exact(where);
  });
});

test("a link that somebody put in the lock file's place is neither followed nor copied", async () => {
  const where = place({ "alpha/one": "1" });
  mkdirSync(where.destination);
  writeFileSync(join(where.root, "victim"), "precious");
  symlinkSync(join(where.root, "victim"), lockFile(where));
  const { status, stderr } = await run(where);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: destination cannot be locked: ".*dailysync-lock" is not a file of dailysync's own/);
  expect(readFileSync(join(where.root, "victim"), "utf8")).toBe("precious");
  expect(pathsBelow(where.destination)).toEqual([".dailysync-lock"]);
});
