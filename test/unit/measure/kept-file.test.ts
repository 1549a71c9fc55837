import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { keepFile } from "../../../src/measure/kept-file.ts";

const root = mkdtempSync(join(tmpdir(), "dailysync-kept-"));
afterAll(() => rmSync(root, { recursive: true }));

function fileOf(text: string): string {
  const path = join(root, `${Math.random()}`);
  writeFileSync(path, text);
  return path;
}

test("a kept file is read from its beginning each time, as it is now", () => {
  const path = fileOf("one\n");
  const file = keepFile(path);
  expect(file.read()).toBe("one\n");
  appendFileSync(path, "two\n");
  expect([file.read(), file.read()]).toEqual(["one\ntwo\n", "one\ntwo\n"]);
  file.close();
});

test("two kept files do not disturb each other, though they share memory", () => {
  const [one, other] = [keepFile(fileOf("a longer text")), keepFile(fileOf("short"))];
  expect([one.read(), other.read(), one.read()]).toEqual(["a longer text", "short", "a longer text"]);
  for (const file of [one, other]) file.close();
});

test("a kept file stays the same one when another takes its place", () => {
  const path = fileOf("old");
  const file = keepFile(path);
  rmSync(path);
  writeFileSync(path, "new");
  expect(file.read()).toBe("old");
  file.close();
});

test.each([
  ["that is not there", join(root, "nothing")],
  ["that is a directory", root],
])("one %s reads undefined, and can be closed", (_name, path) => {
  const file = keepFile(path);
  expect(file.read()).toBeUndefined();
  file.close();
});

test("one that was closed reads undefined, even when another file has its number", () => {
  const file = keepFile(fileOf("mine"));
  file.close();
  const path = fileOf("another's");
  const another = openSync(path, "r");
  expect(file.read()).toBeUndefined();
  file.close();
  expect(readFileSync(another, "latin1")).toBe("another's");
  closeSync(another);
});
