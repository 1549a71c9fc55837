import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { freshSides, settle } from "../support/side-by-side.ts";
import { snapshot } from "../support/snapshot.ts";

const sides = freshSides();

describe("whatever ends a run, the next one makes the destination exact", () => {
  test.each<[signal: NodeJS.Signals, overOlder: boolean]>([
    ["SIGINT", false],
    ["SIGTERM", true],
    ["SIGKILL", true],
    ["SIGKILL", false],
  ])("%s to the whole process group, over an older destination: %s", async (signal, overOlder) => {
    const at = sides();
    for (const project of ["a", "b", "c", "d"]) {
      mkdirSync(`${at.source}/${project}/sub`, { recursive: true });
      for (let n = 0; n < 12; n++) {
        writeFileSync(`${at.source}/${project}/f${n}`, Buffer.alloc(400_000, n));
        writeFileSync(`${at.source}/${project}/sub/f${n}`, Buffer.alloc(100_000, n));
      }
      linkSync(`${at.source}/${project}/f1`, `${at.source}/a/link-${project}`);
    }
    settle(at.source);
    if (overOlder) {
      execFileSync("rsync", ["-aH", `${at.source}/`, `${at.ours}/`]);
      rmSync(`${at.ours}/b`, { recursive: true });
      mkdirSync(`${at.ours}/a/extraneous/deep`, { recursive: true });
      for (const path of ["a/f1", "c/f3", "d/sub/old", "a/extraneous/deep/f", "oldloose"])
        writeFileSync(`${at.ours}/${path}`, "older");
    }
    const flags = [
      ...["dist/cli.cjs", "--source", at.source, "--destination", at.ours, "--delete", "--max-delete", "100%"],
      ...["--preserve", "hard-links", "--parallelism", "6"],
      ...["--report-dir", `${at.path}/report`, "--state-dir", `${at.path}/state`],
    ];
    // Slowly, so that the signal meets rsyncs at work.
    const first = spawn(process.execPath, [...flags, "--bandwidth-limit", "3M"], { detached: true, stdio: "ignore" });
    const ended = new Promise((resolve) => first.once("exit", resolve));
    while (!existsSync(`${at.ours}/b`)) await pause(10);
    await pause(250);
    if (first.pid !== undefined) process.kill(-first.pid, signal);
    await ended;
    if (signal === "SIGKILL") {
      // Nobody ended its rsyncs: they go as soon as they notice that nobody listens.
      while (spawnSync("pgrep", ["-f", at.source]).status === 0) await pause(50);
    } else {
      const { result } = JSON.parse(readFileSync(`${at.path}/report/report.json`, "utf8")) as { result: string };
      expect(result).toBe("cancelled");
    }

    expect(spawnSync(process.execPath, flags).status).toBe(0);
    expect(snapshot(at.ours, true)).toEqual(snapshot(at.source, true));
  });
});
