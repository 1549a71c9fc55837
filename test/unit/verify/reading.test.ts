import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { openingError, readingError } from "../../../src/verify/reading.ts";
import { testUnless } from "../../support/privileges.ts";
import { emptyDirectories, never, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

test("a file that can be read has no error, and one that is gone none either", async () => {
  const directory = emptyDirectory();
  writeFileSync(`${directory}/a`, Buffer.alloc(3_000_000));
  expect(await readingError(raw(`${directory}/a`), never())).toBeUndefined();
  expect(await openingError(raw(`${directory}/a`))).toBeUndefined();
  expect(await readingError(raw(`${directory}/gone`), never())).toBeUndefined();
});

test("a link is no file of ours, wherever it leads", async () => {
  const directory = emptyDirectory();
  symlinkSync("/dev/null", `${directory}/link`);
  expect(await openingError(raw(`${directory}/link`))).toBe("ELOOP");
});

testUnless(existsSync("/proc/self/mem") ? undefined : "there is no /proc/self/mem")(
  "an error that comes while it is read is found, where opening it was no problem",
  async () => {
    expect(await openingError(raw("/proc/self/mem"))).toBeUndefined();
    expect(await readingError(raw("/proc/self/mem"), never())).toBe("EIO");
  },
);

test("a cancellation ends the reading", async () => {
  const directory = emptyDirectory();
  writeFileSync(`${directory}/a`, Buffer.alloc(3_000_000));
  await expect(readingError(raw(`${directory}/a`), AbortSignal.abort(new Error("cancelled")))).rejects.toThrow(
    "cancelled",
  );
});
