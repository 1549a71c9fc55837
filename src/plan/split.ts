import type { BytePath } from "../byte-path.ts";
import type { Directory } from "../survey/survey.ts";

/** A directory in the plan, with the project that it belongs to. */
export interface Piece {
  readonly project: BytePath;
  readonly path: BytePath;
  readonly entries: number;
  readonly weight: number;
}

/** How the projects' trees are cut. Every directory is in exactly one piece, or below a deep one. */
export interface Cut {
  /** With all below. */
  readonly deep: readonly Piece[];
  /** Own entries only. */
  readonly shallow: readonly Piece[];
  /** Own entries, so heavy with bytes that the files are to be shared out by name. */
  readonly sliced: readonly Piece[];
}

/**
 * Bytes that cost as much as handling one entry. An entry of a backup costs some 60 µs of CPU (30,000 files on a memory
 * file system in about 1.8 s), in which a disk of a few hundred MB/s moves some 32 KiB.
 */
export const bytesPerEntry = 32 * 1024;

export function weightOf(entries: number, bytes: number): number {
  return entries + bytes / bytesPerEntry;
}

/** Whether files are to be shared out by name: names on standard input cost CPU, so only where bytes are the greater half. */
export function isWorthSlicing(files: number, weight: number, bytes: number, target: number): boolean {
  return weight > target && files > 1 && bytes / bytesPerEntry > weight / 2;
}

/**
 * Cuts trees along their directories until no piece is heavier than `target`, where that is possible.
 *
 * Pure. A directory that its owner cannot write into stays in one piece with its parent, because rsync opens it for the
 * time that it works in it and closes it at its end: a second rsync there would lock the first one out.
 */
export function cut(projects: readonly Directory[], target: number): Cut {
  const deep: Piece[] = [];
  const shallow: Piece[] = [];
  const sliced: Piece[] = [];
  const visit = (project: BytePath, directory: Directory): void => {
    const { path, totalEntries, totalBytes, files, bytes, directories } = directory;
    const weight = weightOf(totalEntries + 1, totalBytes);
    const own = weightOf(files + directories.length + 1, bytes);
    const worthSlicing = isWorthSlicing(files, own, bytes, target);
    const mayCut = directory.open && directories.every(({ open }) => open);
    if (weight <= target || !mayCut || (directories.length === 0 && !worthSlicing)) {
      deep.push({ project, path, entries: totalEntries, weight });
      return;
    }
    const piece = { project, path, entries: files, weight: own };
    if (worthSlicing) sliced.push(piece);
    else shallow.push(piece);
    for (const child of directories) visit(project, child);
  };
  for (const project of projects) visit(project.path, project);
  return { deep, shallow, sliced };
}
