import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Mount } from "../../../src/measure/storage.ts";
import { missingMounts, unguarded } from "../../../src/preflight/guards.ts";
import { howToMark, markerMissing } from "../../../src/preflight/marker.ts";
import { emptyDirectories } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const mount = (mountPoint: string, deviceNumber: string): Mount => ({
  ...{ mountPoint, deviceNumber, fileSystem: "ext4", source: "/dev/x", root: "/", options: "" },
});
const mounts = [mount("/", "8:1"), mount("/mounted", "8:2")];

describe("a marker", () => {
  test("that is not demanded is not looked for", async () => {
    expect(await markerMissing("/nonexistent", undefined)).toBeUndefined();
  });

  test("is a file in the destination itself, an empty one too", async () => {
    const destination = emptyDirectory();
    writeFileSync(`${destination}/here`, "");
    expect(await markerMissing(destination, "here")).toBeUndefined();
  });

  test.each([
    ["is absent", (_path: string) => undefined, /^marker: destination ".*" has no file "here".*mount is missing/],
    ["is a directory", (path: string) => mkdirSync(path), /^marker: "here" in .* is no regular file/],
    [
      "is a link to a file",
      (path: string) => symlinkSync("/etc/passwd", path),
      /^marker: "here" in .* no regular file/,
    ],
    [
      "is a link to nothing",
      (path: string) => symlinkSync("nowhere", path),
      /^marker: "here" in .* is no regular file/,
    ],
  ])("that %s is missing", async (_name, make, words) => {
    const destination = emptyDirectory();
    make(`${destination}/here`);
    expect(await markerMissing(destination, "here")).toMatch(words);
  });

  test("is missing where the destination is, or is something else", async () => {
    const directory = emptyDirectory();
    writeFileSync(`${directory}/file`, "");
    expect(await markerMissing(`${directory}/absent`, "here")).toMatch(/has no file "here"/);
    expect(await markerMissing(`${directory}/file`, "here")).toMatch(/cannot be looked at: ENOTDIR/);
  });

  test("is made by a command that is named, with its name", () => {
    expect(howToMark("here")).toContain("dailysync init DESTINATION --marker=here");
  });
});

describe("require-mount", () => {
  const ends = { source: { realPath: "/mounted/a" }, destination: { realPath: "/home/b" } };

  test.each([
    [undefined, 0],
    ["source", 0],
    ["destination", 1],
    ["both", 1],
  ] as const)("%s: of a mounted source and a destination that is not, %d are missing", (requireMount, missing) => {
    expect(missingMounts({ requireMount }, ends, mounts)).toHaveLength(missing);
  });

  test("asks nothing of a place that was not found", () => {
    expect(missingMounts({ requireMount: "both" }, { source: undefined, destination: undefined }, mounts)).toEqual([]);
  });

  test("is looked at anew, before the marker", async () => {
    const places = { source: "/mounted/a", destination: "/mounted/b" };
    const inputs = { requireMount: "both", marker: "here" } as const;
    expect(await unguarded({ ...inputs, marker: undefined }, places, mounts)).toBeUndefined();
    expect(await unguarded(inputs, places, mounts)).toMatch(/^marker: /);
    expect(await unguarded(inputs, places, mounts.slice(0, 1))).toMatch(/^require-mount: source /);
  });
});
