import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { filesInOrder, type Walking } from "../../../src/verify/files-in-order.ts";
import { fileKey } from "../../../src/verify/order.ts";
import { emptyDirectories, never, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
let walking: Walking;
const unreadable: string[] = [];

/** In the order in which they must come. */
const files = [
  ...[
    "loose",
    "zoo",
    "a/1",
    "a/2",
    "a/b/3",
    "a/b/c/4",
    "a/b.c/5",
    "a/b\x01/6",
    "a.b/7",
    "team/note",
    "team/x/8",
    "team/y/9",
    "\xff/\n",
  ],
];
// By bytes: a control character comes before a dot, and both behind the end of a name.
const inOrder = [
  "loose",
  "zoo",
  "a/1",
  "a/2",
  "a/b/3",
  "a/b/c/4",
  "a/b\x01/6",
  "a/b.c/5",
  "a.b/7",
  "team/note",
  "team/x/8",
  "team/y/9",
  "\xff/\n",
];

beforeEach(() => {
  const source = emptyDirectory();
  plant(source, files);
  symlinkSync("1", `${source}/a/0-link`);
  symlinkSync("loose", `${source}/link`);
  unreadable.splice(0);
  walking = {
    ...{ source, oneFileSystem: false, signal: never() },
    selection: {
      projects: ["a", "a.b", "team/x", "team/y", "\xff"].map(raw),
      folders: [
        { path: raw(""), open: true, loose: ["zoo", "loose", "link"].map(raw), leftAlone: [], extraneous: [] },
        { path: raw("team"), open: true, loose: [raw("note")], leftAlone: [], extraneous: [] },
      ],
    },
    onUnreadable: (path, code) => unreadable.push(`${path} ${code}`),
  };
});

async function paths(behind?: string, upTo?: string): Promise<string[]> {
  const found: string[] = [];
  const stretch = {
    behind: behind === undefined ? undefined : raw(behind),
    upTo: upTo === undefined ? undefined : raw(upTo),
  };
  for await (const { path } of filesInOrder(walking, stretch)) found.push(path);
  return found;
}

describe("the files of projects and loose files come in one order", () => {
  test("of each directory its files, then its directories, by bytes; links are none", async () => {
    expect(await paths()).toEqual(inOrder);
  });

  test("which is that of their keys", () => {
    expect([...inOrder].sort((one, other) => (fileKey(raw(one)) < fileKey(raw(other)) ? -1 : 1))).toEqual(inOrder);
  });

  test("any place in it divides it into two parts without gap or overlap, also one that is gone", async () => {
    for (const place of [...inOrder, "a/1x", "a/b/gone/x", "a/zzz", "b/x", "team/a", "\x01", "\xff\xff"])
      expect([...(await paths(undefined, place)), ...(await paths(place))]).toEqual(inOrder);
  });

  test("with their sizes", async () => {
    writeFileSync(`${walking.source}/a/1`, Buffer.alloc(1234));
    for await (const file of filesInOrder(walking, { behind: raw("zoo"), upTo: raw("a/1") }))
      expect(file).toEqual({ path: "a/1", bytes: 1234 });
  });

  test("many directories and files beside each other", async () => {
    const many = Array.from({ length: 50 }, (_, index) => `a.b/d${index + 100}/f`);
    const more = Array.from({ length: 1500 }, (_, index) => `a.b/f${index + 10_000}`);
    plant(walking.source, [...many, ...more]);
    expect(await paths("a.b/7")).toEqual([...more, ...many, ...inOrder.slice(inOrder.indexOf("team/note"))]);
  });

  test("a project that is gone or no directory any more has none", async () => {
    const selection = { ...walking.selection, projects: ["a.b", "gone", "loose"].map(raw), folders: [] };
    walking = { ...walking, selection };
    expect(await paths()).toEqual(["a.b/7"]);
    expect(unreadable).toEqual([]);
  });

  test("a cancellation ends it", async () => {
    walking = { ...walking, signal: AbortSignal.abort(new Error("cancelled")) };
    await expect(paths()).rejects.toThrow("cancelled");
  });

  test("an empty directory is no end", async () => {
    mkdirSync(`${walking.source}/a/aa`);
    expect(await paths()).toEqual(inOrder);
  });
});
