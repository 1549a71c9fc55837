import { type BytePath, join } from "../../src/byte-path.ts";
import { addLoads, type Load } from "../../src/survey/load.ts";
import type { Directory } from "../../src/survey/survey.ts";
import type { Random } from "./random.ts";
import { raw } from "./tree.ts";

/** A directory as the survey describes it; the sums follow from what is given. */
export function directory(
  path: string,
  given: Partial<Pick<Directory, "files" | "directories" | "open" | "extraneous" | "folded">> & {
    readonly bytes?: number;
    /** Whether the destination lacks it, with its own files. */
    readonly absent?: boolean;
    /** How many of its own files the destination lacks. */
    readonly absentFiles?: number;
    readonly mountPoints?: number;
  },
): Directory {
  const { files = 0, bytes = 0, directories = [], open = true, absent = false, extraneous, folded = false } = given;
  const { mountPoints = 0 } = given;
  const absentFiles = absent ? files : (given.absentFiles ?? 0);
  const itself = {
    entries: files + 1,
    absentEntries: absentFiles + (absent ? 1 : 0),
    bytes,
    absentBytes: files === 0 ? 0 : (bytes * absentFiles) / files,
  };
  return {
    path: raw(path),
    files,
    own: { ...itself, entries: itself.entries + directories.length },
    total: directories.reduce((sum, one) => addLoads(sum, one.total), itself),
    totalDirectories: directories.reduce((sum, one) => sum + one.totalDirectories, 1),
    extraneous,
    directories,
    folded,
    open,
    mountPoints,
  };
}

/** A random tree: some directories closed, some heavy with bytes, some not at the destination or without all their files. */
export function randomDirectory(random: Random, path: BytePath, depth: number, absentAbove = false): Directory {
  const names = depth > 4 ? [] : ["a", "b", "#c", "caf\xe9", "new\nline"].filter(() => random.chance(45 - depth * 5));
  const files = random.pick([0, 1, 5, 30, 60]);
  const absent = absentAbove || random.chance(10);
  return directory(path, {
    files,
    bytes: files * random.pick([0, 10, 50_000, 2_000_000]),
    open: !random.chance(5),
    absent,
    absentFiles: random.chance(50) ? 0 : random.whole(files + 1),
    extraneous: random.chance(30) ? undefined : random.pick([0, 3]),
    directories: names.map((name) => randomDirectory(random, join(path, raw(name)), depth + 1, absent)),
  });
}

/** The same tree as the survey keeps it: without what is below small directories. */
export function foldedTree(tree: Directory, isSmall: (total: Load) => boolean): Directory {
  const folded = isSmall(tree.total);
  return { ...tree, folded, directories: folded ? [] : tree.directories.map((one) => foldedTree(one, isSmall)) };
}

/** Directories with all below, parents first. */
export function everyDirectory(directories: readonly Directory[]): Directory[] {
  return directories.flatMap((one) => [one, ...everyDirectory(one.directories)]);
}
