// Trees of real files: copies of what /usr/lib and /usr/share hold, with its sizes, modes, times and directories.
import { constants, copyFileSync, mkdirSync, readdirSync, statSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { checkRoom } from "./room.mjs";

const roots = ["/usr/lib", "/usr/share"];

// Larger ones would make it a test of copying bytes, and would not fit into memory.
const largestBytes = 1024 * 1024;

/**
 * Chooses so many files, half from each root, and half of them from the other where one has too few; the same ones on every call
 * as long as the machine's packages stay the same. Each is { path, bytes }; throws when the machine has too few.
 */
export function chooseRealFiles(count) {
  const found = roots.map((root) => filesBelow(root, count));
  const half = Math.ceil(count / 2);
  const fromFirst = Math.min(found[0].length, Math.max(half, count - found[1].length));
  const chosen = [...found[0].slice(0, fromFirst), ...found[1].slice(0, count - fromFirst)];
  if (chosen.length < count)
    throw new Error(
      `${roots.join(" and ")} hold ${chosen.length} files of at most 1 MiB, and ${count} are needed. Install more packages, or try with --quick.`,
    );
  return chosen;
}

/**
 * Copies files to the places given: { path, bytes, to }, to relative to directory. Rejects before the first one unless all of it
 * fits as many times as said.
 */
export async function copyRealFiles(files, directory, times) {
  const bytes = files.reduce((sum, file) => sum + Math.ceil(file.bytes / 4096) * 4096, 0);
  mkdirSync(directory, { recursive: true });
  await checkRoom(directory, bytes * times, files.length * 2 * times);
  const made = new Set();
  for (const [index, { path, to }] of files.entries()) {
    const target = join(directory, to);
    const parent = dirname(target);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    copyFileSync(path, target, constants.COPYFILE_EXCL);
    const { atime, mtime } = statSync(path);
    utimesSync(target, atime, mtime);
    // So that Ctrl-C is heard meanwhile.
    if (index % 500 === 0) await setImmediate();
  }
}

/**
 * Where files go in a tree of twelve projects of unequal size, one of them a single flat directory with an eighth of all files.
 * The others take runs of neighbours, with the directories these have, so that the directories are as full as real ones.
 */
export function asProjects(files) {
  const flat = Math.round(files.length / 8);
  const shares = [30, 20, 13, 10, 8, 6, 5, 3, 2, 2, 1];
  return [
    ...files.slice(0, flat).map((file, index) => ({ ...file, to: join("flat", `${index}-${basename(file.path)}`) })),
    ...byShares(files.slice(flat), shares),
  ];
}

/** Where files go in a tree of one project with three quarters of them and of their bytes, and forty small projects. */
export function asSkewedProjects(files) {
  const shares = [120, ...new Array(40).fill(1)];
  // In the order of size, dealt out one to the small ones for every three to the large one, so that the bytes are shared alike.
  const bySize = files.toSorted((a, b) => a.bytes - b.bytes || (a.path < b.path ? -1 : 1));
  const small = new Set(bySize.filter((_, index) => index % 4 === 3));
  return byShares([...files.filter((file) => !small.has(file)), ...files.filter((file) => small.has(file))], shares);
}

/** Consecutive files to projects in proportion to shares. */
function byShares(files, shares) {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const placed = [];
  let taken = 0;
  for (const [index, share] of shares.entries()) {
    taken += share;
    const end = Math.round((files.length * taken) / whole);
    for (const file of files.slice(placed.length, end))
      placed.push({ ...file, to: join(`project-${String(index + 1).padStart(2, "0")}`, file.path) });
  }
  return placed;
}

/** The first so many files below a directory that are small enough, in the order of their names. */
function filesBelow(directory, count) {
  const files = [];
  const walk = (at) => {
    const entries = readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (files.length === count) return;
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) {
        const { size } = statSync(path);
        if (size <= largestBytes) files.push({ path, bytes: size });
      }
    }
  };
  walk(directory);
  return files;
}
