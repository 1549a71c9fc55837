import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { keepsLocksToItself, kernelLock } from "../../../src/lock/kernel-lock.ts";
import type { Mount } from "../../../src/measure/storage.ts";
import { fakeRsync } from "../../support/fake-rsync.ts";
import { emptyDirectories } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const path = process.env["PATH"];

afterEach(() => {
  process.env["PATH"] = path;
});

test("a file is locked for one descriptor, until that is closed", async () => {
  const file = join(emptyDirectory(), "lock");
  const first = openSync(file, "w+");
  const second = openSync(file, "r+");
  expect(await kernelLock(first, file)).toBe("locked");
  expect(await kernelLock(second, file)).toBe("held");
  // Who has it may ask again.
  expect(await kernelLock(first, file)).toBe("locked");
  closeSync(first);
  expect(await kernelLock(second, file)).toBe("locked");
  closeSync(second);
});

test.each([
  ["util-linux, where the file system has no locks", "echo 'flock: 3: No locks available' >&2; exit 71"],
  ["util-linux, where it knows none", "echo 'flock: 3: Invalid argument' >&2; exit 65"],
  ["busybox", "echo 'flock: Operation not supported' >&2; exit 1"],
  ["a program that cannot be run", "exit 126"],
])("what %s says is no lock", async (_whose, script) => {
  const directory = emptyDirectory();
  fakeRsync(directory, script, "flock");
  process.env["PATH"] = directory;
  const file = openSync(join(directory, "lock"), "w+");
  expect(await kernelLock(file, join(directory, "lock"))).toBe("unsupported");
  closeSync(file);
});

test("where there is no flock there is no lock", async () => {
  process.env["PATH"] = emptyDirectory();
  expect(await kernelLock(0, "/lock")).toBe("unsupported");
});

describe("a network file system keeps locks to itself", () => {
  const mounted = (fileSystem: string, options: string): Mount[] => [
    { deviceNumber: "0:50", root: "/", mountPoint: "/mnt", fileSystem, source: "nas:/", options },
  ];
  test.each<[fileSystem: string, options: string, expected: boolean]>([
    ["nfs4", "rw,vers=4.2,local_lock=none,addr=10.0.0.5", false],
    ["nfs", "rw,nolock,local_lock=all", true],
    ["nfs", "rw,local_lock=flock", true],
    ["nfs", "rw,local_lock=posix", false],
    ["cifs", "rw,vers=3.1.1,nobrl", true],
    ["cifs", "rw,vers=3.1.1", false],
    ["ext4", "rw,nobrl,local_lock=all", false],
  ])("%s with %s: %s", (fileSystem, options, expected) => {
    expect(keepsLocksToItself(mounted(fileSystem, options), "/mnt/backup")).toBe(expected);
  });
});
