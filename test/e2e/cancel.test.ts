import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "@jest/globals";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { outputNames } from "../support/output-names.ts";
import { asHoles, heavy, type Place, pendingChanges, place, removePlaces } from "../support/place.ts";
import { reportOf } from "../support/report-of.ts";
import {
  type FinishedAction,
  type RunningAction,
  removeRunnerDirectories,
  runAction,
  startAction,
} from "../support/runner.ts";

afterAll(async () => {
  removePlaces();
  await removeRunnerDirectories();
});

/** What the issue allows, in seconds after the signal. */
const [rsyncsGoneWithin, endedWithin] = [4, 6];

/** Two small projects in one rsync, and a large one in another. */
const uneven = () => place({ "alpha/one": "1", "beta/two": "2", "large/hole": 2 * heavy });
/** So slow that a copy lasts as long as any test. */
const slowly = { "bandwidth-limit": "1M", parallelism: "2" };

const start = ({ source, destination }: Place, inputs: Readonly<Record<string, string>> = {}, PATH?: string) =>
  startAction({
    with: { source, destination, ...asHoles, ...inputs },
    ...(PATH === undefined ? {} : { env: { PATH } }),
  });

/** Waits until the action says how the copy goes: an rsync of the large project has something to show. */
async function copying(running: RunningAction, { destination }: Place): Promise<void> {
  const directory = join(destination, "large");
  await until(() => existsSync(directory) && readdirSync(directory).some((name) => name.startsWith(".hole.")));
  expect((await running.children()).some(({ command }) => command.includes("rsync"))).toBe(true);
}

/** Waits until the run has begun its work: its signal handlers are in place then. */
const begun = (running: RunningAction) =>
  until(() => readdirSync(running.temp).some((name) => name.startsWith("dailysync-")));

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 3000) throw new Error("what was waited for did not happen");
    await pause(10);
  }
}

/** Stops the step by `stop`; resolves when it has ended, with the seconds until its last child was gone. */
async function stopped(running: RunningAction, stop: () => unknown) {
  const startedAt = performance.now();
  const since = () => (performance.now() - startedAt) / 1000;
  stop();
  let childrenGone: number | undefined;
  const watching = (async () => {
    while ((await running.children()).length > 0) await pause(50);
    childrenGone = since();
  })();
  const finished = await running.finished;
  const ended = since();
  await watching;
  return { finished, ended, childrenGone: childrenGone ?? Number.POSITIVE_INFINITY };
}

/** What every cancelled run owes, whenever it was cancelled. */
function expectCancelled({ finished, ended, childrenGone }: Awaited<ReturnType<typeof stopped>>): void {
  expect(finished.orphans).toEqual([]);
  expect(finished.signal).toBeNull();
  expect(finished.exitCode).toBeGreaterThan(0);
  expect(finished.outputs).toMatchObject({ result: "cancelled", "failed-projects": expect.any(String) });
  expect(Object.keys(finished.outputs).sort()).toEqual([...outputNames].sort());
  expect(finished.summary).toMatch(/^## ⏹️ (Backup|Dry run) cancelled/);
  expect(reportOf(finished).result).toBe("cancelled");
  expect(ended).toBeLessThan(endedWithin);
  expect(childrenGone).toBeLessThan(rsyncsGoneWithin);
}

/** A later run makes the destination exact, though it deletes nothing: rsync leaves no temporary file when it is asked to end. */
async function expectCompletedByTheNext(where: Place, inputs: Readonly<Record<string, string>> = {}): Promise<void> {
  const { source, destination } = where;
  const next = await runAction({ with: { source, destination, ...asHoles, ...inputs } });
  expect(next.outputs).toMatchObject({ result: "success" });
  expect(pendingChanges(where)).toBe("");
}

const stateOf = (finished: FinishedAction, project: string) =>
  reportOf(finished).projects.find(({ name }) => name === project)?.state;

describe("cancelling before anything is copied", () => {
  test("as soon as the run has begun", async () => {
    const where = uneven();
    const running = await start(where, slowly);
    await begun(running);
    const end = await stopped(running, running.cancel);
    expectCancelled(end);
    await expectCompletedByTheNext(where);
  });

  test("while rsync is asked for its version and does not answer", async () => {
    const where = uneven();
    const fake = misbehavingRsync(join(where.root, "fake"), 'version && echo asked >> "$notes/asked" && exec sleep 60');
    const running = await start(where, {}, fake.PATH);
    await fake.noted("asked");
    const end = await stopped(running, running.cancel);
    expectCancelled(end);
    expect(existsSync(where.destination)).toBe(false);
    await expectCompletedByTheNext(where);
  });

  test("while rsync is asked what the filters let pass and does not answer", async () => {
    const where = place({ "alpha/hole": heavy, "beta/hole": heavy });
    const fake = misbehavingRsync(join(where.root, "fake"), 'filters && echo asked >> "$notes/asked" && exec sleep 60');
    const running = await start(where, { exclude: "*.tmp" }, fake.PATH);
    await fake.noted("asked");
    const end = await stopped(running, running.cancel);
    expectCancelled(end);
    expect(existsSync(where.destination)).toBe(false);
    await expectCompletedByTheNext(where);
  });

  test("in the survey of many directories", async () => {
    const names = Array.from({ length: 3000 }, (_, index) => `p${index % 30}/${index}/file`);
    const where = place(Object.fromEntries(names.map((name) => [name, ""])));
    const running = await start(where);
    await running.line((line) => line.includes("30 projects"));
    const end = await stopped(running, running.cancel);
    expectCancelled(end);
    await expectCompletedByTheNext(where);
  });

  test("while the deletions are being counted: none is made", async () => {
    const where = place({ "alpha/hole": heavy, "beta/hole": heavy });
    const { source, destination } = where;
    await runAction({ with: { source, destination, ...asHoles } });
    const fake = misbehavingRsync(
      join(where.root, "fake"),
      'rehearses && echo asked >> "$notes/asked" && exec sleep 60',
    );
    const running = await start(where, { exclude: "*.tmp", delete: "true" }, fake.PATH);
    await fake.noted("asked");
    const end = await stopped(running, running.cancel);
    expectCancelled(end);
    expect(end.finished.outputs["files-deleted"]).toBe("0");
    expect(pendingChanges(where)).toBe("");
  });
});

describe("cancelling during the copy", () => {
  test("says what was finished and what was not, and leaves the rest for the next run", async () => {
    const where = uneven();
    const running = await start(where, slowly);
    await running.line((line) => /^(##\[group\])?alpha: \w+ after/.test(line));
    await copying(running, where);
    const end = await stopped(running, running.cancel);
    expectCancelled(end);
    const { finished } = end;
    expect(finished.conclusion).toBe("cancelled");
    expect(finished.summary).toContain("Backup cancelled: 2 of 3 projects finished");
    expect([stateOf(finished, "alpha"), stateOf(finished, "large")]).toEqual(["complete", "unfinished"]);
    expect(finished.outputs).toMatchObject({ projects: "3", "failed-projects": "[]" });
    expect(readFileSync(join(where.destination, "beta/two"), "utf8")).toBe("2");
    await expectCompletedByTheNext(where);
  });

  test("SIGTERM alone is a cancellation too", async () => {
    const where = uneven();
    const running = await start(where, slowly);
    await copying(running, where);
    expectCancelled(await stopped(running, () => running.kill("SIGTERM")));
    await expectCompletedByTheNext(where);
  });

  test("a second signal right behind the first changes nothing", async () => {
    const where = uneven();
    const running = await start(where, slowly);
    await copying(running, where);
    const end = await stopped(running, async () => {
      running.kill("SIGINT");
      await pause(30);
      running.kill("SIGINT");
      running.kill("SIGTERM");
    });
    expectCancelled(end);
    await expectCompletedByTheNext(where);
  });

  test("rsyncs that ignore SIGTERM are killed, what they started with them", async () => {
    const where = uneven();
    const fake = misbehavingRsync(
      join(where.root, "fake"),
      `copies large && echo deaf >> "$notes/deaf" && trap '' TERM && { sleep 60 & while :; do sleep 1; done; }`,
    );
    const running = await start(where, {}, fake.PATH);
    await fake.noted("deaf");
    expectCancelled(await stopped(running, running.cancel));
    await expectCompletedByTheNext(where);
  });

  test("where setsid is missing, rsync's own children end all the same", async () => {
    const where = uneven();
    const { PATH } = misbehavingRsync(join(where.root, "fake"), "");
    const binaries = PATH.split(":")[0] ?? "";
    // A PATH with what the fake needs and nothing else.
    for (const tool of ["cat", "tr", "grep", "mktemp", "rm"])
      for (const directory of ["/bin", "/usr/bin"])
        if (existsSync(join(directory, tool)) && !existsSync(join(binaries, tool)))
          symlinkSync(join(directory, tool), join(binaries, tool));
    const running = await start(where, slowly, binaries);
    await copying(running, where);
    expectCancelled(await stopped(running, running.cancel));
    await expectCompletedByTheNext(where);
  });

  test("during the pause before another try", async () => {
    const where = uneven();
    const fake = misbehavingRsync(
      join(where.root, "fake"),
      'copies large && echo failed >> "$notes/failed" && exit 12',
    );
    const running = await start(where, { retries: "9" }, fake.PATH);
    await until(() => fake.notes("failed").length >= 2);
    await pause(300);
    const end = await stopped(running, running.cancel);
    expectCancelled(end);
    expect(fake.notes("failed").length).toBeLessThanOrEqual(3);
  });

  test("a dry run ends as quickly and still writes nothing", async () => {
    const where = uneven();
    const fake = misbehavingRsync(
      join(where.root, "fake"),
      'copies large && echo began >> "$notes/began" && exec sleep 60',
    );
    const running = await start(where, { "dry-run": "true" }, fake.PATH);
    await fake.noted("began");
    expectCancelled(await stopped(running, running.cancel));
    expect(existsSync(where.destination)).toBe(false);
  });
});

describe("cancelling while what was copied is written to the storage", () => {
  test("is a cancellation, and says that it may not be there yet", async () => {
    const where = place({ "alpha/one": "1" });
    const fake = misbehavingRsync(join(where.root, "fake"), "");
    const binaries = fake.PATH.split(":")[0] ?? "";
    const slow = `#!/bin/sh\necho "$*" > '${join(where.root, "fake", "notes", "sync")}'\nexec sleep 60\n`;
    writeFileSync(join(binaries, "sync"), slow, { mode: 0o755 });
    const running = await start(where, {}, fake.PATH);
    await fake.noted("sync");
    expect(fake.notes("sync")).toEqual([`-f ${where.destination}`]);
    const end = await stopped(running, running.cancel);
    expectCancelled(end);
    expect(stateOf(end.finished, "alpha")).toBe("complete");
    expect(reportOf(end.finished).reasons.join("\n")).toMatch(/may still be in memory.*the run was cancelled while/);
    await expectCompletedByTheNext(where);
  });
});

describe("a step that is killed outright", () => {
  test("leaves a destination that the next run makes exact, temporary files with delete", async () => {
    const where = uneven();
    const running = await start(where, slowly);
    await copying(running, where);
    running.kill("SIGKILL");
    // The emulator ends what is left, as the runner does at the end of the job.
    const finished = await running.finished;
    expect(finished).toMatchObject({ conclusion: "failure", signal: "SIGKILL", outputs: {} });
    await expectCompletedByTheNext(where, { delete: "true", "max-delete": "100%" });
  });
});

describe("cancelling at any moment", () => {
  test("near the end: the outcome says cancelled or is whole, and nothing is missing then", async () => {
    const where = place({ "alpha/hole": heavy, "beta/hole": heavy });
    const running = await start(where);
    for (const project of ["alpha", "beta"])
      await running.line((line) => line.replace("##[group]", "").startsWith(`${project}: `));
    const { finished } = await stopped(running, running.cancel);
    expect(finished.orphans).toEqual([]);
    expect([finished.exitCode, finished.outputs["result"]]).toEqual(
      finished.exitCode === 0 ? [0, "success"] : [1, "cancelled"],
    );
    expect(pendingChanges(where)).toBe("");
  });

  test("every 40 ms of a short run: no orphan, an honest result, and the next run completes the work", async () => {
    const where = place({ "alpha/hole": heavy, "beta/hole": heavy, "gamma/d/e": "1", loose: "l" });
    for (let milliseconds = 20; milliseconds <= 420; milliseconds += 40) {
      const begun = existsSync(where.destination);
      const running = await start(where, { parallelism: "3" });
      await pause(milliseconds);
      const { finished, ended } = await stopped(running, running.cancel);
      expect([milliseconds, finished.orphans]).toEqual([milliseconds, []]);
      expect(ended).toBeLessThan(endedWithin);
      // Before our handlers are in place Node itself ends; then nothing can have begun but what an earlier try began.
      const early = finished.signal !== null;
      if (early) expect([milliseconds, existsSync(where.destination)]).toEqual([milliseconds, begun]);
      else
        expect([milliseconds, finished.outputs["result"]]).toEqual([
          milliseconds,
          finished.exitCode === 0 ? "success" : "cancelled",
        ]);
    }
    await expectCompletedByTheNext(where);
  });
});
