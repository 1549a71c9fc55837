import { describe, expect, test } from "@jest/globals";
import type { DeletionLimit } from "../../../src/inputs/inputs.ts";
import { decideDeletions, type PendingDeletions } from "../../../src/run/deletions.ts";
import { raw } from "../../support/tree.ts";

function pending(given: Partial<PendingDeletions> = {}): PendingDeletions {
  return {
    entries: 10,
    paths: [],
    destinationEntries: 100,
    incomplete: undefined,
    unreadable: [],
    unreadableThere: [],
    ...given,
  };
}

const half: DeletionLimit = { kind: "percent", percent: 50 };

describe("within the limit, deletions go ahead:", () => {
  test.each([
    ["exactly a share", pending({ entries: 50 }), half],
    ["exactly a number", pending(), { kind: "entries", entries: 10 }],
    ["everything, where all is allowed", pending({ entries: 100 }), { kind: "percent", percent: 100 }],
    ["nothing, where nothing is allowed", pending({ entries: 0 }), { kind: "entries", entries: 0 }],
    ["nothing, of nothing", pending({ entries: 0, destinationEntries: 0 }), half],
  ] as const)("%s", (_name, deletions, limit) => {
    expect(decideDeletions(deletions, limit).refused).toBeUndefined();
  });
});

describe("beyond the limit, nothing is deleted, with the numbers and what to do:", () => {
  test.each([
    [
      "one more than a share",
      pending({ entries: 51 }),
      half,
      /delete 51 of the destination's 100 entries, and max-delete 50% allows 50\./,
    ],
    ["one more than a number", pending({ entries: 11 }), { kind: "entries", entries: 10 }, /max-delete 10 allows 10\./],
    ["more than half of an odd number", pending({ entries: 2, destinationEntries: 3 }), half, /allows 1\./],
    [
      "anything, where nothing is allowed",
      pending({ entries: 1 }),
      { kind: "percent", percent: 0 },
      /max-delete 0% allows 0\./,
    ],
    [
      "very many",
      pending({ entries: 1_234_567, destinationEntries: 2_000_000 }),
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
    const { refused } = decideDeletions(pending({ entries: 0, unreadable }), half);
    expect(refused).toMatch(/^nothing was deleted: 2 directories of the source could not be read/);
    expect(refused).toContain("alpha/caf");
  });

  test("where a destination directory could not be read: what would go there is not known", () => {
    const { refused } = decideDeletions(pending({ entries: 0, unreadableThere: [raw("alpha")] }), half);
    expect(refused).toMatch(/^nothing was deleted: 1 directory of the destination could not be read/);
  });

  test("where it could not be counted", () => {
    const { refused } = decideDeletions(pending({ incomplete: "out of memory" }), half);
    expect(refused).toMatch(/^nothing was deleted: .*could not count.*: out of memory/);
  });
});

test("the report has the counts, the limit in entries and the paths as text", () => {
  const deletions = pending({ entries: 3, paths: ["alpha/caf\xe9", "x"].map(raw), destinationEntries: 99 });
  expect(decideDeletions(deletions, half)).toEqual({
    pending: 3,
    destinationEntries: 99,
    limit: 49,
    refused: undefined,
    paths: ["alpha/caf\\xe9", "x"],
  });
});
