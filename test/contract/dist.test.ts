import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { repository } from "../support/runner.ts";

const committed = join(repository, "dist");
let built = "";
beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), "dist-"));
  const { stderr, status } = spawnSync(process.execPath, ["scripts/build.mjs", "--outdir", built], {
    cwd: repository,
    encoding: "utf8",
  });
  expect([stderr, status]).toEqual(["", 0]);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

describe("dist", () => {
  test("has the files that the sources build, and no other", () => {
    expect(readdirSync(committed).sort()).toEqual(readdirSync(built).sort());
  });

  test.each(["index.cjs", "cli.cjs", "licenses.txt"])("%s is what the sources build, byte for byte", (file) => {
    // Not toEqual: its difference of two bundles takes minutes. To mend it: npm run build.
    const same = readFileSync(join(committed, file)).equals(readFileSync(join(built, file)));
    expect([file, same]).toEqual([file, true]);
  });

  test("names no directory of the machine that built it", () => {
    for (const file of readdirSync(committed)) {
      const text = readFileSync(join(committed, file), "utf8");
      expect([file, text.includes(repository), text.includes(`${tmpdir()}/dist-`)]).toEqual([file, false, false]);
    }
  });

  test("stays small", () => {
    for (const file of ["index.cjs", "cli.cjs"])
      expect(statSync(join(committed, file)).size).toBeLessThan(1.5 * 1024 * 1024);
  });

  test("carries the licence of every package in it", () => {
    const bundles = ["index.cjs", "cli.cjs"].map((file) => readFileSync(join(committed, file), "utf8")).join("\n");
    const packages = new Set(
      [...bundles.matchAll(/^\/\/ (?:\S*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name]) => name),
    );
    const licences = readFileSync(join(committed, "licenses.txt"), "utf8");
    expect(packages.size).toBeGreaterThan(3);
    expect([...packages].filter((name) => !licences.includes(`${name}@`))).toEqual([]);
  });
});
