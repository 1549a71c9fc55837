import { execFileSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { afterEach, expect, test } from "@jest/globals";
import { keepingTime } from "../../../src/lock/directory-time.ts";
import { fakeRsync } from "../../support/fake-rsync.ts";
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
    await keepingTime(directory, async () => writeFileSync(`${directory}/file`, ""));
    expect(timeOf(directory)).toBe(before);
  },
);

test("where touch knows no fractions it is so to the microsecond", async () => {
  const directory = emptyDirectory();
  execFileSync("touch", ["-m", "-d", "@1700000000.123456789", directory]);
  const tools = emptyDirectory();
  fakeRsync(tools, "exit 1", "touch");
  process.env["PATH"] = tools;
  await keepingTime(directory, async () => writeFileSync(`${directory}/file`, ""));
  const off = timeOf(directory) - 1_700_000_000_123_456_789n;
  expect(off < 0n ? -off : off).toBeLessThan(1000n);
});

test("a change that fails is told", async () => {
  const failing = keepingTime(emptyDirectory(), () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
});
