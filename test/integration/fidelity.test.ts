import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { backUp } from "../support/back-up.ts";
import { keepingLog } from "../support/keeping-log.ts";
import { pendingChanges } from "../support/place.ts";
import { asOneRsync, besideOneRsync, freshSides } from "../support/side-by-side.ts";
import { plant } from "../support/tree.ts";

const sides = freshSides();
const mebibyte = 1024 * 1024;

test("a sparse file stays sparse: it takes as many blocks as with one rsync", async () => {
  const at = sides();
  mkdirSync(`${at.source}/alpha`);
  const file = openSync(`${at.source}/alpha/disk image`, "w");
  ftruncateSync(file, 64 * mebibyte);
  for (const island of [0, 20, 63]) writeSync(file, Buffer.alloc(4096, 1), 0, 4096, island * mebibyte);
  closeSync(file);
  expect(await besideOneRsync(at, { preserve: "sparse" }, ["--sparse"])).toMatchObject(asOneRsync);
  const blocks = [at.ours, at.theirs].map((root) => statSync(`${root}/alpha/disk image`).blocks);
  expect(blocks[0]).toBe(blocks[1]);
  expect(Number(blocks[0]) * 512).toBeLessThan(mebibyte);
});

describe("paths near PATH_MAX, of which a system call takes 4,095 bytes,", () => {
  /** Directories in each other, of which one call could not make the last. */
  function nest(root: string, names: number, length: number): void {
    const script = 'cd "$1" && for i in $(seq "$2"); do mkdir -p "$3" && cd "$3" || exit 1; done && echo x > file';
    const name = "x".repeat(length);
    expect(spawnSync("/bin/sh", ["-c", script, "sh", root, String(names), name]).status).toBe(0);
  }

  test("are copied, compared and cleaned up like any other", async () => {
    const at = sides();
    mkdirSync(`${at.source}/alpha`);
    mkdirSync(`${at.ours}/alpha`);
    nest(`${at.source}/alpha`, 19, 204);
    nest(`${at.ours}/alpha`, 18, 204);
    expect(await besideOneRsync(at, { delete: "true" })).toMatchObject(asOneRsync);
  });

  test("fail where they are too long for one rsync too, with its words; the others are copied", async () => {
    const at = sides();
    plant(at.source, ["beta/x"]);
    mkdirSync(`${at.source}/alpha`);
    for (const half of [`${at.source}/alpha`, `${at.path}/half`]) {
      mkdirSync(half, { recursive: true });
      nest(half, 11, 204);
    }
    const deepest = `${at.source}/alpha${`/${"x".repeat(204)}`.repeat(11)}`;
    expect(spawnSync("mv", [`${at.path}/half`, "."], { cwd: deepest }).status).toBe(0);
    const report = await backUp({ source: at.source, destination: at.ours, retries: "0", sync: "false" });
    expect(report.result).toBe("failure");
    expect(report.projects.map(({ name, state }) => [name, state]).sort()).toEqual([
      ["alpha", "failed"],
      ["beta", "complete"],
    ]);
    expect(report.projects.flatMap(({ problems }) => problems.flatMap(({ lines }) => lines)).join()).toMatch(
      /overflows max-path len|File name too long/,
    );
    spawnSync("rm", ["-rf", `${at.source}/alpha`]);
  });
});

test("100,000 entries in one directory are shared out by name and copied as by one rsync, with deletions", async () => {
  const at = sides();
  for (const root of [at.source, at.ours]) mkdirSync(`${root}/alpha`);
  spawnSync("/bin/sh", ["-c", 'cd "$1" && seq -f "f%g" 100000 | xargs touch', "sh", `${at.source}/alpha`]);
  spawnSync("/bin/sh", ["-c", 'cd "$1" && seq -f "old%g" 300 | xargs touch', "sh", `${at.ours}/alpha`]);
  const report = await backUp(
    { source: at.source, destination: at.ours, delete: "true", "max-delete": "100%", parallelism: "4", sync: "false" },
    { latencies: { source: 1e-3, destination: 1e-3 } },
  );
  expect(report).toMatchObject({ result: "success", totals: { filesTransferred: 100_000, filesDeleted: 300 } });
  expect(report.shards.filter(({ kind }) => kind === "slice").length).toBeGreaterThan(1);
  expect(pendingChanges({ root: at.path, source: at.source, destination: at.ours })).toBe("");
});

test("files that change, grow, shrink, come and go during the run are no failure, and the next quiet run is exact", async () => {
  const at = sides();
  const numbers = Array.from({ length: 60 }, (_, number) => number);
  plant(
    at.source,
    ["alpha", "beta", "gamma"].flatMap((project) => numbers.map((n) => [`${project}/${n}`, 50_000] as const)),
  );
  const script = `cd "$1" && while [ ! -e "$2" ]; do
    for p in alpha beta gamma; do
      echo changed > $p/1; head -c 90000 /dev/zero >> $p/2; head -c 100 /dev/zero > $p/3
      rm -f $p/4 $p/5; echo new > $p/4; mkdir -p $p/d && echo x > $p/d/x && rm -rf $p/d
    done
  done`;
  const over = `${at.path}/over`;
  const writer = spawn("/bin/sh", ["-c", script, "sh", at.source, over], { stdio: "ignore" });
  const gone = new Promise((resolve) => writer.once("exit", resolve));
  try {
    const inputs = { source: at.source, destination: at.ours, parallelism: "3", sync: "false" };
    const cutting = { leastSeconds: 1e-6, latencies: { source: 0, destination: 0 } };
    for (const more of [{}, { delete: "true", "max-delete": "100%" }]) {
      const report = await backUp({ ...inputs, ...more, "bandwidth-limit": "8M" }, cutting);
      expect({ result: report.result, reasons: report.reasons }).toEqual({
        result: expect.stringMatching(/^(success|degraded)$/),
        reasons: report.result === "success" ? [] : [expect.stringMatching(/vanished before/)],
      });
    }
    writeFileSync(over, "");
    await gone;
    const quiet = await backUp({ ...inputs, delete: "true", "max-delete": "100%" }, cutting);
    expect(quiet.result).toBe("success");
    expect(pendingChanges({ root: at.path, source: at.source, destination: at.ours }, "--checksum")).toBe("");
  } finally {
    writeFileSync(over, "");
  }
});

test("a source that is a link, and is pointed elsewhere meanwhile, is copied from where it pointed at the beginning", async () => {
  const at = sides();
  plant(at.source, ["alpha/first"]);
  plant(`${at.path}/second`, ["alpha/second"]);
  const link = `${at.path}/link`;
  symlinkSync(at.source, link);
  const pointElsewhere = (line: string): void => {
    if (!line.includes("at once")) return;
    rmSync(link);
    symlinkSync(`${at.path}/second`, link);
  };
  const report = await backUp(
    { source: link, destination: at.ours, delete: "true", "max-delete": "100%", sync: "false" },
    { log: { ...keepingLog(), info: pointElsewhere } },
  );
  expect(report.result).toBe("success");
  expect(readFileSync(`${at.ours}/alpha/first`, "utf8")).toBe("alpha/first");
  expect(existsSync(`${at.ours}/alpha/second`)).toBe(false);
});
