import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { fromText } from "../../../src/byte-path.ts";
import { readDirectory, readDirectoryIfThere } from "../../../src/survey/directory.ts";
import { emptyDirectories, plant } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const asRoot = process.geteuid?.() === 0;

test("entries come with the bytes of their names and what they are", async () => {
  const root = emptyDirectory();
  plant(root, ["directory/", "file", "caf\xe9", "new\nline", fromText("日本語")]);
  symlinkSync("directory", `${root}/link to a directory`);
  symlinkSync("nowhere", `${root}/link to nothing`);
  execFileSync("mkfifo", [`${root}/pipe`]);
  const entries = await readDirectory(fromText(root));
  const byName = new Map(entries.map(({ name, isDirectory, isFile }) => [name as string, { isDirectory, isFile }]));
  const neither = { isDirectory: false, isFile: false };
  expect(byName).toEqual(
    new Map([
      ["directory", { isDirectory: true, isFile: false }],
      ["file", { isDirectory: false, isFile: true }],
      ["caf\xe9", { isDirectory: false, isFile: true }],
      ["new\nline", { isDirectory: false, isFile: true }],
      [fromText("日本語"), { isDirectory: false, isFile: true }],
      ["link to a directory", neither],
      ["link to nothing", neither],
      ["pipe", neither],
    ]),
  );
});

test("a directory whose own name is not UTF-8 can be read", async () => {
  const root = emptyDirectory();
  plant(root, ["caf\xe9/x"]);
  const entries = await readDirectory(fromText(root).concat("/caf\xe9") as ReturnType<typeof fromText>);
  expect(entries.map(({ name }) => name)).toEqual(["x"]);
});

test.each([
  ["that is absent", "absent", "ENOENT"],
  ["whose place a file has", "file", "ENOTDIR"],
  ["below a file", "file/x", "ENOTDIR"],
])("a directory %s cannot be read, and has no entries where that is allowed", async (_name, path, code) => {
  const root = emptyDirectory();
  plant(root, ["file"]);
  const whole = fromText(`${root}/${path}`);
  await expect(readDirectory(whole)).rejects.toMatchObject({ code });
  expect(await readDirectoryIfThere(whole)).toEqual([]);
});

// Modes do not bind root: nothing is unreadable to it.
(asRoot ? test.skip : test)("an unreadable directory is an error in either case", async () => {
  const root = emptyDirectory();
  plant(root, ["closed/x"]);
  chmodSync(`${root}/closed`, 0);
  await expect(readDirectory(fromText(`${root}/closed`))).rejects.toMatchObject({ code: "EACCES" });
  await expect(readDirectoryIfThere(fromText(`${root}/closed`))).rejects.toMatchObject({ code: "EACCES" });
  chmodSync(`${root}/closed`, 0o700);
});
