import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { type BytePath, fromText, join } from "../../../src/byte-path.ts";
import { type Entry, readDirectory, readDirectoryAtOnce, readDirectoryIfThere } from "../../../src/survey/directory.ts";
import { emptyDirectories, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const asRoot = process.geteuid?.() === 0;

/** The same in both threads. */
const readers: readonly (readonly [string, (path: BytePath) => Promise<readonly Entry[]>])[] = [
  ["in another thread", readDirectory],
  ["in this thread", async (path) => readDirectoryAtOnce(path)],
];

describe.each(readers)("read %s", (_where, read) => {
  const namesOf = async (path: BytePath): Promise<string[]> => (await read(path)).map(({ name }) => name as string);

  test.each([
    ["all names are ASCII", []],
    ["one name is UTF-8", [fromText("日本語")]],
    ["one name is no text", ["caf\xe9"]],
  ])("entries come with what they are, where %s", async (_name, more) => {
    const root = emptyDirectory();
    plant(root, ["directory/", "file", "new\nline", ...more]);
    symlinkSync("directory", `${root}/link to a directory`);
    symlinkSync("nowhere", `${root}/link to nothing`);
    execFileSync("mkfifo", [`${root}/pipe`]);
    const entries = await read(fromText(root));
    const byName = new Map(entries.map(({ name, isDirectory, isFile }) => [name as string, { isDirectory, isFile }]));
    const [file, neither] = [
      { isDirectory: false, isFile: true },
      { isDirectory: false, isFile: false },
    ];
    expect(entries).toHaveLength(6 + more.length);
    expect(byName).toEqual(
      new Map([
        ["directory", { isDirectory: true, isFile: false }],
        ["file", file],
        ["new\nline", file],
        ["link to a directory", neither],
        ["link to nothing", neither],
        ["pipe", neither],
        ...more.map((name) => [name as string, file] as const),
      ]),
    );
  });

  // Text that was UTF-8 would end in U+FFFD, or in characters beyond a byte.
  test.each([
    [
      "every byte that a name may have",
      Array.from({ length: 255 }, (_, index) => index + 1).filter((byte) => byte !== 47),
    ],
    ["the last of ASCII", [0x7f]],
    ["the first beyond", [0x80]],
    ["the highest", [0xff]],
    ["a character in UTF-8", [0xc3, 0xa9]],
    ["half of one", [0xc3]],
    ["control characters", [1, 9, 10, 27]],
  ])("names have their bytes: %s", async (_name, bytes) => {
    const root = emptyDirectory();
    const name = String.fromCharCode(...bytes);
    plant(root, ["plain", name]);
    expect((await namesOf(fromText(root))).sort()).toEqual([name, "plain"].sort());
  });

  test("names that differ in one byte stay apart", async () => {
    const root = emptyDirectory();
    const names = ["\xe9", "\xe8", "\xc3\xa9", "\xff\xfe", "e"];
    plant(root, names);
    expect((await namesOf(fromText(root))).sort()).toEqual([...names].sort());
  });

  test("a directory without entries has none", async () => {
    expect(await read(fromText(emptyDirectory()))).toEqual([]);
  });

  test("a directory whose own name is not UTF-8 can be read", async () => {
    const root = emptyDirectory();
    plant(root, ["caf\xe9/x", "caf\xe9/\xe9"]);
    expect((await namesOf(join(fromText(root), raw("caf\xe9")))).sort()).toEqual(["x", "\xe9"]);
  });

  test.each([
    ["that is absent", "absent", "ENOENT"],
    ["whose place a file has", "file", "ENOTDIR"],
    ["below a file", "file/x", "ENOTDIR"],
  ])("a directory %s is the system's error", async (_name, path, code) => {
    const root = emptyDirectory();
    plant(root, ["file"]);
    await expect(read(fromText(`${root}/${path}`))).rejects.toMatchObject({ code });
  });
});

test.each([
  ["that is absent", "absent"],
  ["whose place a file has", "file"],
  ["below a file", "file/x"],
])("a directory %s has no entries where that is allowed", async (_name, path) => {
  const root = emptyDirectory();
  plant(root, ["file"]);
  expect(await readDirectoryIfThere(fromText(`${root}/${path}`))).toEqual([]);
});

// Modes do not bind root: nothing is unreadable to it.
(asRoot ? test.skip : test)("an unreadable directory is an error in any case", async () => {
  const root = emptyDirectory();
  plant(root, ["closed/x"]);
  chmodSync(`${root}/closed`, 0);
  for (const [, read] of readers)
    await expect(read(fromText(`${root}/closed`))).rejects.toMatchObject({ code: "EACCES" });
  await expect(readDirectoryIfThere(fromText(`${root}/closed`))).rejects.toMatchObject({ code: "EACCES" });
  chmodSync(`${root}/closed`, 0o700);
});

test("where the directory does not tell the kinds, Node stumbles over names as text: they are read as bytes", async () => {
  const root = emptyDirectory();
  plant(root, ["directory/", "file"]);
  const stumbles = (): never => {
    throw new TypeError('The "path" argument must be of type string');
  };
  const expected = [
    { name: "directory", isDirectory: true, isFile: false },
    { name: "file", isDirectory: false, isFile: true },
  ];
  const sorted = (entries: readonly Entry[]): Entry[] =>
    [...entries].sort((one, other) => (one.name < other.name ? -1 : 1));
  expect(sorted(await readDirectory(fromText(root), async () => stumbles()))).toEqual(expected);
  expect(sorted(readDirectoryAtOnce(fromText(root), stumbles))).toEqual(expected);
});
