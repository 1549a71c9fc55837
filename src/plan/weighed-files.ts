import { type BytePath, join } from "../byte-path.ts";
import type { Load } from "../survey/load.ts";
import type { Folder } from "../survey/projects.ts";
import type { WeighedName } from "./batch.ts";
import { type Pace, secondsOf } from "./pace.ts";
import { isWorthSlicing, type Piece } from "./split.ts";

/** Files of a directory, with sizes where they matter, otherwise without. */
export type FilesOf = (
  directory: BytePath,
  withSizes: boolean,
) => Promise<readonly { readonly path: BytePath; readonly bytes: number }[]>;

/** The files of a sliced directory with their share of its weight. */
export async function weighedFiles(piece: Piece, pace: Pace, filesOf: FilesOf): Promise<WeighedName[]> {
  const files = await filesOf(piece.path, sizesMatter(piece.weight, piece.entries, pace));
  return weighed(files, pace, piece.weight);
}

/** The loose files to be shared out by name; undefined where one rsync does. */
export async function weighedLooseFiles(
  folders: readonly Folder[],
  loose: Load,
  pace: Pace,
  target: number,
  filesOf: FilesOf,
): Promise<WeighedName[] | undefined> {
  const weight = secondsOf(loose, pace);
  if (!isWorthSlicing(loose.entries, weight, 0, target)) return undefined;
  const withSizes = sizesMatter(weight, loose.entries, pace);
  const files: { path: BytePath; bytes: number }[] = [];
  for (const { path: folder, loose: names } of folders) {
    const chosen = new Set(names.map((name) => join(folder, name)));
    if (chosen.size === 0) continue;
    for (const file of await filesOf(folder, withSizes)) if (chosen.has(file.path)) files.push(file);
  }
  return files.length < 2 ? undefined : weighed(files, pace, weight);
}

/** Whether bytes are most of the work: each size is a request. */
function sizesMatter(weight: number, entries: number, pace: Pace): boolean {
  return weight > 2 * entries * pace.absent;
}

/** Shares a weight out over files, by their sizes as far as these are known. */
function weighed(
  files: readonly { readonly path: BytePath; readonly bytes: number }[],
  pace: Pace,
  weight: number,
): WeighedName[] {
  const alone = files.map(({ path, bytes }) => ({ path, weight: pace.present + bytes * pace.byte }));
  const sum = alone.reduce((total, one) => total + one.weight, 0);
  return alone.map((one) => ({ path: one.path, weight: (one.weight * weight) / sum }));
}
