import { symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { fromText } from "../../../src/byte-path.ts";
import { type Entry, readDirectory } from "../../../src/survey/directory.ts";
import { startReader } from "../../../src/survey/reader.ts";
import { emptyDirectories, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

describe.each([true, false])("a reader of storage that seems to answer at once (%j)", (answersAtOnce) => {
  test("gives a directory's entries with their bytes and what they are, time and again", async () => {
    const root = emptyDirectory();
    plant(root, ["directory/", "file", "caf\xe9", "new\nline"]);
    symlinkSync("directory", `${root}/link`);
    const read = startReader(answersAtOnce);
    const byName = (entries: readonly Entry[]) => new Map(entries.map((entry) => [entry.name, entry]));
    const expected = byName(await readDirectory(fromText(root)));
    expect(expected.size).toBe(5);
    for (let index = 0; index < 20; index++) expect(byName(await read(fromText(root)))).toEqual(expected);
  });

  test.each([
    ["that is absent", "absent", "ENOENT"],
    ["whose place a file has", "file", "ENOTDIR"],
  ])("throws the system's error for a directory %s", async (_name, path, code) => {
    const root = emptyDirectory();
    plant(root, ["file"]);
    await expect(startReader(answersAtOnce)(fromText(`${root}/${path}`))).rejects.toMatchObject({ code });
  });
});

/** A reader whose directories are of so many entries and take so long, by a clock of their own; it notes where each was read. */
function pretended(answersAtOnce: boolean) {
  let clock = 0;
  const where: string[] = [];
  /** Of the next directory. */
  const next = { milliseconds: 0, entries: 0, fails: false };
  const take = (place: string): readonly Entry[] => {
    where.push(place);
    clock += next.milliseconds;
    if (next.fails) throw new Error("Input/output error");
    return Array.from({ length: next.entries }, () => ({ name: raw("x"), isDirectory: false, isFile: true }));
  };
  const read = startReader(answersAtOnce, () => clock, {
    atOnce: () => take("here"),
    elsewhere: async () => take("elsewhere"),
  });
  return {
    where,
    /** Reads directories one after the other, each with so many entries and taking so long. */
    async read(
      count: number,
      milliseconds: number,
      given: { readonly entries?: number; readonly fails?: boolean } = {},
    ) {
      Object.assign(next, { milliseconds, entries: 0, fails: false, ...given });
      for (let index = 0; index < count; index++) await read(raw("/d")).catch(() => undefined);
    },
    /** So many at the same time. */
    async readTogether(count: number, milliseconds: number) {
      Object.assign(next, { milliseconds, entries: 0, fails: false });
      await Promise.all(Array.from({ length: count }, () => read(raw("/d"))));
    },
    pass(milliseconds: number) {
      clock += milliseconds;
    },
  };
}

describe("in which thread a directory is read:", () => {
  test("another one, always, where the storage does not seem to answer at once", async () => {
    const reader = pretended(false);
    await reader.read(3, 0);
    expect(reader.where).toEqual(["elsewhere", "elsewhere", "elsewhere"]);
  });

  test.each([
    ["in no time", 0, {}],
    ["in two milliseconds", 2, {}],
    ["with many entries, in a hundredth of a millisecond for each", 102, { entries: 10_000 }],
  ])("this one, as long as each answers %s", async (_name, milliseconds, given) => {
    const reader = pretended(true);
    await reader.read(100, milliseconds, given);
    expect(new Set(reader.where)).toEqual(new Set(["here"]));
  });

  test.each([
    ["without entries", 2.1, {}],
    ["with many entries", 103, { entries: 10_000 }],
  ])(
    "another one after three that had to be waited for, %s, however quick the next are",
    async (_name, slow, given) => {
      const reader = pretended(true);
      await reader.read(1, slow, given);
      await reader.read(20, 0);
      await reader.read(1, slow, given);
      await reader.read(20, 0);
      expect(new Set(reader.where)).toEqual(new Set(["here"]));
      await reader.read(1, slow, given);
      await reader.read(2, 0);
      expect(reader.where.slice(-3)).toEqual(["here", "elsewhere", "elsewhere"]);
    },
  );

  test("another one after three errors that had to be waited for", async () => {
    const reader = pretended(true);
    await reader.read(3, 1000, { fails: true });
    await reader.read(1, 0);
    expect(reader.where.at(-1)).toBe("elsewhere");
  });

  test("another one for those too that waited for a turn meanwhile", async () => {
    const reader = pretended(true);
    reader.pass(11);
    await reader.readTogether(64, 1000);
    expect(reader.where.filter((place) => place === "here")).toHaveLength(3);
  });
});

test.each([
  ["at once, when that was not long ago", 10, false],
  ["after timers and signals, when those had to wait", 10.1, true],
])("a directory is read %s", async (_name, milliseconds, expected) => {
  const reader = pretended(true);
  let hadTurn = false;
  setImmediate(() => {
    hadTurn = true;
  });
  reader.pass(milliseconds);
  await reader.read(1, 0);
  expect(hadTurn).toBe(expected);
});

test("while directories are read one after the other, timers have their turn time and again", async () => {
  const reader = pretended(true);
  let [turns, over] = [0, false];
  const count = (): void => {
    turns++;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  await reader.read(100, 1);
  over = true;
  // 100 ms, of which no more than ten and a directory's pass without one.
  expect(turns).toBeGreaterThanOrEqual(8);
  expect(turns).toBeLessThanOrEqual(11);
});
