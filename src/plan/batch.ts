import type { BytePath } from "../byte-path.ts";
import type { Piece } from "./split.ts";

/** Pieces for one rsync. */
export type Batch = readonly Piece[];

/**
 * Fills batches with pieces, in their order, up to `target`: neighbours share parents, so each rsync passes through few.
 * Each rsync costs about 6 ms of CPU and 40 ms at its end, which is much for a project of three files.
 */
export function batch(pieces: readonly Piece[], target: number): Batch[] {
  const batches: Batch[] = [];
  let current: Piece[] = [];
  let weight = 0;
  for (const piece of pieces) {
    if (current.length > 0 && weight + piece.weight > target) {
      batches.push(current);
      current = [];
      weight = 0;
    }
    current.push(piece);
    weight += piece.weight;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}

/** A file with its weight in seconds, for slices. */
export interface WeighedName {
  readonly path: BytePath;
  readonly weight: number;
}

/** Shares files out over `count` slices so that each has about the same weight: the heaviest first, to the lightest slice. */
export function slices(files: readonly WeighedName[], count: number): WeighedName[][] {
  const [first] = files;
  if (first !== undefined && files.every(({ weight }) => weight === first.weight)) return dealt(files, count);
  const filled = Array.from({ length: Math.max(1, count) }, () => ({ files: [] as WeighedName[], weight: 0 }));
  for (const file of [...files].sort((a, b) => b.weight - a.weight)) {
    const lightest = filled.reduce((least, one) => (one.weight < least.weight ? one : least));
    lightest.files.push(file);
    lightest.weight += file.weight;
  }
  return filled.map(({ files: names }) => names).filter((names) => names.length > 0);
}

/** One to each in turn, which takes no search for the lightest among very many. */
function dealt(files: readonly WeighedName[], count: number): WeighedName[][] {
  const hands = Array.from({ length: Math.max(1, Math.min(count, files.length)) }, (): WeighedName[] => []);
  for (const [index, file] of files.entries()) hands[index % hands.length]?.push(file);
  return hands;
}
