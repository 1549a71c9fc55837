import { symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { fromText } from "../../../src/byte-path.ts";
import { type Entry, readDirectory } from "../../../src/survey/directory.ts";
import { startReader } from "../../../src/survey/reader.ts";
import { emptyDirectories, plant } from "../../support/tree.ts";

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
