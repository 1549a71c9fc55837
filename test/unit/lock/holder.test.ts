import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { describe, expect, test } from "@jest/globals";
import { type Holder, isAlive, isHere, ourselves, parseHolder, runOf } from "../../../src/lock/holder.ts";

const id = "0d6f3b1e-7a55-4c1c-9a53-0a3f6c1b2d3e";
const startedAt = new Date("2026-11-26T02:17:05.123Z");
const us = ourselves({ id, url: undefined, startedAt });

describe("a holder", () => {
  test("survives being written and read", () => {
    const holder = ourselves({ id, url: "https://github.com/o/r/actions/runs/1", startedAt });
    expect(parseHolder(JSON.stringify(holder))).toEqual(holder);
    expect(holder).toMatchObject({ formatVersion: 1, host: hostname(), pid: process.pid });
  });

  test.each<[what: string, change: object]>([
    ["another version", { formatVersion: 2 }],
    ["a process id that would mean a group", { pid: -1 }],
    ["a process id that would mean our own group", { pid: 0 }],
    ["a process id that is none", { pid: 1.5 }],
    ["an id that is no run's", { runId: "" }],
    ["an address that is none", { url: "javascript:alert(1)" }],
    ["an address with a newline", { url: "https://x\n::error::y" }],
    ["a time that is none", { startedAt: "yesterday" }],
    ["no host", { host: undefined }],
  ])("is none with %s", (_what, change) => {
    expect(parseHolder(JSON.stringify({ ...us, ...change }))).toBeUndefined();
  });

  test.each(["", "null", "[]", "{", '"text"'])("is none in %j", (text) => {
    expect(parseHolder(text)).toBeUndefined();
  });
});

describe("whether a holder lives", () => {
  test("is known of this process", () => {
    expect([isHere(us), isAlive(us)]).toEqual([true, true]);
  });

  test("is no for a process that has ended", () => {
    const { pid } = spawnSync("true");
    expect(isAlive({ ...us, pid })).toBe(false);
  });

  test("is no for one whose id another process has by now", () => {
    expect(isAlive({ ...us, processStarted: "1" })).toBe(false);
  });

  test.each<[string, Partial<Holder>]>([
    ["another machine, or before a restart", { bootId: "another" }],
    ["another container", { pidNamespace: "pid:[1]" }],
  ])("cannot be seen from here of one of %s", (_where, change) => {
    expect(isHere({ ...us, ...change })).toBe(false);
  });
});

describe("a message names", () => {
  test("the run's beginning, its process and its page", () => {
    expect(runOf({ ...us, pid: 1234, url: "https://x.test/1" })).toBe(
      "the run that began 2026-11-26 02:17:05 UTC (process 1234 on this machine, https://x.test/1)",
    );
  });

  test("the host, with what would not show on a terminal made visible", () => {
    expect(runOf({ ...us, pid: 1, bootId: "another", host: "nas\u001b1" })).toContain(
      '(process 1 on host "nas\\u001b1")',
    );
  });

  test("the container of this machine", () => {
    expect(runOf({ ...us, pid: 1, host: "c0ffee", pidNamespace: "pid:[1]" })).toContain(
      '(process 1 on this machine, in the container "c0ffee")',
    );
  });

  test("nobody where nothing can be read", () => {
    expect(runOf(undefined)).toBe("a run that has not said who it is");
  });
});
