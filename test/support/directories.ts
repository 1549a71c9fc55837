import { type BytePath, join } from "../../src/byte-path.ts";
import { bytesPerEntry } from "../../src/plan/split.ts";
import type { Directory } from "../../src/survey/survey.ts";
import type { Random } from "./random.ts";
import { raw } from "./tree.ts";

/** A directory as the survey describes it; the sums follow from what is given. */
export function directory(
  path: string,
  given: Partial<Pick<Directory, "files" | "bytes" | "directories" | "open">>,
): Directory {
  const { files = 0, bytes = 0, directories = [], open = true } = given;
  return {
    path: raw(path),
    files,
    bytes,
    directories,
    open,
    totalEntries: directories.reduce((sum, one) => sum + one.totalEntries + 1, files),
    totalBytes: directories.reduce((sum, one) => sum + one.totalBytes, bytes),
  };
}

/** A random tree: some directories closed, some heavy with bytes. */
export function randomDirectory(random: Random, path: BytePath, depth: number): Directory {
  const names = depth > 4 ? [] : ["a", "b", "#c", "caf\xe9", "new\nline"].filter(() => random.chance(45 - depth * 5));
  const files = random.pick([0, 1, 2, 5, 30]);
  return directory(path, {
    files,
    bytes: files * random.pick([0, 10, bytesPerEntry, 20 * bytesPerEntry]),
    open: !random.chance(8),
    directories: names.map((name) => randomDirectory(random, join(path, raw(name)), depth + 1)),
  });
}

/** Directories with all below, parents first. */
export function everyDirectory(directories: readonly Directory[]): Directory[] {
  return directories.flatMap((one) => [one, ...everyDirectory(one.directories)]);
}
