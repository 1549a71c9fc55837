import { existsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { besideOneRsync, freshSides, type Sides } from "../support/side-by-side.ts";
import { snapshot } from "../support/snapshot.ts";
import { plant } from "../support/tree.ts";

const sides = freshSides();

/** Twenty entries at the destination, five of them extraneous: two files in a project, a directory with a file, a loose file. */
function grow(): Sides {
  const at = sides();
  const both = [
    "a/f1",
    "a/f2",
    "a/f3",
    "a/sub/f4",
    "a/sub/f5",
    "b/f6",
    "b/f7",
    "b/f8",
    "b/f9",
    "b/f10",
    "b/f11",
    "b/f12",
  ];
  plant(at.source, [...both, "l1", "l2", "b/new"]);
  plant(at.ours, [...both, "l1", "l2", "a/x1", "b/x2", "a/xd/x3", "oldloose", "gone/f"]);
  return at;
}

describe("nothing is deleted before all deletions are counted and found within the limit", () => {
  test.each([
    ["5", true],
    ["4", false],
    ["25%", true],
    ["24%", false],
    ["0", false],
    ["0%", false],
  ])("5 of 20 entries under max-delete %s", async (limit, allowed) => {
    const at = grow();
    const { report, differences, oracle } = await besideOneRsync(at, { delete: "true", "max-delete": limit });
    expect(report.deletions).toMatchObject({ pending: 5, destinationEntries: 20 });
    expect(oracle.deletions).toBe(5);
    expect(report.result).toBe(allowed ? "success" : "failure");
    expect(report.totals.filesDeleted).toBe(allowed ? 5 : 0);
    // What is not deleted is all that is left to do; what is new was copied in any case.
    const left = differences.filter((line) => !/"[^"]*" 4/.test(line)).map((line) => line.split(" ", 2).join(" "));
    expect(left).toEqual(allowed ? [] : ['+ "/a/x1"', '+ "/a/xd/x3"', '+ "/b/x2"', '+ "/oldloose"']);
  });

  test("what a rule protects is not counted", async () => {
    const at = grow();
    const { report, differences } = await besideOneRsync(
      at,
      { delete: "true", "max-delete": "1", filter: "P x1\nP /a/xd/" },
      ["--filter=P x1", "--filter=P /a/xd/"],
    );
    expect(report.deletions).toMatchObject({ pending: 2 });
    expect(report.result).toBe("failure");
    expect(differences.some((line) => line.includes("/b/x2"))).toBe(true);
  });

  test("a project whose deletions were refused is complete: all of it was copied", async () => {
    const at = sides();
    plant(
      at.source,
      Array.from({ length: 8 }, (_, n) => [`a/f${n}`, 90_000] as const),
    );
    plant(at.ours, ["a/old1", "a/old2"]);
    const { report } = await besideOneRsync(at, { delete: "true", "max-delete": "1" });
    expect(report.shards.map(({ kind }) => kind)).toContain("slice");
    expect(report.projects.map(({ state }) => state)).toEqual(["complete"]);
    expect(report.reasons).toHaveLength(1);
  });
});

describe("a dry run", () => {
  test("leaves the destination as it is, to the bit", async () => {
    const at = grow();
    const { report, oracle } = await besideOneRsync(at, { delete: "true", "dry-run": "true" }, ["--dry-run"]);
    expect(snapshot(at.ours)).toEqual(snapshot(at.theirs));
    expect({ result: report.result, counted: report.deletions?.pending }).toEqual({
      result: "success",
      counted: oracle.deletions,
    });
  });

  test("does not make a destination that is not there", async () => {
    const at = sides();
    plant(at.source, ["a/b/f", "l"]);
    const destination = `${at.path}/absent`;
    const { report } = await besideOneRsync({ ...at, ours: destination }, { delete: "true", "dry-run": "true" }, [
      "--dry-run",
    ]);
    expect(report.result).toBe("success");
    expect(report.wouldChange?.changesTotal).toBeGreaterThan(2);
    expect(existsSync(destination)).toBe(false);
  });
});
