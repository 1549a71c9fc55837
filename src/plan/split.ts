import type { BytePath } from "../byte-path.ts";
import type { Load } from "../survey/load.ts";
import type { Directory } from "../survey/survey.ts";

/** A directory in the plan, with the project that it belongs to. */
export interface Piece {
  readonly project: BytePath;
  readonly path: BytePath;
  readonly entries: number;
  /** Seconds. */
  readonly weight: number;
  readonly bytes: number;
}

/** How the projects' trees are cut. Every directory is in exactly one piece, or below a deep one. */
export interface Cut {
  /** With all below. */
  readonly deep: readonly Piece[];
  /** Own entries only. */
  readonly shallow: readonly Piece[];
  /** Own entries, so heavy that the files are to be shared out by name. */
  readonly sliced: readonly SlicedPiece[];
}

export interface SlicedPiece extends Piece {
  /** Whether something may have to be deleted in it. */
  readonly swept: boolean;
}

/** What decides where to cut. */
export interface Scales {
  /** Seconds of one rsync for a load of a project. */
  readonly weigh: (project: BytePath, load: Load) => number;
  /** The same for finding a load unchanged, which is what a pass for deletions alone does. */
  readonly weighUnchanged: (entries: number) => number;
  /** The most that a piece should weigh, in seconds. */
  readonly target: number;
  /** Whether a directory's own entries may have to be deleted. */
  readonly mayDelete: (directory: Directory) => boolean;
}

/**
 * Seconds that a name costs on standard input beyond what the same file costs as a part of its directory: 100,000 empty files on
 * a memory file system took 3.9 s that way against 2.1 s.
 */
const secondsPerName = 18e-6;
/** Files that take less than so many times a name's cost are not listed one by one. */
const worthNaming = 10;

/** Whether files are to be shared out by name. */
export function isWorthSlicing(files: number, weight: number, weightOfSweep: number, target: number): boolean {
  return files > 1 && weight - weightOfSweep > target && weight / files > worthNaming * secondsPerName;
}

/**
 * Cuts trees along their directories until no piece is heavier than the target, where that is possible.
 *
 * Pure. A directory that its owner cannot write into stays in one piece with its parent, because rsync opens it for the
 * time that it works in it and closes it at its end: a second rsync there would lock the first one out.
 */
export function cut(projects: readonly Directory[], { weigh, weighUnchanged, target, mayDelete }: Scales): Cut {
  const deep: Piece[] = [];
  const shallow: Piece[] = [];
  const sliced: SlicedPiece[] = [];
  const visit = (project: BytePath, directory: Directory): void => {
    const { path, total, own, files, directories, mountPoints } = directory;
    const weight = weigh(project, total);
    const ownWeight = weigh(project, own);
    const swept = mayDelete(directory);
    const worthSlicing =
      // No slice would copy the directories on which something is mounted.
      mountPoints === 0 && isWorthSlicing(files, ownWeight, swept ? weighUnchanged(own.entries) : 0, target);
    const mayCut = !directory.folded && directory.open && directories.every(({ open }) => open);
    if (weight <= target || !mayCut || (directories.length === 0 && !worthSlicing)) {
      deep.push({ project, path, entries: total.entries, weight, bytes: total.bytes });
      return;
    }
    const piece = { project, path, entries: files + 1, weight: ownWeight, bytes: own.bytes };
    if (worthSlicing) sliced.push({ ...piece, swept });
    else shallow.push(piece);
    for (const child of directories) visit(project, child);
  };
  for (const project of projects) visit(project.path, project);
  return { deep, shallow, sliced };
}
