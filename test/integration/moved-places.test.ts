import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Report } from "../../src/report/report.ts";
import { backUp, scratch } from "../support/back-up.ts";

let place: ReturnType<typeof scratch>;
let source: string;
let destination: string;

beforeEach(() => {
  place = scratch();
  [source, destination] = [`${place.path}/source`, `${place.path}/destination`];
});

afterEach(() => place.dispose());

/** Projects that each take a quarter of a second or more, one after the other. */
function plant(root: string, files: number): void {
  for (const project of ["a", "b", "c", "d", "e", "f"]) {
    mkdirSync(`${root}/${project}`, { recursive: true });
    for (let n = 0; n < files; n++) writeFileSync(`${root}/${project}/${n}`, Buffer.alloc(20_000));
  }
}

/** A run that is slow enough to be disturbed; `disturb` is called when the first file that the destination lacked has arrived. */
async function disturbed(inputs: Parameters<typeof backUp>[0], disturb: () => void): Promise<Report> {
  writeFileSync(`${source}/a/first`, "");
  const arrival = `${destination}/a/first`;
  const running = backUp(
    { source, destination, parallelism: "2", retries: "0", "bandwidth-limit": "400k", ...inputs },
    { leastSeconds: 1e-6 },
  );
  for (let waited = 0; !existsSync(arrival) && waited < 30_000; waited += 10) await pause(10);
  disturb();
  return running;
}

describe("a place that is another one than when the run began", () => {
  test("at the destination is a failure, and nothing more is written into what took its place", async () => {
    plant(source, 12);
    const report = await disturbed({}, () => {
      renameSync(destination, `${place.path}/unmounted`);
      mkdirSync(destination);
    });
    expect(report.result).toBe("failure");
    expect(report.reasons.join("\n")).toContain("is not the directory that the run began with");
    expect(report.projects.filter(({ state }) => state === "complete").length).toBeLessThan(6);
    // The two rsyncs that ran when it happened may have ended in either; no other was started.
    expect(readdirSync(destination).length).toBeLessThanOrEqual(2);
  });

  test("at the source is a failure, and deletes nothing", async () => {
    plant(source, 12);
    plant(destination, 30);
    const report = await disturbed({ delete: "true", "max-delete": "100%", "rsync-args": "--ignore-times" }, () => {
      renameSync(source, `${place.path}/unmounted`);
      mkdirSync(source);
    });
    expect(report.result).toBe("failure");
    for (const project of ["d", "e", "f"]) expect(readdirSync(`${destination}/${project}`)).toHaveLength(30);
  });
});

test("what changes after the count cannot delete past the limit: each rsync has it too", async () => {
  plant(source, 12);
  plant(destination, 12);
  const emptied = (): void => {
    for (const name of readdirSync(`${source}/f`)) rmSync(`${source}/f/${name}`);
  };
  const report = await disturbed({ delete: "true", "max-delete": "3", "rsync-args": "--ignore-times" }, emptied);
  expect(report.deletions).toMatchObject({ pending: 0, refused: undefined });
  expect(readdirSync(`${destination}/f`).length).toBeGreaterThanOrEqual(9);
  expect(report.result).toBe("failure");
  expect(report.projects.filter(({ state }) => state === "failed").map(({ name }) => name)).toEqual(["f"]);
});
