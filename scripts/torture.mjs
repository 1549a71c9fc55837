// Tortures dist/cli.cjs with real faults and prints a table of what it survived. Arguments go to jest:
// npm run test:torture -- -t "disk full" for one fault. --write puts the table of a whole run into docs/RELIABILITY.md.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
installFaketime();

const given = process.argv.slice(2);
const write = given.includes("--write");
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "scripts", "test.mjs"),
    // Words before options that take every word that follows. The random trees are those of npm test, ten times as many.
    ...(given.some((word) => word.startsWith("test/")) ? [] : ["test/torture", "test/integration/exactness.test.ts"]),
    ...given.filter((word) => word !== "--write"),
    ...["--runInBand", "--reporters=<rootDir>/scripts/torture-reporter.mjs", "--testPathIgnorePatterns=/node_modules/"],
  ],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      SEEDS: process.env.SEEDS ?? "2000",
      TMPDIR: inMemory() ?? process.env.TMPDIR ?? "",
      ...(write ? { TORTURE_TABLE: join(root, "docs", "RELIABILITY.md") } : {}),
    },
  },
);
process.exitCode = status ?? 1;

/** A file system in memory with room for a few trees: hundreds of copies of 300 MB would wear out a disk. */
function inMemory() {
  const [directory, bytes] = ["/dev/shm", 4 * 1024 ** 3];
  try {
    accessSync(directory, constants.W_OK);
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize > bytes ? directory : undefined;
  } catch {
    return undefined;
  }
}

/** The library that sets the clock for single processes. Where it is not to be had, its tests are skipped and say so. */
function installFaketime() {
  if (existsSync("/usr/bin/faketime") || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  console.error("installing faketime with apt-get …");
  const options = { stdio: ["ignore", "ignore", 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  spawnSync("apt-get", ["update", "-q"], options);
  spawnSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", "faketime"], options);
}
