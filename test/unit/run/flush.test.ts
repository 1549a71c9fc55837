import { afterEach, describe, expect, jest, test } from "@jest/globals";
import type { Command, ProcessEnd, RunningProgram } from "../../../src/program.ts";
import type { RunRecord } from "../../../src/record.ts";
import { flush, mustFlush } from "../../../src/run/flush.ts";
import { keepingLog } from "../../support/keeping-log.ts";
import { ended, record } from "../../support/record.ts";
import { emptyDirectories, never } from "../../support/tree.ts";
import { pretended, shard, type Turn, workshop } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();
const path = process.env["PATH"] ?? "";

afterEach(() => {
  process.env["PATH"] = path;
  jest.useRealTimers();
});

/** What a run has to say when sync goes like this. */
async function said(turn: Turn): Promise<Pick<RunRecord, "reasons" | "warnings">> {
  const { reasons, warnings } = await flushed(pretended(turn).start);
  return { reasons, warnings };
}

async function flushed(start: (command: Command) => RunningProgram, signal = never()): Promise<RunRecord> {
  const run = record();
  await flush(run, workshop("/nonexistent", { start }), { log: keepingLog(), signal }, []);
  return run;
}

test("sync -f is given the destination and started as every program is", async () => {
  const sync = pretended({ end: 0 });
  const launcher = { command: ["/opt/setsid"], ownGroup: true };
  await flush(record(), workshop("/nonexistent", { start: sync.start, launcher }), quietly(), []);
  expect(sync.commands).toEqual([
    expect.objectContaining({
      program: expect.stringMatching(/^\/.*\/sync$/),
      arguments: ["-f", "/destination"],
      input: "/dev/null",
      launcher,
    }),
  ]);
});

test("when all is written there is nothing to say", async () => {
  expect(await said({ end: 0 })).toEqual({ reasons: [], warnings: [] });
});

test("an option that an old busybox ignores, since it writes out everything, is nothing to say", async () => {
  expect(await said({ end: 0, errors: "sync: ignoring all arguments\n" })).toEqual({ reasons: [], warnings: [] });
});

describe("an error of the storage is a failure, with sync's words and what to do:", () => {
  test.each([
    "sync: error syncing '/destination': Input/output error",
    "sync: error syncing '/destination': No space left on device",
    "/usr/bin/sync: error syncing '/destination': Disk quota exceeded",
    "sync: error opening '/destination': Stale file handle",
    "sync: can't open '/destination': Transport endpoint is not connected",
    // Names are no options.
    "sync: error syncing '/x: invalid option': Input/output error",
    "sync: error syncing '/unknown option': Input/output error",
  ])("%s", async (line) => {
    const { reasons, warnings } = await said({ end: 1, errors: `${line}\n` });
    expect(warnings).toEqual([]);
    expect(reasons).toEqual([
      expect.stringMatching(/^what was copied to destination "\/destination" may not be on its storage: /),
    ]);
    expect(reasons[0]).toContain(`sync -f ended with 1: ${line}. Find out what is wrong with the storage`);
    expect(reasons[0]).toContain("rsync-args: --checksum");
  });

  test("also one without a word", async () => {
    const { reasons } = await said({ end: 1 });
    expect(reasons).toEqual([expect.stringContaining("sync -f ended with 1. Find out")]);
  });
});

describe("where sync cannot do it, that is a warning with what to do:", () => {
  const mayBeLost = 'what was copied to destination "/destination" may still be in memory';

  test.each<[whose: string, turn: Turn, why: RegExp]>([
    [
      "coreutils before 8.24 do not know the option",
      { end: 1, errors: "/bin/sync: invalid option -- 'f'\nTry '/bin/sync --help' for more information.\n" },
      /sync does not know -f \(it ended with 1: \/bin\/sync: invalid option -- 'f'\)\. Install coreutils 8\.24/,
    ],
    ["nor an old busybox", { end: 1, errors: "sync: unrecognized option: f\nBusyBox v1.20\n" }, /does not know -f/],
    ["nor toybox", { end: 1, errors: "sync: Unknown option 'f' (see \"sync --help\")\n" }, /does not know -f/],
    ["nor BSD's", { end: 1, errors: "sync: illegal option -- f\n" }, /does not know -f/],
    ["nor another", { end: 1, errors: "error: unexpected argument '-f' found\n" }, /does not know -f/],
    [
      "it is gone",
      { end: 127, errors: "setsid: failed to execute /bin/sync: No such file or directory\n" },
      /sync cannot be run \(it ended with 127: setsid: failed to execute .*\)\. Install coreutils/,
    ],
    ["it is not for us", { end: 126 }, /sync cannot be run \(it ended with 126\)\. Install coreutils/],
    ["somebody ended it", { end: undefined }, /was ended by a signal before it had finished\. Run the backup again/],
  ])("%s", async (_whose, turn, why) => {
    const { reasons, warnings } = await said(turn);
    expect(reasons).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(why)]);
    expect(warnings[0]).toMatch(new RegExp(`^${mayBeLost}.*or accept this with sync: false$`));
  });

  test("this machine has none", async () => {
    const sync = pretended({ end: 0 });
    process.env["PATH"] = emptyDirectory();
    const { reasons, warnings } = await flushed(sync.start);
    expect(sync.commands).toEqual([]);
    expect(reasons).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`there is no program sync on this machine (PATH is "`)]);
  });
});

describe("a cancellation", () => {
  /** Cancels while sync runs. */
  async function cancelled(start: (command: Command) => RunningProgram): Promise<RunRecord> {
    const run = record();
    const controller = new AbortController();
    const flushing = flush(
      run,
      workshop("/nonexistent", {
        start: (command) => {
          setImmediate(() => controller.abort(new Error("cancelled")));
          return start(command);
        },
      }),
      quietly(controller.signal),
      [],
    );
    await expect(flushing).rejects.toThrow("cancelled");
    return run;
  }

  test("kills sync and says what was not finished", async () => {
    const sync = pretended({ end: "hangs" });
    const { reasons, warnings } = await cancelled(sync.start);
    expect(sync.signals).toEqual(["SIGKILL"]);
    expect(warnings).toEqual([]);
    expect(reasons).toEqual([expect.stringContaining("may still be in memory")]);
    expect(reasons).toEqual([expect.stringContaining("the run was cancelled while")]);
  });

  test("does not wait for a sync that waits for the storage and cannot be killed", async () => {
    const stuck = { pid: () => 1, ended: new Promise<ProcessEnd>(() => undefined), kill: () => undefined };
    const { reasons } = await cancelled(() => stuck);
    expect(reasons).toHaveLength(1);
  });

  test("that a terminal sends to sync as well is none of sync's own failures", async () => {
    const controller = new AbortController();
    const run = record();
    const ends = (): RunningProgram => {
      controller.abort(new Error("cancelled"));
      return { pid: () => 1, ended: Promise.resolve({ exitCode: 130 }), kill: () => undefined };
    };
    const flushing = flush(run, workshop("/nonexistent", { start: ends }), quietly(controller.signal), []);
    await expect(flushing).rejects.toThrow("cancelled");
    expect(run.reasons).toEqual([expect.stringContaining("the run was cancelled while")]);
  });

  test("that comes when all is written cancels nothing", async () => {
    const controller = new AbortController();
    const run = await flushed(pretended({ end: 0 }).start, controller.signal);
    controller.abort();
    expect(run.reasons).toEqual([]);
  });
});

test("the log says what a run still waits for, if it takes longer than a moment", async () => {
  jest.useFakeTimers();
  const log = keepingLog();
  const sync = pretended({ end: "hangs" });
  let child: RunningProgram | undefined;
  const start = (command: Command): RunningProgram => {
    child = sync.start(command);
    return child;
  };
  const flushing = flush(record(), workshop("/nonexistent", { start }), { log, signal: never() }, []);
  await jest.advanceTimersByTimeAsync(900);
  expect(log.lines).toEqual([]);
  await jest.advanceTimersByTimeAsync(200);
  expect(log.lines).toEqual([expect.stringContaining("waiting until everything is on the destination's storage")]);
  child?.kill("SIGTERM");
  await flushing;
});

describe("what was copied is flushed", () => {
  const complete = [ended(shard())];
  test.each<[when: string, flushes: boolean, given: Partial<RunRecord>, inputs: Parameters<typeof record>[1]]>([
    ["by default", true, { ends: complete }, {}],
    ["when some of it failed, for the rest", true, { ends: [...complete, ended(shard(), { state: "failed" })] }, {}],
    ["not in a dry run", false, { ends: complete }, { "dry-run": "true" }],
    ["not with sync: false", false, { ends: complete }, { sync: "false" }],
    ["not when nothing was started", false, { ends: [] }, {}],
  ])("%s", (_when, flushes, given, inputs) => {
    expect(mustFlush(record(given, inputs))).toBe(flushes);
  });
});

function quietly(signal = never()) {
  return { log: keepingLog(), signal };
}
