import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fromText, toBytes } from "../../src/byte-path.ts";
import type { Report } from "../../src/report/report.ts";
import { scratch } from "../support/back-up.ts";
import { listTree, openDirectories } from "../support/random-tree.ts";
import { snapshot, versionsIn } from "../support/snapshot.ts";

/** Root may do everything: then the command runs as another account, to which the trees are given. */
const ordinary = process.geteuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

let place: ReturnType<typeof scratch>;
let source: string;
let ours: string;
let theirs: string;

beforeEach(() => {
  place = scratch();
  [source, ours, theirs] = [`${place.path}/source`, `${place.path}/ours`, `${place.path}/theirs`];
  for (const path of [source, ours]) mkdirSync(path);
  // The checkout, and Node itself, may lie where the other account cannot go.
  copyFileSync("dist/cli.cjs", `${place.path}/cli.cjs`);
});

afterEach(() => {
  openDirectories(fromText(place.path));
  place.dispose();
});

/** Empty files, so many that an rsync of their own is worth while. */
function fill(directory: string, count = 700): void {
  mkdirSync(directory, { recursive: true });
  for (let n = 0; n < count; n++) writeFileSync(`${directory}/f${n}`, "");
}

function hand(): void {
  if (ordinary.uid === undefined) return;
  for (const path of [fromText(place.path), ...listTree(fromText(place.path))])
    chownSync(toBytes(path), ordinary.uid, ordinary.gid);
}

function one(...rules: readonly string[]): number | null {
  return spawnSync("rsync", ["-a", ...rules, `${source}/`, `${theirs}/`], ordinary).status;
}

function back(...flags: readonly string[]): { status: number | null; report: Report } {
  const { status } = spawnSync(
    "/proc/self/exe",
    [
      `${place.path}/cli.cjs`,
      ...["--source", source, "--destination", ours, "--parallelism", "4", "--retries", "0"],
      ...["--report-dir", `${place.path}/report`, "--state-dir", `${place.path}/state`, ...flags],
    ],
    { ...ordinary, cwd: place.path, env: { PATH: process.env["PATH"] } },
  );
  return { status, report: JSON.parse(readFileSync(`${place.path}/report/report.json`, "utf8")) as Report };
}

const inAWorldOfLinux = existsSync("/proc/self/exe") ? describe : describe.skip;

inAWorldOfLinux("an ordinary user's rsyncs do not lock each other out of directories that they close", () => {
  test("a source that is read-only itself: the first run and the next", () => {
    for (const name of ["a", "b", "c"]) fill(`${source}/${name}`);
    writeFileSync(`${source}/loose`, "1");
    hand();
    chmodSync(source, 0o555);
    expect([one(), back().status]).toEqual([0, 0]);
    chmodSync(source, 0o755);
    writeFileSync(`${source}/b/more`, "2");
    chmodSync(source, 0o555);
    expect([one(), back().status]).toEqual([0, 0]);
    // Asked first: an ordinary user's snapshot opens what it reads.
    expect(lstatSync(ours).mode & 0o777).toBe(0o555);
    expect(withoutTimes(ours)).toEqual(withoutTimes(theirs));
  });

  test("read-only projects beside loose files", () => {
    for (const name of ["a", "b", "c"]) fill(`${source}/${name}`);
    writeFileSync(`${source}/loose`, "1");
    hand();
    for (const name of ["a", "b", "c"]) chmodSync(`${source}/${name}`, 0o555);
    expect([one(), back().status]).toEqual([0, 0]);
    expect(withoutTimes(ours)).toEqual(withoutTimes(theirs));
  });

  test("read-only directories deep in a project that is split", () => {
    for (const name of ["a/b/c", "a/b/d/e", "a/f"]) fill(`${source}/${name}`, 900);
    hand();
    for (const name of ["a/b/d/e", "a/b/d", "a/f"]) chmodSync(`${source}/${name}`, 0o500);
    expect([one(), back().status]).toEqual([0, 0]);
    expect(withoutTimes(ours)).toEqual(withoutTimes(theirs));
  });

  test("modes that rsync is told to close", () => {
    for (const name of ["a/b", "a/c", "d"]) fill(`${source}/${name}`, 900);
    hand();
    const closing = "--chmod=D555,F444";
    expect([one(closing), back("--rsync-args", closing).status]).toEqual([0, 0]);
    expect(withoutTimes(ours)).toEqual(withoutTimes(theirs));
  });
});

inAWorldOfLinux("what an ordinary user replaces in closed directories", () => {
  test("is kept as by one rsync, and goes when keep is over", () => {
    fill(`${source}/a/b`);
    fill(`${source}/a/c`);
    writeFileSync(`${source}/a/b/f1`, "longer");
    for (const name of ["a/b", "a/c", "a/gone/deep"]) fill(`${ours}/${name}`, 3);
    writeFileSync(`${ours}/a/b/extra`, "1");
    hand();
    const closed = [`${source}/a/b`, `${ours}/a/b`, `${ours}/a/gone/deep`, `${ours}/a/gone`];
    chmodSync(`${ours}/a/gone/deep/f1`, 0o400);
    for (const directory of closed) chmodSync(directory, 0o555);
    expect(spawnSync("rsync", ["-a", `${ours}/`, `${theirs}/`], ordinary).status).toBe(0);

    const [versions, theirVersions] = [`${place.path}/versions`, `${place.path}/their-versions`];
    const flags = ["--delete", "--max-delete", "100%", "--backup-dir", versions];
    const { status, report } = back(...flags);
    const oracle = ["--delete", "--filter=P /*/", "--backup", `--backup-dir=${theirVersions}`];
    expect([one(...oracle), status]).toEqual([0, 0]);
    const kept = report.versions?.directories[0] ?? "";
    expect(versionsIn(kept)).toEqual(versionsIn(theirVersions));
    expect(withoutTimes(ours)).toEqual(withoutTimes(theirs));

    renameSync(kept, `${versions}/2020-02-02T02-02-02Z`);
    mkdirSync(`${versions}/2024-02-02T02-02-02Z`);
    expect(back(...flags).report.versions?.removed).toEqual(["2020-02-02T02-02-02Z"]);
    expect(readdirSync(versions)).toEqual(["2024-02-02T02-02-02Z"]);
  });
});

inAWorldOfLinux("what an ordinary user cannot read", () => {
  test("a project that cannot be read fails, the others are copied, and nothing is deleted", () => {
    fill(`${source}/a`, 3);
    fill(`${source}/b`, 3);
    fill(`${ours}/a`, 5);
    hand();
    chmodSync(`${source}/b`, 0);
    const { status, report } = back("--delete", "--max-delete", "100%");
    expect(status).toBe(1);
    expect(report.projects.map(({ name, state }) => [name, state]).sort()).toEqual([
      ["a", "complete"],
      ["b", "failed"],
    ]);
    expect(existsSync(`${ours}/a/f4`)).toBe(true);
    expect(report.totals.filesDeleted).toBe(0);
  });

  test.each([0o000, 0o300])(
    "deletions in a destination directory of mode %o are not begun: they cannot be counted",
    (mode) => {
      fill(`${source}/a`, 3);
      fill(`${ours}/a`, 20);
      hand();
      chmodSync(`${ours}/a`, mode);
      const { status, report } = back("--delete", "--max-delete", "5");
      expect({ status, deleted: report.totals.filesDeleted }).toEqual({ status: 1, deleted: 0 });
      expect(existsSync(`${ours}/a/f19`)).toBe(true);
    },
  );
});

/** The trees are grown now, and times of now cannot be compared to the bit; names, kinds, modes, owners and contents can. */
function withoutTimes(root: string): string[] {
  return snapshot(root);
}
