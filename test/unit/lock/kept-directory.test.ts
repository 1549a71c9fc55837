import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, statSync, writeFileSync } from "node:fs";
import { afterEach, expect, test } from "@jest/globals";
import { keepingDirectory } from "../../../src/lock/kept-directory.ts";
import { fakeRsync } from "../../support/fake-rsync.ts";
import { testUnless } from "../../support/privileges.ts";
import { emptyDirectories } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const path = process.env["PATH"];
const timeOf = (directory: string): bigint => statSync(directory, { bigint: true }).mtimeNs;

afterEach(() => {
  process.env["PATH"] = path;
});

test.each(["@1577836800.123456789", "@1795673825.999999999", "@1700000000", "@-1.000000001"])(
  "a directory of %s is as old after an entry was made in it, to the nanosecond",
  async (time) => {
    const directory = emptyDirectory();
    execFileSync("touch", ["-m", "-d", time, directory]);
    const before = timeOf(directory);
    await keepingDirectory(directory, async () => writeFileSync(`${directory}/file`, ""));
    expect(timeOf(directory)).toBe(before);
  },
);

test("where touch knows no fractions it is so to the microsecond", async () => {
  const directory = emptyDirectory();
  execFileSync("touch", ["-m", "-d", "@1700000000.123456789", directory]);
  const tools = emptyDirectory();
  fakeRsync(tools, "exit 1", "touch");
  process.env["PATH"] = tools;
  await keepingDirectory(directory, async () => writeFileSync(`${directory}/file`, ""));
  const off = timeOf(directory) - 1_700_000_000_123_456_789n;
  expect(off < 0n ? -off : off).toBeLessThan(1000n);
});

testUnless(process.geteuid?.() === 0 ? "nothing is closed to root" : undefined)(
  "a directory that is closed to its owner is opened for the moment",
  async () => {
    const directory = emptyDirectory();
    chmodSync(directory, 0o000);
    await keepingDirectory(directory, async () => writeFileSync(`${directory}/file`, ""));
    expect(statSync(directory).mode & 0o7777).toBe(0);
    chmodSync(directory, 0o700);
    expect(existsSync(`${directory}/file`)).toBe(true);
  },
);

test("a change that fails is told", async () => {
  const failing = keepingDirectory(emptyDirectory(), () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
});
