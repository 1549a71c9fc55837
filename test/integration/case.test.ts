import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { afterEach, expect } from "@jest/globals";
import { backUp } from "../support/back-up.ts";
import { noMounts, testUnless } from "../support/privileges.ts";
import { freshSides, type Sides } from "../support/side-by-side.ts";
import { plant } from "../support/tree.ts";

const mounted: string[] = [];
// Before the sides go: registered first.
afterEach(() => {
  for (const where of mounted.splice(0)) spawnSync("umount", [where]);
});
const sides = freshSides();

/** NTFS by FUSE, since few kernels have a file system that folds case. Ends with why there is none. */
function mountFolding({ path, ours }: Sides): string | undefined {
  const image = `${path}/image`;
  writeFileSync(image, "");
  truncateSync(image, 16 * 1024 * 1024);
  mkdirSync(ours, { recursive: true });
  if (spawnSync("mkntfs", ["-q", "-F", "-Q", image]).status !== 0) return "mkntfs of ntfs-3g is not installed";
  if (spawnSync("lowntfs-3g", ["-o", "ignore_case", image, ours]).status !== 0) return "lowntfs-3g cannot mount";
  mounted.push(ours);
  return undefined;
}

const noFolding = noMounts ?? (existsSync("/dev/fuse") ? whyNoFolding() : "this machine has no FUSE");

function whyNoFolding(): string | undefined {
  for (const [program, of] of [
    ["mkntfs", "ntfs-3g"],
    ["lowntfs-3g", "ntfs-3g"],
  ] as const)
    if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) return `${program} of ${of} is not installed`;
  return undefined;
}

const inputs = { "rsync-args": "--no-owner\n--no-group\n--no-perms", parallelism: "2", sync: "false" };

testUnless(noFolding)("names that a destination takes for one are named, and the run fails", async () => {
  const at = sides();
  expect(mountFolding(at)).toBeUndefined();
  plant(at.source, ["alpha/Readme", "alpha/README", "alpha/sub/f", "alpha/Sub/g", "beta/f", "beta/g"]);
  // By a name that is there it can be told without writing.
  plant(at.ours, ["beta/"]);
  const report = await backUp({ source: at.source, destination: at.ours, ...inputs });
  expect(report.result).toBe("failure");
  expect(report.reasons).toEqual([
    expect.stringMatching(
      /^destination ".*" does not tell upper from lower case, so "alpha\/README" and "alpha\/Readme" are one there.* \(and 1 more such group\): rename/,
    ),
  ]);

  const excluded = await backUp({ source: at.source, destination: at.ours, exclude: "README\nSub", ...inputs });
  expect(excluded).toMatchObject({ result: "success", reasons: [] });
});

testUnless(noFolding)("a loose file may collide with a project, and with another loose file", async () => {
  const at = sides();
  expect(mountFolding(at)).toBeUndefined();
  plant(at.ours, ["beta/"]);
  plant(at.source, ["alpha/f", "x", "X"]);
  const report = await backUp({ source: at.source, destination: at.ours, ...inputs });
  expect(report.reasons.join()).toMatch(/so "X" and "x" are one there/);
  plant(at.source, ["ALPHA"]);
  const both = await backUp({ source: at.source, destination: at.ours, ...inputs });
  expect(both.reasons.join()).toMatch(/so "ALPHA" and "alpha" are one there/);
});

testUnless(noFolding)("a destination that tells case apart takes both", async () => {
  const at = sides();
  plant(at.source, ["alpha/Readme", "alpha/README", "alpha/sub/f", "alpha/Sub/g"]);
  plant(at.ours, ["beta/"]);
  expect(await backUp({ source: at.source, destination: at.ours, sync: "false" })).toMatchObject({ result: "success" });
});
