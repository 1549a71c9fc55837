import { describe, expect, test } from "@jest/globals";
import { freeSpace, noSpace, usedSpace } from "../../../src/preflight/space.ts";
import { emptyDirectories } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const mebibyte = 1024 ** 2;

describe("what comes fits", () => {
  test.each([
    ["where there is room", { bytes: 10, inodes: 10 }, 5, 5],
    ["to the last byte and inode", { bytes: 10, inodes: 10 }, 10, 10],
    ["in any number where inodes are without number", { bytes: 10, inodes: undefined }, 10, 1_000_000],
    ["where nothing comes", { bytes: 0, inodes: 0 }, 0, 0],
  ])("%s", (_name, free, bytes, files) => {
    expect(noSpace({ mayCompress: false, ...free }, bytes, files)).toBeUndefined();
  });
});

describe("what comes does not fit, and the problem says how much is missing:", () => {
  test.each([
    [
      "bytes",
      { bytes: 5 * mebibyte, inodes: 10 },
      7 * mebibyte,
      1,
      /^destination has 5\.00 MiB free, and 7\.00 MiB .*: free some/,
    ],
    ["one byte", { bytes: 10, inodes: undefined }, 11, 1, /^destination has 10 B free, and 11 B/],
    ["inodes", { bytes: 100, inodes: 10 }, 50, 11, /^destination has 10 free inodes, and 11 new files/],
  ] as const)("%s", (_name, free, bytes, files, problem) => {
    expect(noSpace({ mayCompress: false, ...free }, bytes, files)).toMatch(problem);
  });
});

test("a real file system tells what it has", async () => {
  const place = emptyDirectory();
  const free = await freeSpace(place);
  expect(free?.bytes).toBeGreaterThan(0);
  const used = await usedSpace([place]);
  expect(used).toBeGreaterThanOrEqual(0);
  expect(await usedSpace([])).toBe(0);
});

test("a place that is not there yet has what its parent has", async () => {
  const free = await freeSpace(`${emptyDirectory()}/absent`);
  expect(free?.bytes).toBeGreaterThan(0);
});

test("a file system that counts nothing does not tell", async () => {
  expect(await freeSpace("/proc")).toBeUndefined();
  expect(await usedSpace([emptyDirectory(), "/proc"])).toBeUndefined();
});

test("a place without a parent does not tell", async () => {
  expect(await freeSpace("/nonexistent/a/b")).toBeUndefined();
  expect(await usedSpace(["/nonexistent/a/b"])).toBeUndefined();
});
