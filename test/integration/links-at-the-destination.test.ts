import { symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { asOneRsync, besideOneRsync, freshSides, settle } from "../support/side-by-side.ts";
import { snapshot } from "../support/snapshot.ts";
import { plant } from "../support/tree.ts";

const sides = freshSides();

/** Where the destination has a symbolic link although the source has a directory, and what is planted around. */
const places: readonly (readonly [where: string, link: string, projects: string])[] = [
  ["in place of a project", "a", "*"],
  ["in place of a directory on the spine", "a/b", "*"],
  ["in place of a directory that is copied whole", "a/b/c", "*"],
  ["in place of a folder with projects", "a", "*/*"],
];

describe.each(places)("a symbolic link %s", (_where, link, projects) => {
  test.each(["false", "true"])("is replaced and never followed, with delete %s", async (deletes) => {
    const at = sides();
    const outside = `${at.path}/outside`;
    plant(outside, ["keep", "b/c/keep", "c/keep", "b/f1"]);
    settle(outside);
    const before = snapshot(outside);
    plant(at.source, ["a/b/c/q", "a/b/f1", "a/b/f2", "a/f1", "a/l", "z/f"]);
    const parent = link.slice(0, Math.max(0, link.lastIndexOf("/")));
    plant(at.ours, [`${parent}/`, "z/old"]);
    symlinkSync(outside, `${at.ours}/${link}`);
    const outcome = await besideOneRsync(
      at,
      { projects, delete: deletes, "max-delete": "1" },
      projects === "*/*" ? ["--filter=P /*/*/"] : [],
    );
    expect(outcome).toMatchObject(asOneRsync);
    expect(snapshot(outside)).toEqual(before);
  });
});

test("a link to a folder that has loose files only, in slices, is replaced with the first run", async () => {
  const at = sides();
  plant(`${at.path}/outside`, ["f1", "keep"]);
  plant(
    at.source,
    Array.from({ length: 8 }, (_, n) => [`team/f${n}`, 90_000] as const),
  );
  symlinkSync(`${at.path}/outside`, `${at.ours}/team`);
  const outcome = await besideOneRsync(at, { projects: "team/*", delete: "true", "max-delete": "0" });
  expect(outcome).toMatchObject(asOneRsync);
  expect(snapshot(`${at.path}/outside`).join()).toContain("keep");
});

const near = { source: 0, destination: 0 };
const far = { source: 1e-3, destination: 1e-3 };

describe.each([
  ["small shards", { leastSeconds: 1e-6, latencies: near }],
  ["slices", { leastSeconds: 5e-3, latencies: far }],
  ["one", { leastSeconds: 100, latencies: near }],
])("what is of another kind on the other side is replaced as one rsync does it, in %s", (how, cutting) => {
  test("with delete", async () => {
    const at = sides();
    const heavy = Array.from({ length: 9 }, (_, n) => `f${n}`);
    plant(at.source, [
      ...heavy.map((name) => [`a/${name}`, 90_000] as const),
      ...heavy.map((name) => [name, 90_000] as const),
      ...["a/sub/x", "a/s2/y", "a/s3", "s4"],
    ]);
    plant(at.ours, ["a/f1/q/r", "a/f2/", "a/sub", "a/s3/deep/er", "a/ex/tra", "f1/q/r", "s4/x/y", "old"]);
    for (const name of ["a/f3", "a/s2", "a/oldlink", "f3", "oldlink"]) symlinkSync(at.path, `${at.ours}/${name}`);
    const outcome = await besideOneRsync(at, { delete: "true" }, [], cutting);
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.totals.filesDeleted).toBe(outcome.oracle.deletions);
    expect(outcome.report.deletions?.pending).toBe(outcome.oracle.deletions);
    if (how === "slices")
      expect(new Set(outcome.report.shards.map(({ kind }) => kind))).toEqual(
        new Set(["skeleton", "sweep", "loose-sweep", "slice", "deep"]),
      );
  });
});
