import { linkSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { asOneRsync, besideOneRsync, freshSides } from "../support/side-by-side.ts";
import { plant } from "../support/tree.ts";

const sides = freshSides();

/** Links between directories, between projects, and with a loose file; a link to a symbolic link too. */
function grow(source: string): void {
  plant(source, ["a/f1", "a/f2", "a/f3", "a/b/f1", "c/f1", "c/f2", "c/d/f1", "e/f1", "e/f2"]);
  const link = (from: string, to: string): void => linkSync(`${source}/${from}`, `${source}/${to}`);
  for (const to of ["a/b/l1", "c/l2", "l3"]) link("a/f1", to);
  link("c/f2", "c/d/m1");
  for (const to of ["a/n.tmp", "c/n"]) link("e/f1", to);
  symlinkSync("x", `${source}/a/sl`);
  link("a/sl", "c/sl");
}

describe("hard links that cross shards are what one rsync -H makes of them", () => {
  const preserve = "hard-links";

  test("at a new destination", async () => {
    const at = sides();
    grow(at.source);
    const outcome = await besideOneRsync(at, { preserve });
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.shards.map(({ kind }) => kind)).toContain("relink");
  });

  test("where some of the names are excluded", async () => {
    const at = sides();
    grow(at.source);
    const outcome = await besideOneRsync(at, { preserve, exclude: "*.tmp\n/c/d" }, [
      "--exclude=*.tmp",
      "--exclude=/c/d",
    ]);
    expect(outcome).toMatchObject(asOneRsync);
  });

  test("over a destination where other names are linked, with delete", async () => {
    const at = sides();
    grow(at.source);
    // Of another size than at the source, so that one rsync copies all of them.
    plant(
      at.ours,
      ["a/f1", "a/f2", "a/f3", "a/f6", "c/f1", "c/f6"].map((name) => [name, 20] as const),
    );
    plant(at.ours, ["a/b/", "c/d/"]);
    for (const [from, to] of [
      ["a/f6", "c/l2"],
      ["a/f2", "a/b/l1"],
      ["c/f1", "a/b/f1"],
      ["a/f3", "c/d/m1"],
      ["a/f3", "c/zz"],
    ] as const)
      linkSync(`${at.ours}/${from}`, `${at.ours}/${to}`);
    const outcome = await besideOneRsync(at, { preserve, delete: "true" });
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.totals.filesDeleted).toBe(outcome.oracle.deletions);
  });

  test("over a destination with the same files, unlinked", async () => {
    const at = sides();
    grow(at.source);
    plant(at.ours, ["a/f1", "a/b/l1", "c/l2", "l3", "c/f2", "c/d/m1"]);
    expect(await besideOneRsync(at, { preserve })).toMatchObject(asOneRsync);
  });

  test("between the slices of a directory and what lies elsewhere", async () => {
    const at = sides();
    for (let n = 0; n < 9; n++) {
      plant(at.source, [[`a/f${n}`, 90_000]]);
      plant(at.source, ["b/"]);
      for (const to of [`a/h${n}`, `b/g${n}`, `r${n}`]) linkSync(`${at.source}/a/f${n}`, `${at.source}/${to}`);
    }
    const outcome = await besideOneRsync(at, { preserve, delete: "true" }, [], {
      leastSeconds: 5e-3,
      latencies: { source: 1e-3, destination: 1e-3 },
    });
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.shards.map(({ kind }) => kind)).toContain("slice");
  });
});
