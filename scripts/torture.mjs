// Tortures dist/cli.cjs with real faults and prints a table of what it survived. Arguments go to jest:
// npm run test:torture -- -t "disk full" for one fault. --write puts the table of a whole run into docs/RELIABILITY.md.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
installPackages();

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

/**
 * The library that sets the clock for single processes, and what makes a file system with quotas. Where they are not to be had, their
 * tests are skipped and say so.
 */
function installPackages() {
  const missing = [
    ["/usr/bin/faketime", "faketime"],
    ["/usr/bin/btrfs", "btrfs-progs"],
  ].flatMap(([program, name]) => (existsSync(program) ? [] : [name]));
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  console.error(`installing ${missing.join(" and ")} with apt-get …`);
  const options = { stdio: ["ignore", "ignore", 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  spawnSync("apt-get", ["update", "-q"], options);
  spawnSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...missing], options);
}
