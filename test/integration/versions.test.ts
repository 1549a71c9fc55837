import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { InputName } from "../../src/inputs/definition.ts";
import type { Report } from "../../src/report/report.ts";
import { backUp } from "../support/back-up.ts";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { mount, noMounts, testUnless, unmount } from "../support/privileges.ts";
import { asOneRsync, besideOneRsync, freshSides, type Sides, settle } from "../support/side-by-side.ts";
import { versionsIn } from "../support/snapshot.ts";
import { plant } from "../support/tree.ts";

const sides = freshSides();
const path = process.env["PATH"] ?? "";

afterEach(() => {
  process.env["PATH"] = path;
});

/** Every kind of change that takes something away, in two projects and among the loose files. */
function grow(at: Sides): void {
  plant(at.source, [
    ...(["a/over", "a/deep/er/over", "b/over", "loose"] as const).map((name) => [name, 20] as const),
    ...["a/same", "a/was-directory", "a/was-file/now", "a/fifo", "b/caf\xe9\n::error::", "b/new"],
  ]);
  symlinkSync("elsewhere", `${at.source}/a/link`);
  plant(at.ours, [
    ...["a/over", "a/deep/er/over", "b/over", "loose"],
    ...["a/gone", "a/gone-tree/x/y", "a/gone-tree/z", "a/empty/", "a/was-directory/in/it", "a/was-file", "a/same"],
    ...["b/caf\xe9\n::error::/x", "b/-rf", "b/ leading", "b/*", "gone-loose", "vanished/stays"],
  ]);
  symlinkSync("nowhere", `${at.ours}/a/link`);
  execFileSync("mkfifo", [`${at.ours}/a/fifo`, `${at.ours}/b/fifo`]);
}

const everything = { delete: "true", "backup-dir": "../versions" };

/** Runs over our destination alone. */
async function run(at: Sides, inputs: Partial<Record<InputName, string>> = {}): Promise<Report> {
  return backUp(
    { source: at.source, destination: at.ours, parallelism: "4", "max-delete": "100%", ...everything, ...inputs },
    { leastSeconds: 1e-6, latencies: { source: 0, destination: 0 } },
  );
}

/** The one directory of a run. */
function only(report: Report): string {
  expect(report.versions?.directories).toHaveLength(1);
  return report.versions?.directories[0] ?? "";
}

describe("what is deleted or replaced is kept as one rsync --backup keeps it", () => {
  test("files, links, special files, directories and hostile names, from many rsyncs", async () => {
    const at = sides();
    grow(at);
    const outcome = await besideOneRsync(at, everything, ["--backup", `--backup-dir=${at.path}/theirs-versions`]);
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.attempts.length).toBeGreaterThan(4);
    expect(outcome.report.totals.filesDeleted).toBe(outcome.oracle.deletions);
    const kept = versionsIn(only(outcome.report));
    expect(kept).toEqual(versionsIn(`${at.path}/theirs-versions`));
    expect(kept.length).toBeGreaterThan(20);
  });

  test("hundreds of rsyncs that make the same directories there at once", async () => {
    const at = sides();
    const names = Array.from({ length: 300 }, (_, n) => `p/q/r/d${n}/f`);
    plant(
      at.source,
      names.map((name) => [name, 20] as const),
    );
    plant(at.ours, [...names, ...names.map((name) => `${name}.gone`)]);
    const outcome = await besideOneRsync(
      at,
      { ...everything, parallelism: "16" },
      ["--backup", `--backup-dir=${at.path}/theirs-versions`],
      { leastSeconds: 0, latencies: { source: 0, destination: 0 } },
    );
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.attempts.length).toBeGreaterThan(20);
    expect(new Set(outcome.report.attempts.map(({ exitCode }) => exitCode))).toEqual(new Set([0]));
    expect(versionsIn(only(outcome.report))).toEqual(versionsIn(`${at.path}/theirs-versions`));
  });

  test("copying it back brings back what was", async () => {
    const at = sides();
    plant(at.source, [["a/deep/file", 20]]);
    plant(at.ours, ["a/deep/file"]);
    chmodSync(`${at.ours}/a/deep/file`, 0o640);
    settle(at.ours);
    const before = lstatSync(`${at.ours}/a/deep/file`);
    const directory = only(await run(at));
    execFileSync("cp", ["-a", `${directory}/a/deep/file`, `${at.ours}/a/deep/file`]);
    expect(readFileSync(`${at.ours}/a/deep/file`, "utf8")).toBe("a/deep/file");
    const after = lstatSync(`${at.ours}/a/deep/file`);
    expect([after.mode, after.mtimeMs]).toEqual([before.mode, before.mtimeMs]);
  });
});

describe("the version from before the run is the one that is kept", () => {
  test("by an rsync that is tried again after the source has changed once more", async () => {
    const at = sides();
    plant(at.source, [["a/x", 10]]);
    plant(at.ours, [["a/x", 30], "a/y"]);
    const fake = misbehavingRsync(
      at.path,
      `if copies a && [ ! -e "$notes/once" ]; then
  echo once > "$notes/once"
  "$real" "$@" < "$names"
  printf 'in between, longer' > '${at.source}/a/x'
  exit 12
fi`,
    );
    process.env["PATH"] = fake.PATH;
    const report = await run(at, { retries: "1" });
    expect(report).toMatchObject({ result: "success" });
    expect(report.attempts).toHaveLength(2);
    const directory = only(report);
    expect(readdirSync(`${at.path}/versions`)).toHaveLength(1);
    expect(readdirSync(`${directory}/a`).sort()).toEqual(["x", "y"]);
    expect(lstatSync(`${directory}/a/x`).size).toBe(30);
    expect(readFileSync(`${at.ours}/a/x`, "utf8")).toBe("in between, longer");
  });

  test("by one that is tried again after it had not come that far", async () => {
    const at = sides();
    plant(at.source, [["a/x", 10]]);
    plant(at.ours, [["a/x", 30]]);
    const fake = misbehavingRsync(
      at.path,
      'if copies a && [ ! -e "$notes/once" ]; then echo once > "$notes/once"; exit 12; fi',
    );
    process.env["PATH"] = fake.PATH;
    const report = await run(at, { retries: "1" });
    expect(lstatSync(`${only(report)}/a/x`).size).toBe(30);
    expect(readdirSync(`${at.path}/versions`)).toHaveLength(1);
  });
});

describe("a directory is there only for something", () => {
  test("not for a run that replaces nothing", async () => {
    const at = sides();
    plant(at.source, ["a/x"]);
    plant(at.ours, ["b/y"]);
    const report = await run(at);
    expect(report).toMatchObject({ result: "success", versions: { directories: [], removed: [] } });
    expect(readdirSync(`${at.path}/versions`)).toEqual([]);
  });

  test("not for a destination that the run makes, though backup-dir would lie in it", async () => {
    const at = sides();
    plant(at.source, ["a/x"]);
    rmSync(at.ours, { recursive: true });
    const report = await run(at, { "backup-dir": ".versions" });
    expect(report).toMatchObject({ result: "success" });
    expect(report.versions).toBeUndefined();
    expect(readdirSync(at.ours)).toEqual(["a"]);
  });

  test("not for a dry run, which makes nothing and counts the same", async () => {
    const at = sides();
    grow(at);
    const dry = await run(at, { "dry-run": "true" });
    expect(existsSync(`${at.path}/versions`)).toBe(false);
    const real = await run(at);
    expect(dry.totals.filesDeleted).toBe(real.totals.filesDeleted);
    expect(dry.totals.filesTransferred).toBe(real.totals.filesTransferred);
  });

  test("for a run that fails, where it stays, and nothing older goes", async () => {
    const at = sides();
    plant(at.source, [["a/x", 10], "b/y"]);
    plant(at.ours, ["a/x", ["b/y", 20]]);
    mkdirSync(`${at.path}/versions/2001-01-01T00-00-00Z`, { recursive: true });
    mkdirSync(`${at.path}/versions/2020-01-01T00-00-00Z`);
    process.env["PATH"] = misbehavingRsync(at.path, "copies b && exit 11").PATH;
    const report = await run(at, { retries: "0" });
    expect(report.result).toBe("failure");
    expect(existsSync(`${only(report)}/a/x`)).toBe(true);
    expect(readdirSync(`${at.path}/versions`)).toHaveLength(3);
  });

  test("for what is replaced where deletions are refused", async () => {
    const at = sides();
    plant(at.source, [["a/x", 10]]);
    plant(at.ours, ["a/x", "a/y"]);
    const report = await run(at, { "max-delete": "0" });
    expect(report.result).toBe("failure");
    expect(readdirSync(`${only(report)}/a`)).toEqual(["x"]);
  });
});

describe("in the destination it is nothing that a run works on", () => {
  test.each([
    ["in itself", ".versions", "ours"],
    ["below a directory of its own", "old/nights", "ours"],
    ["by another path than that of the destination", "../ours/.versions", "link"],
    ["through a symbolic link", "way/versions", "ours"],
  ])("%s", async (_where, backupDir, destination) => {
    const at = sides();
    plant(at.source, [["a/x", 10]]);
    plant(at.ours, ["a/x", "a/y", "old/"]);
    plant(at.path, ["away/"]);
    symlinkSync("../away", `${at.ours}/way`);
    symlinkSync("ours", `${at.path}/link`);
    const inputs = { destination: `${at.path}/${destination}`, "backup-dir": backupDir.replace("..", at.path) };
    const first = only(await run(at, inputs));
    expect(readdirSync(`${first}/a`).sort()).toEqual(["x", "y"]);
    // The next run begins in the same second, perhaps, and what the first has kept is nothing to it.
    plant(at.source, [["a/x", 15]]);
    const report = await run(at, inputs);
    expect(report).toMatchObject({ result: "success", deletions: { pending: 0 }, totals: { files: 1 } });
    expect(report.vanishedProjects).toEqual(backupDir.startsWith("old") ? [] : ["old"]);
    expect(readdirSync(`${first}/a`).sort()).toEqual(["x", "y"]);
    expect(lstatSync(`${only(report)}/a/x`).size).toBe(10);
  });
});

describe("keep", () => {
  const day = 86_400_000;
  const named = (daysAgo: number, more = ""): string =>
    `${new Date(Date.now() - daysAgo * day).toISOString().slice(0, 19).replaceAll(":", "-")}Z${more}`;

  /** Runs over a backup-dir that has these directories, each with a file; the result is which of them are left. */
  async function left(names: readonly string[], inputs: Partial<Record<InputName, string>> = {}): Promise<string[]> {
    const at = sides();
    plant(at.source, ["a/x"]);
    plant(at.ours, ["a/x", "a/gone"]);
    for (const name of names) plant(at.path, [`versions/${name}/a/deep/gone`]);
    const report = await run(at, inputs);
    expect(report.result).toBe("success");
    const now = readdirSync(`${at.path}/versions`);
    expect(report.versions?.removed).toEqual(names.filter((name) => !now.includes(name)).sort());
    return names.filter((name) => now.includes(name));
  }

  test("removes what is older than so many days, and nothing else", async () => {
    const old = [named(31), named(40, "-2"), named(3000)];
    const young = [named(0.5), named(29, "-12")];
    const others = [
      "mine",
      "2001-01-01",
      `${named(50)}.tar`,
      `x${named(50)}`,
      "2001-13-01T00-00-00Z",
      `${named(50)}-0`,
    ];
    expect(await left([...old, ...young, ...others])).toEqual([...young, ...others]);
  });

  test("for ever with 0", async () => {
    expect(await left([named(1), named(3000)], { keep: "0" })).toHaveLength(2);
  });

  test("measures against the newest of earlier runs, so that a clock that jumped ahead empties nothing", async () => {
    // As if the last run was years ago by this clock.
    expect(await left([named(4000), named(4010), named(4029), named(4031)])).toEqual(
      [named(4000), named(4010), named(4029)].map((name) => expect.stringContaining(name.slice(0, 10))),
    );
  });

  test("and against now, so that names from the future make nothing old", async () => {
    expect(await left([named(-4000), named(10), named(29)])).toHaveLength(3);
  });

  test("never goes through a symbolic link, nor takes one for a directory", async () => {
    const at = sides();
    plant(at.source, ["a/x"]);
    plant(at.ours, ["a/x"]);
    plant(at.path, [`versions/${named(90)}/a/`, `versions/${named(1)}/`, "precious/file"]);
    symlinkSync("../precious", `${at.path}/versions/${named(80)}`);
    symlinkSync("../../../precious", `${at.path}/versions/${named(90)}/a/link`);
    writeFileSync(`${at.path}/versions/${named(70)}`, "a file");
    const report = await run(at);
    expect(report.versions?.removed).toHaveLength(1);
    expect(existsSync(`${at.path}/precious/file`)).toBe(true);
    expect(readdirSync(`${at.path}/versions`)).toHaveLength(3);
  });

  testUnless(noMounts)("leaves one in which something is mounted, with a warning", async () => {
    const at = sides();
    plant(at.source, ["a/x"]);
    plant(at.ours, ["a/x"]);
    plant(at.path, [`versions/${named(90)}/in/`, `versions/${named(1)}/`]);
    const where = `${at.path}/versions/${readdirSync(`${at.path}/versions`).sort()[0]}/in`;
    expect(mount("tmpfs", where, "-t", "tmpfs", "-o", "size=64k")).toBe(0);
    try {
      writeFileSync(`${where}/precious`, "");
      const report = await run(at);
      expect(report).toMatchObject({ result: "degraded", reasons: [expect.stringContaining("is mounted in it")] });
      expect(existsSync(`${where}/precious`)).toBe(true);
    } finally {
      unmount(where);
    }
  });
});

testUnless(noMounts)(
  "what is replaced on another file system below the destination is copied, and it is said",
  async () => {
    const at = sides();
    plant(at.source, [
      ["a/x", 10],
      ["b/y", 10],
    ]);
    plant(at.ours, ["a/x", "b/"]);
    expect(mount("tmpfs", `${at.ours}/b`, "-t", "tmpfs", "-o", "size=64k")).toBe(0);
    try {
      plant(at.ours, ["b/y", "b/gone"]);
      const report = await run(at);
      expect(report.result).toBe("success");
      expect(report.notices).toContainEqual(expect.stringMatching(/what is replaced in ".*\/b" is copied/));
      const directory = only(report);
      expect(readFileSync(`${directory}/b/y`, "utf8")).toBe("b/y");
      expect(readFileSync(`${directory}/b/gone`, "utf8")).toBe("b/gone");
      expect(readdirSync(`${at.ours}/b`)).toEqual(["y"]);
    } finally {
      unmount(`${at.ours}/b`);
    }
  },
);

test("a directory that is exchanged while rsyncs run stops the run", async () => {
  const at = sides();
  plant(at.source, [
    ["a/x", 10],
    ["b/y", 10],
  ]);
  plant(at.ours, ["a/x", "b/y"]);
  const fake = misbehavingRsync(at.path, `if copies a; then mv '${at.path}/versions' '${at.path}/moved'; fi`);
  process.env["PATH"] = fake.PATH;
  const report = await run(at);
  expect(report.result).toBe("failure");
  expect(report.reasons.join()).toMatch(/versions.* is not the directory that the run began with/);
  renameSync(`${at.path}/moved`, `${at.path}/versions.moved`);
});
