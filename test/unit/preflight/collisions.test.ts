import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { collision, differingInCase, foldsCase } from "../../../src/preflight/collisions.ts";
import type { Place } from "../../../src/preflight/places.ts";
import { emptyDirectories, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

function place(realPath: string, exists = true): Place {
  return { realPath, exists, identity: undefined };
}

describe("names differ only in case", () => {
  test.each([
    [["alpha", "beta"], []],
    [["alpha", "Alpha", "beta"], [["alpha", "Alpha"]]],
    [["team/x", "Team/x", "TEAM/X"], [["team/x", "Team/x", "TEAM/X"]]],
    [["\xc3\xbc", "\xc3\x9c"], [["\xc3\xbc", "\xc3\x9c"]]],
    [["caf\xe9", "caf\xe8"], []],
  ])("%j", (names, groups) => {
    expect(differingInCase(names.map(raw))).toEqual(groups);
  });
});

describe("a destination", () => {
  test("on a file system that tells case apart folds none, whatever is in it", async () => {
    const directory = emptyDirectory();
    expect(await foldsCase(place(directory))).toBe(false);
    mkdirSync(join(directory, "alpha"));
    mkdirSync(join(directory, "Beta"));
    expect(await foldsCase(place(directory))).toBe(false);
    expect(await foldsCase(place(join(directory, "not there"), false))).toBe(false);
    expect(await foldsCase(place(join(directory, "not", "there")))).toBe(false);
  });

  test("that folds case refuses two projects that would be one, and names them", async () => {
    const names = ["alpha", "Alpha", "beta"].map(raw);
    expect(await collision(names, place("/mnt/stick"), async () => true)).toMatch(
      /^destination "\/mnt\/stick" does not tell upper from lower case, so projects "alpha" and "Alpha" would be one/,
    );
    expect(await collision(names, place("/mnt/disk"), async () => false)).toBeUndefined();
  });

  test("is not asked when no names collide", async () => {
    const folds = async (): Promise<boolean> => {
      throw new Error("asked");
    };
    expect(await collision(["alpha", "beta"].map(raw), place("/mnt/stick"), folds)).toBeUndefined();
  });
});
