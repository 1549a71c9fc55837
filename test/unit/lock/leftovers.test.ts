import { randomUUID } from "node:crypto";
import { expect, test } from "@jest/globals";
import { endLeftovers, processesOf } from "../../../src/lock/leftovers.ts";
import { startProgram } from "../../../src/program.ts";
import { contentOnceWritten, fakeRsync, isAlive } from "../../support/fake-rsync.ts";
import { emptyDirectories, never } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

/** Starts a script for a run, in which `ready` says that it works; its pid once it does. */
async function working(run: string, script: string): Promise<number> {
  const place = emptyDirectory();
  startProgram({
    program: fakeRsync(place, `ready() { echo ready > "${place}/ready"; }\n${script}`),
    launcher: { command: [], ownGroup: false, run },
    arguments: [],
    input: "/dev/null",
    onOutput: () => undefined,
    onError: () => undefined,
  });
  await contentOnceWritten(`${place}/ready`);
  const [pid = 0] = await processesOf(run);
  return pid;
}

test("the processes of a run are those that it has started", async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  const pid = await working(one, "ready; exec sleep 60");
  await working(other, "ready; exec sleep 60");
  expect(await processesOf(one)).toEqual([pid]);
  await endLeftovers(one, never());
  expect(isAlive(pid)).toBe(false);
  expect(await processesOf(other)).toHaveLength(1);
  await endLeftovers(other, never());
});

test("one that does not listen to SIGTERM is killed", async () => {
  const run = randomUUID();
  const pid = await working(run, "trap '' TERM; ready; while :; do sleep 0.2; done");
  await endLeftovers(run, never());
  expect(isAlive(pid)).toBe(false);
});

test("a cancellation ends the waiting for them", async () => {
  const run = randomUUID();
  await working(run, "trap '' TERM; ready; while :; do sleep 0.2; done");
  await expect(endLeftovers(run, AbortSignal.timeout(50))).rejects.toThrow();
  await endLeftovers(run, never());
});
