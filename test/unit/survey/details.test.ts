import { chmodSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { absentDirectories, filesAmong, filesOf, isEmpty } from "../../../src/survey/details.ts";
import { emptyDirectories, never, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

describe("the files of a directory", () => {
  test("have their paths below the source and their sizes; directories and what is below them are left out", async () => {
    const source = emptyDirectory();
    plant(source, [["alpha/one", 11], ["alpha/caf\xe9", 22], ["alpha/new\nline", 0], "alpha/sub/x", "beta/x"]);
    symlinkSync("a long target", `${source}/alpha/link`);
    const files = await filesOf(source, raw("alpha"), true, never());
    expect(new Map(files.map(({ path, bytes }) => [path as string, bytes]))).toEqual(
      new Map([
        ["alpha/one", 11],
        ["alpha/caf\xe9", 22],
        ["alpha/new\nline", 0],
        ["alpha/link", 0],
      ]),
    );
  });

  test("of the source itself have no slash in front", async () => {
    const source = emptyDirectory();
    plant(source, [["one", 1]]);
    expect(await filesOf(source, raw(""), true, never())).toEqual([{ path: "one", bytes: 1 }]);
  });

  test.each([true, false])("that is gone are none, with sizes (%j)", async (withSizes) => {
    expect(await filesOf(emptyDirectory(), raw("gone"), withSizes, never())).toEqual([]);
  });
});

test("a directory's files without sizes are its names", async () => {
  const source = emptyDirectory();
  plant(source, [["alpha/one", 11], ["alpha/caf\xe9", 22], "alpha/sub/x"]);
  symlinkSync("nowhere", `${source}/alpha/link`);
  const files = await filesOf(source, raw("alpha"), false, never());
  expect(new Map(files.map(({ path, bytes }) => [path as string, bytes]))).toEqual(
    new Map([
      ["alpha/one", 0],
      ["alpha/caf\xe9", 0],
      ["alpha/link", 0],
    ]),
  );
});

test("of several paths those are files that are there and no directories", async () => {
  const root = emptyDirectory();
  plant(root, ["alpha/one", "alpha/sub/", "beta"]);
  symlinkSync("alpha", `${root}/link`);
  const asked = ["alpha/one", "alpha/sub", "beta", "beta/below", "gone", "link"].map(raw);
  expect([...(await filesAmong(root, asked, never()))].sort()).toEqual(["alpha/one", "beta", "link"]);
});

test.each([
  ["a directory without entries", [], "", true],
  ["one that is not there", [], "/gone", true],
  ["one that has nothing but what is ours", ["ours"], "", true],
  ["something that is no directory", ["file"], "/file", true],
  ["one that holds anything, hidden or a directory", [".hidden/"], "", false],
])("%s is empty or not", async (_name, entries, path, expected) => {
  const root = emptyDirectory();
  plant(root, entries);
  expect(await isEmpty(`${root}${path}`, new Set([raw("ours")]))).toBe(expected);
});

describe("of directories at the destination", () => {
  test.each([
    ["one that is there is not absent", ["alpha/"], ["alpha"], []],
    ["one that is not there is", ["alpha/"], ["alpha", "beta"], ["beta"]],
    ["one below an absent parent is", [], ["alpha/one"], ["alpha/one"]],
    ["one whose place a file has is", ["alpha"], ["alpha"], ["alpha"]],
    ["one whose parent's place a file has is", ["alpha"], ["alpha/one/two"], ["alpha/one/two"]],
    ["names of any bytes are found", ["caf\xe9/new\nline/"], ["caf\xe9/new\nline", "caf\xe8"], ["caf\xe8"]],
    ["the order stays", [], ["b", "a", "c"], ["b", "a", "c"]],
    ["one below another that is there is asked for itself", ["alpha/one/"], ["alpha/one", "alpha/two"], ["alpha/two"]],
    ["deep ones may be asked without their parents", ["a/b/c/"], ["a/b/c", "a/b/d", "x/y/z"], ["a/b/d", "x/y/z"]],
  ])("%s", async (_name, entries, asked, absent) => {
    const destination = emptyDirectory();
    plant(destination, entries);
    expect(await absentDirectories(destination, asked.map(raw), never())).toEqual(absent);
  });

  test("one behind a symbolic link is absent, although the link leads to a directory", async () => {
    const destination = emptyDirectory();
    plant(destination, ["real/one/"]);
    symlinkSync("real", `${destination}/alpha`);
    const asked = ["real/one", "alpha", "alpha/one"].map(raw);
    expect(await absentDirectories(destination, asked, never())).toEqual(["alpha", "alpha/one"]);
  });

  test("all are absent where there is no destination", async () => {
    expect(await absentDirectories(`${emptyDirectory()}/absent`, [raw("alpha")], never())).toEqual(["alpha"]);
  });
});

test("a cancellation ends the questions with its reason", async () => {
  const root = emptyDirectory();
  plant(root, ["a/x"]);
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(filesOf(root, raw("a"), true, stopped)).rejects.toThrow("stopped");
  await expect(absentDirectories(root, [raw("a")], stopped)).rejects.toThrow("stopped");
  await expect(filesAmong(root, [raw("a/x")], stopped)).rejects.toThrow("stopped");
});

// Root may look into everything.
(process.geteuid?.() === 0 ? describe.skip : describe)("what does not answer", () => {
  test("is not absent: no file may be written in place over what may be in it", async () => {
    const root = emptyDirectory();
    plant(root, ["closed/inside/file", "open/inside/"]);
    chmodSync(`${root}/closed`, 0);
    const few = ["closed/inside", "open/inside", "open/gone"].map(raw);
    expect(await absentDirectories(root, few, never())).toEqual(["open/gone"]);
    const many = Array.from({ length: 20 }, (_, index) => raw(`closed/${index}`));
    expect(await absentDirectories(root, many, never())).toEqual([]);
    expect(await isEmpty(`${root}/closed`, new Set())).toBe(false);
    chmodSync(`${root}/closed`, 0o700);
  });
});
