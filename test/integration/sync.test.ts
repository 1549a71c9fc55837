import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Report } from "../../src/report/report.ts";
import { backUp, scratch } from "../support/back-up.ts";
import { mount, mountImage, noLoops, noMounts, testUnless, unmount } from "../support/privileges.ts";

const mebibyte = 1024 * 1024;

let place: ReturnType<typeof scratch>;
let source: string;
let destination: string;
const mounted: string[] = [];

beforeEach(() => {
  place = scratch();
  [source, destination] = [`${place.path}/source`, `${place.path}/destination`];
  mkdirSync(source);
});

afterEach(() => {
  for (const where of mounted.splice(0).reverse()) unmount(where);
  place.dispose();
});

/** Mounts by what is given; all is unmounted after the test. */
function mounts(where: string, by: () => number | null): void {
  expect(by()).toBe(0);
  mounted.push(where);
}

/** A project with random data, so that nothing else on the storage can be taken for it. */
function plant(project: string, bytes: number): Buffer {
  const data = randomBytes(bytes);
  mkdirSync(`${source}/${project}`, { recursive: true });
  writeFileSync(`${source}/${project}/data`, data);
  return data;
}

/** Whether the storage behind a mounted image has what begins, and what ends, a file's data. */
function isStored(image: string, data: Buffer): boolean {
  const stored = readFileSync(image);
  return stored.includes(data.subarray(0, 4096)) && stored.includes(data.subarray(-4096));
}

const phasesOf = ({ phases }: Report) => phases.map(({ name }) => name);

describe("when a run has ended", () => {
  testUnless(noLoops)("what it copied is on the storage, with nothing unmounted", async () => {
    const image = `${place.path}/image`;
    mounts(destination, () => mountImage(image, destination, 64 * mebibyte));
    const data = plant("alpha", 20_000_000);
    const report = await backUp({ source, destination });
    expect(isStored(image, data)).toBe(true);
    expect(report).toMatchObject({ result: "success", reasons: [], notices: [] });
    expect(phasesOf(report).slice(-2)).toEqual(["copy", "sync"]);
  });

  testUnless(noLoops)("so is what went to a file system that is mounted below the destination", async () => {
    const images = ["alpha", "beta"].map((project) => {
      const image = `${place.path}/image of ${project}`;
      const where = `${destination}/${project}`;
      mounts(where, () => mountImage(image, where, 16 * mebibyte));
      return { image, data: plant(project, 4_000_000) };
    });
    expect(await backUp({ source, destination })).toMatchObject({ result: "success" });
    for (const { image, data } of images) expect(isStored(image, data)).toBe(true);
  });
});

testUnless(noLoops)("what the storage cannot take is a failure, though every rsync succeeds", async () => {
  const storage = `${place.path}/storage`;
  // The file system believes in 64 MiB, and has 6.
  mounts(storage, () => mount("tmpfs", storage, "-t", "tmpfs", "-o", "size=6m"));
  mounts(destination, () => mountImage(`${storage}/image`, destination, 64 * mebibyte));
  plant("alpha", 20_000_000);

  const report = await backUp({ source, destination, retries: "0" });
  expect(report.projects.map(({ state }) => state)).toEqual(["complete"]);
  expect(report.result).toBe("failure");
  expect(report.reasons).toEqual([
    expect.stringMatching(
      /^what was copied to destination ".*" may not be on its storage: sync -f ended with 1: .*error syncing .*Input\/output error\. Find out/,
    ),
  ]);
});

describe("nothing is waited for", () => {
  test.each([
    ["with sync: false", { sync: "false" }],
    ["in a dry run", { "dry-run": "true" }],
  ])("%s", async (_when, inputs) => {
    plant("alpha", 1000);
    const report = await backUp({ source, destination, ...inputs });
    expect(report.result).toBe("success");
    expect(phasesOf(report)).toContain("copy");
    expect(phasesOf(report)).not.toContain("sync");
  });
});

test("what was copied is written out although something else failed", async () => {
  plant("alpha", 1000);
  plant("beta", 1000);
  // A file is in the way of a project, and rsync does not replace a directory that is not empty.
  mkdirSync(`${source}/gamma`);
  writeFileSync(`${source}/gamma/file`, "");
  mkdirSync(`${destination}/gamma/file/with something in it`, { recursive: true });
  const report = await backUp({ source, destination, retries: "0" });
  expect(report.result).toBe("failure");
  expect(report.projects.find(({ state }) => state === "failed")?.name).toBe("gamma");
  expect(phasesOf(report)).toContain("sync");
});

testUnless(noMounts)("a file system in memory has no storage, and nothing to say", async () => {
  mounts(destination, () => mount("tmpfs", destination, "-t", "tmpfs", "-o", "size=1m"));
  plant("alpha", 1000);
  expect(await backUp({ source, destination })).toMatchObject({ result: "success", notices: [] });
});
