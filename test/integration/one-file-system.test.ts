import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, linkSync, lutimesSync, readdirSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect } from "@jest/globals";
import { fromText, toBytes } from "../../src/byte-path.ts";
import type { InputName } from "../../src/inputs/definition.ts";
import type { Report } from "../../src/report/report.ts";
import { backUp } from "../support/back-up.ts";
import { mount, noMounts, testUnless, unmount } from "../support/privileges.ts";
import { listTree } from "../support/random-tree.ts";
import { type Cutting, freshSides, type Sides } from "../support/side-by-side.ts";
import { snapshot } from "../support/snapshot.ts";
import { plant, raw } from "../support/tree.ts";

const mounted: string[] = [];
// Before the sides go: registered first.
afterEach(() => {
  for (const where of mounted.splice(0).reverse()) unmount(where);
});
const sides = freshSides();

function mountMemory(where: string): void {
  expect(mount("tmpfs", where, "-t", "tmpfs", "-o", "size=4m,mode=750")).toBe(0);
  mounted.push(where);
}

function bind(what: string, where: string): void {
  expect(mount(what, where, "--bind")).toBe(0);
  mounted.push(where);
}

/** Long ago, mounted file systems too. */
function settle(root: string): void {
  for (const path of [fromText(root), ...listTree(fromText(root))].reverse())
    lutimesSync(toBytes(path), 1_500_000_000, 1_500_000_000);
}

interface Outcome {
  readonly report: Report;
  readonly differences: readonly string[];
  readonly exits: readonly (number | null | undefined)[];
}

/**
 * Backs up with one-file-system, and with one `rsync -a -x` that is given each project and each loose file by name, as the input's
 * description has it.
 */
async function besideOneRsync(
  { source, ours, theirs }: Sides,
  inputs: Partial<Record<InputName, string>>,
  rules: readonly string[],
  cutting: Cutting,
): Promise<Outcome> {
  settle(source);
  settle(ours);
  execFileSync("rsync", ["-aH", `${ours}/`, `${theirs}/`]);
  const names = readdirSync(source).map((name) => `${source}/${name}`);
  const deletes = inputs.delete === "true" ? ["--delete"] : [];
  const oracle = spawnSync("rsync", ["-a", "-x", ...deletes, ...rules, ...names, `${theirs}/`]);
  // Given its entries by name, one rsync leaves the destination itself as it is.
  spawnSync("rsync", ["-a", "-d", "--exclude=*", `${source}/`, `${theirs}/`]);
  const report = await backUp(
    { source, destination: ours, "one-file-system": "true", "max-delete": "100%", sync: "false", ...inputs },
    cutting,
  );
  const [theirTree, ourTree] = [snapshot(theirs, true), snapshot(ours, true)];
  return {
    report,
    differences: [
      ...theirTree.filter((line) => !ourTree.includes(line)).map((line) => `- ${line}`),
      ...ourTree.filter((line) => !theirTree.includes(line)).map((line) => `+ ${line}`),
    ],
    exits: [oracle.status, ...report.attempts.map(({ exitCode }) => exitCode).filter((code) => code !== 0)],
  };
}

/** alpha has mounts above and below where it is cut, beta is a mount with one inside, gamma has the same device mounted in it. */
function grow({ path, source, ours }: Sides): void {
  plant(source, [
    "alpha/f",
    "alpha/g",
    "alpha/h",
    "alpha/deep/er/f",
    "alpha/deep/er/still/f",
    "gamma/f",
    "delta/f",
    "loose",
  ]);
  mountMemory(`${source}/alpha/on top`);
  plant(source, ["alpha/on top/f", "alpha/on top/sub/f"]);
  mountMemory(`${source}/alpha/deep/er/[m]*`);
  plant(source, ["alpha/deep/er/[m]*/f", "alpha/deep/er/[m]*/n/f"]);
  // Of alpha's device, but behind a mount of another: rsync does not come so far.
  plant(path, ["elsewhere/f", "elsewhere/sub/f"]);
  bind(`${path}/elsewhere`, `${source}/alpha/on top/bound`);
  mountMemory(`${source}/beta`);
  plant(source, ["beta/f", "beta/sub/f", "beta/sub/more/f"]);
  mountMemory(`${source}/beta/sub/inner`);
  plant(source, ["beta/sub/inner/f"]);
  bind(`${path}/elsewhere`, `${source}/gamma/bound`);
  chmodSync(`${source}/alpha/on top`, 0o711);
  plant(
    source,
    Array.from({ length: 500 }, (_, n) => `delta/${n}`),
  );
  plant(ours, [
    ...["alpha/f", "alpha/on top/kept", "alpha/on top/sub/kept", "alpha/deep/er/[m]*/kept", "alpha/deep/er/gone/f"],
    ...["beta/gone", "beta/sub/gone/f", "beta/sub/inner/kept", "gamma/bound/gone", "gamma/bound/sub/f"],
  ]);
}

const finely: Cutting = { leastSeconds: 1e-6, latencies: { source: 0, destination: 0 } };
/** Alpha with all below is one rsync's, delta another's. */
const coarsely: Cutting = { leastSeconds: 5e-3, latencies: { source: 0, destination: 0 } };
const inOne: Cutting = { leastSeconds: 100, latencies: { source: 0, destination: 0 } };
const intoSlices: Cutting = { leastSeconds: 1e-6, latencies: { source: 1e-3, destination: 1e-3 } };

const asOne = { differences: [], exits: [0], report: { result: "success" } };

describe("with one-file-system what is mounted inside a project is left out, as one rsync -x does", () => {
  for (const [how, cutting] of [
    ["cut finely", finely],
    ["cut coarsely", coarsely],
    ["in one", inOne],
    ["cut into slices", intoSlices],
  ] as const)
    for (const deletes of ["true", "false"])
      testUnless(noMounts)(`${how}, delete: ${deletes}`, async () => {
        const at = sides();
        grow(at);
        const outcome = await besideOneRsync(at, { delete: deletes, parallelism: "4" }, [], cutting);
        expect(outcome).toMatchObject(asOne);
        expect(existsSync(`${at.ours}/alpha/on top/kept`)).toBe(true);
        expect(readdirSync(`${at.ours}/beta/sub`)).toContain("more");
        // Counted before: what rsync deleted.
        if (deletes === "true") expect(outcome.report.deletions?.pending).toBe(outcome.report.totals.filesDeleted);
      });

  testUnless(noMounts)("under rules that let the tree not be split", async () => {
    const at = sides();
    grow(at);
    plant(at.source, ["delta/rules"]);
    writeFileSync(`${at.source}/delta/rules`, "- /nothing\n");
    const outcome = await besideOneRsync(at, { delete: "true", filter: ": rules" }, ["--filter=: rules"], finely);
    expect(outcome.report.shards.map(({ kind }) => kind)).toEqual(["whole"]);
    expect(outcome).toMatchObject(asOne);
  });

  testUnless(noMounts)("with exclude patterns, and where the mount point is excluded", async () => {
    const at = sides();
    grow(at);
    const rules = ["--exclude=/alpha/on top", "--exclude=still"];
    const outcome = await besideOneRsync(at, { delete: "true", exclude: "/alpha/on top\nstill" }, rules, finely);
    expect(outcome).toMatchObject(asOne);
  });

  testUnless(noMounts)("hard links: names behind a mount are nobody's, though of the same device", async () => {
    const at = sides();
    grow(at);
    linkSync(`${at.source}/alpha/f`, `${at.source}/linked`);
    linkSync(`${at.source}/alpha/f`, `${at.path}/elsewhere/linked`);
    const outcome = await besideOneRsync(at, { preserve: "hard-links" }, ["-H"], coarsely);
    expect(outcome).toMatchObject(asOne);
    expect(outcome.report.shards.map(({ kind }) => kind)).toContain("relink");
  });
});

testUnless(noMounts)("without one-file-system what is mounted is copied, under a name of any bytes too", async () => {
  const at = sides();
  plant(at.source, ["alpha/f", "alpha/caf\xe9/", "alpha/caf\xe9/behind"]);
  // An argument of mount cannot hold such a name; the current directory can.
  const where = toBytes(raw(`${at.source}/alpha/caf\xe9`));
  const script = 'cd "$1/alpha" && cd caf* && mount -t tmpfs tmpfs . && cd ../caf* && echo > visible';
  expect(spawnSync("sh", ["-c", script, "sh", at.source]).status).toBe(0);
  try {
    expect(await backUp({ source: at.source, destination: at.ours, sync: "false" })).toMatchObject({
      result: "success",
    });
    expect(readdirSync(toBytes(raw(`${at.ours}/alpha/caf\xe9`)))).toEqual(["visible"]);
  } finally {
    spawnSync("sh", ["-c", 'cd "$1/alpha" && umount caf*', "sh", at.source]);
    expect(readdirSync(where)).toEqual(["behind"]);
  }
});
