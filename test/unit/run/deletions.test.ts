import { describe, expect, test } from "@jest/globals";
import type { DeletionLimit } from "../../../src/inputs/inputs.ts";
import { decideDeletions, type PendingDeletions } from "../../../src/run/deletions.ts";
import { raw } from "../../support/tree.ts";

/** So many entries to be deleted of a hundred; what a test is about is given. */
function pending(entries = 10, given: Partial<PendingDeletions> = {}): PendingDeletions {
  return {
    list: { entries, projects: new Map() },
    destinationEntries: 100,
    incomplete: undefined,
    unreadable: [],
    unreadableThere: [],
    misplaced: undefined,
    otherSource: undefined,
    emptied: [],
    ...given,
  };
}

const half: DeletionLimit = { kind: "percent", percent: 50 };

describe("within the limit, deletions go ahead:", () => {
  test.each([
    ["exactly a share", pending(50), half],
    ["exactly a number", pending(), { kind: "entries", entries: 10 }],
    ["everything, where all is allowed", pending(100), { kind: "percent", percent: 100 }],
    ["nothing, where nothing is allowed", pending(0), { kind: "entries", entries: 0 }],
    ["nothing, of nothing", pending(0, { destinationEntries: 0 }), half],
  ] as const)("%s", (_name, deletions, limit) => {
    expect(decideDeletions(deletions, limit).refused).toBeUndefined();
  });
});

describe("beyond the limit, nothing is deleted, with the numbers and what to do:", () => {
  test.each([
    [
      "one more than a share",
      pending(51),
      half,
      /delete 51 of the destination's 100 entries, and max-delete 50% allows 50\./,
    ],
    ["one more than a number", pending(11), { kind: "entries", entries: 10 }, /max-delete 10 allows 10\./],
    ["more than half of an odd number", pending(2, { destinationEntries: 3 }), half, /allows 1\./],
    ["anything, where nothing is allowed", pending(1), { kind: "percent", percent: 0 }, /max-delete 0% allows 0\./],
    [
      "very many",
      pending(1_234_567, { destinationEntries: 2_000_000 }),
      half,
      /delete 1,234,567 of the destination's 2,000,000/,
    ],
  ] as const)("%s", (_name, deletions, limit, message) => {
    const { refused } = decideDeletions(deletions, limit);
    expect(refused).toMatch(/^nothing was deleted: /);
    expect(refused).toMatch(message);
    expect(refused).toMatch(/If that is right, run once with max-delete \d+$/);
  });
});

describe("whatever the limit, nothing is deleted", () => {
  test("where a source directory could not be read: what it holds would look deleted", () => {
    const unreadable = ["alpha/caf\xe9", "beta"].map(raw);
    const { refused } = decideDeletions(pending(0, { unreadable }), half);
    expect(refused).toMatch(/^nothing was deleted: 2 directories of the source could not be read/);
    expect(refused).toContain("alpha/caf");
  });

  test("where a destination directory could not be read: what would go there is not known", () => {
    const { refused } = decideDeletions(pending(0, { unreadableThere: [raw("alpha")] }), half);
    expect(refused).toMatch(/^nothing was deleted: 1 directory of the destination could not be read/);
  });

  test("where it could not be counted", () => {
    const { refused } = decideDeletions(pending(0, { incomplete: "out of memory" }), half);
    expect(refused).toMatch(/^nothing was deleted: .*could not count.*: out of memory/);
  });
});

describe("what looks as if the source were another one stops deletions", () => {
  const before = { fileSystem: "nfs4 nas:/export/prod", inode: "2" };

  test("where it lies in another file system, or is another directory", () => {
    const otherSource = { before, now: { fileSystem: "ext4 UUID=1", inode: "77" } };
    expect(decideDeletions(pending(0, { otherSource }), half).refused).toBe(
      'nothing was deleted: the source is another directory than in the runs before: "ext4 UUID=1", inode 77 instead of ' +
        '"nfs4 nas:/export/prod", inode 2. Mount the right one; if this is it, run once with source-changed-ok',
    );
  });

  test("where projects have become empty, which are named", () => {
    const { refused } = decideDeletions(pending(1, { emptied: ["alpha", "caf\xe9"].map(raw) }), half);
    expect(refused).toMatch(/^nothing was deleted: 2 projects had something to back up .* nothing now: "alpha", "caf/);
    expect(refused).toMatch(/run once with source-changed-ok$/);
  });
});

test("all that speaks against deletions is said at once", () => {
  const all = pending(60, { unreadable: [raw("alpha")], emptied: [raw("beta")], incomplete: "out of memory" });
  const { refused } = decideDeletions(all, half);
  expect(refused?.match(/nothing was deleted/g)).toHaveLength(1);
  for (const words of ["could not be read", '"beta"', "out of memory", "max-delete 50% allows 50"])
    expect(refused).toContain(words);
});

test("the report has the counts, the limit in entries, and by project how much goes, most first, with paths as text", () => {
  const projects = new Map([
    [raw(""), { entries: 1, paths: [raw("x")] }],
    [raw("caf\xe9"), { entries: 2, paths: ["caf\xe9/b", "caf\xe9/a"].map(raw) }],
  ]);
  const list = { entries: 3, projects };
  expect(decideDeletions(pending(3, { list, destinationEntries: 99 }), half)).toEqual({
    pending: 3,
    destinationEntries: 99,
    limit: 49,
    refused: undefined,
    projects: [
      { name: "caf\\xe9", pending: 2, paths: ["caf\\xe9/a", "caf\\xe9/b"] },
      { name: "", pending: 1, paths: ["x"] },
    ],
  });
});
