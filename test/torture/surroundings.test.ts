import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import { flags, startCommand } from "../support/command-line.ts";
import {
  copyingRsyncs,
  expectExact,
  expectGoodEnd,
  expectNextRunExact,
  type Ordeal,
  ordeal,
} from "../support/ordeal.ts";
import { removePlaces } from "../support/place.ts";
import { giveToOrdinaryUser, nodeOfOrdinaryUser, noMounts, noOrdinaryUser, testUnless } from "../support/privileges.ts";
import { readReport, reportOf } from "../support/report-of.ts";
import { removeRunnerDirectories, runAction } from "../support/runner.ts";

afterEach(async () => {
  removePlaces();
  await removeRunnerDirectories();
});

const slowly = { "bandwidth-limit": "150M" };

/** A program to start instead of node: a shell script that sets something up and becomes node. */
function nodeAfter({ root }: Ordeal, script: string): string {
  const program = join(root, "node-after");
  writeFileSync(program, `#!/bin/sh\nnode='${process.execPath}'\n${script}\n`, { mode: 0o755 });
  return program;
}

/** The same for what changes the environment of an action. Not a shell: dash drops INPUT_MAX-DELETE and all others with a hyphen. */
function nodeWith({ root }: Ordeal, changes: Readonly<Record<string, string | undefined>>): string {
  const program = join(root, "node-with.cjs");
  const script = `for (const [name, value] of ${JSON.stringify(Object.entries(changes))})
  if (value === null) delete process.env[name];
  else process.env[name] = value;
process.argv.splice(1, 1);
require(process.argv[1]);`;
  writeFileSync(program, `#!${process.execPath}\n${script}\n`, { mode: 0o755 });
  return program;
}

const start = (at: Ordeal, script: string, inputs: Readonly<Record<string, string>> = {}) =>
  startCommand(flags({ ...at.inputs, ...inputs }), {
    cwd: at.root,
    env: { TMPDIR: at.temporary },
    node: nodeAfter(at, script),
  });

const faketime = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"]
  .map((directory) => `${directory}/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));
const noFaketime = faketime === undefined ? "libfaketime is not installed" : undefined;

describe("the clock jumps in the middle of the copy", () => {
  const cases = [
    { jump: "+1y", inputs: {} },
    { jump: "-1y", inputs: {} },
    { jump: "-1y", inputs: { "bandwidth-limit": "0" } },
    { jump: "+1y", inputs: { timeout: "30", retries: "2" } },
    { jump: "-1y", inputs: { timeout: "30", retries: "2" } },
    { jump: "+1h", inputs: { timeout: "30", retries: "2" } },
    { jump: "-1h", inputs: {} },
  ];
  for (const { jump, inputs } of cases)
    testUnless(noFaketime)(`by ${jump}, with ${JSON.stringify(inputs)}`, async () => {
      const at = ordeal({ older: true });
      const clock = join(at.root, "clock");
      writeFileSync(clock, "+0");
      // The clock alone jumps, as it does when it is set: what is counted since the start of the machine goes on.
      const script = `export LD_PRELOAD='${faketime}' FAKETIME_TIMESTAMP_FILE='${clock}' FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1\nexec "$node" "$@"`;
      const running = start(at, script, { ...slowly, ...inputs });
      for (let tries = 0; copyingRsyncs(at).length < 8 && tries < 1000; tries++) await pause(10);
      writeFileSync(clock, jump);
      await expectGoodEnd(at, await running.finished, { status: 0, result: "success" });
      const { run } = readReport(join(at.report, "report.json"));
      expect(run.seconds).toBeGreaterThan(0);
      expect(run.seconds).toBeLessThan(100);
      await expectExact(at);
      await expectNextRunExact(at);
    });
});

describe("no /proc", () => {
  for (const older of [false, true])
    testUnless(noMounts)(`the run is exact all the same, older: ${older}`, async () => {
      const at = ordeal({ older });
      const script = `exec unshare -m sh -c 'umount -l /proc && exec "$0" "$@"' "$node" "$@"`;
      await expectGoodEnd(at, await start(at, script).finished, { status: 0, result: "success" });
      await expectExact(at);
      await expectNextRunExact(at);
    });
});

describe("no HOME", () => {
  /** What says where report and history go is left out, so that they are looked for. */
  const withoutDirectories = ({ inputs }: Ordeal): string[] =>
    flags(Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== "report-dir" && name !== "state-dir")));

  test("nor XDG_STATE_HOME: the report is below the working directory", async () => {
    const at = ordeal({ older: true });
    const node = nodeAfter(at, 'unset HOME XDG_STATE_HOME; exec "$node" "$@"');
    const working = join(at.root, "working");
    mkdirSync(working);
    const finished = await startCommand([...withoutDirectories(at), `--state-dir=${at.state}`], { cwd: working, node })
      .finished;
    await expectGoodEnd(at, finished, { status: 0, result: undefined, keepsRecords: false });
    expect(readReport(join(working, ".dailysync", "report.json")).result).toBe("success");
    await expectNextRunExact(at);
  });

  testUnless(noOrdinaryUser)("as a user without a home: the history is below the report", async () => {
    const at = ordeal({ older: true });
    giveToOrdinaryUser(at.root);
    const inner = nodeOfOrdinaryUser(at.root) ?? process.execPath;
    const node = nodeAfter(at, `unset HOME XDG_STATE_HOME; exec '${inner}' "$@"`);
    const finished = await startCommand(withoutDirectories(at), { cwd: at.root, node }).finished;
    await expectGoodEnd(at, finished, { status: 0, result: undefined, keepsRecords: false });
    expect(readReport(join(at.root, ".dailysync", "report.json")).result).toBe("success");
    expect(finished.stdout).not.toMatch(/could not be written/);
    await expectNextRunExact(at);
  });
});

describe("GITHUB_OUTPUT and GITHUB_STEP_SUMMARY", () => {
  const places: Readonly<Record<string, string>> = {
    "are missing": "not there/file",
    "are directories": "/tmp",
    "are on a full disk": "/dev/full",
    "are not writable, as on a read-only file system": "/proc/version",
    "are empty": "",
  };
  for (const [what, path] of Object.entries(places))
    test(what, async () => {
      const at = ordeal({ older: true });
      const node = nodeWith(at, { GITHUB_OUTPUT: path, GITHUB_STEP_SUMMARY: path });
      const finished = await runAction({ with: at.inputs, node });
      expect(finished).toMatchObject({ conclusion: "success", exitCode: 0, orphans: [] });
      const said = { status: finished.exitCode, signal: finished.signal, stdout: finished.log.join("\n"), stderr: "" };
      await expectGoodEnd(at, said, { status: 0, result: "success" });
      const warnings = finished.annotations.filter(({ kind }) => kind === "warning").map(({ message }) => message);
      if (path === "") expect(warnings).toEqual([]);
      else
        expect(warnings).toEqual([
          expect.stringMatching(/^the outputs could not be set/),
          expect.stringMatching(/^the job summary could not be written/),
        ]);
      await expectNextRunExact(at);
    });

  test("are not set at all", async () => {
    const at = ordeal({ older: true });
    const node = nodeWith(at, { GITHUB_OUTPUT: undefined, GITHUB_STEP_SUMMARY: undefined });
    const finished = await runAction({ with: at.inputs, node });
    expect(finished).toMatchObject({ conclusion: "success", exitCode: 0, orphans: [], annotations: [] });
    await expectExact(at);
    await expectNextRunExact(at);
  });

  test("and RUNNER_TEMP that is not there: refused, and named", async () => {
    const at = ordeal({ older: true });
    const node = nodeWith(at, { RUNNER_TEMP: join(at.root, "not there") });
    const finished = await runAction({ with: at.inputs, node });
    expect(finished).toMatchObject({ conclusion: "failure", exitCode: 1, orphans: [] });
    expect(reportOf(finished).reasons.join()).toMatch(/RUNNER_TEMP/);
    await expectNextRunExact(at);
  });
});

describe("standard output", () => {
  const ways: Readonly<Record<string, string>> = {
    "is closed": 'exec "$node" "$@" >&-',
    "and standard error are closed": 'exec "$node" "$@" >&- 2>&-',
    "and both others are closed": 'exec "$node" "$@" <&- >&- 2>&-',
    "is on a full disk": 'exec "$node" "$@" > /dev/full',
    "and standard error are on a full disk": 'exec "$node" "$@" > /dev/full 2>&1',
    "is read for one byte and closed":
      '{ "$node" "$@"; echo $? > "$(dirname "$0")/status"; } | head -c 1; exit "$(cat "$(dirname "$0")/status")"',
  };
  for (const [what, script] of Object.entries(ways))
    test(what, async () => {
      const at = ordeal({ older: true });
      await expectGoodEnd(at, await start(at, script, slowly).finished, { status: 0, result: "success" });
      await expectExact(at);
      await expectNextRunExact(at);
    });
});
