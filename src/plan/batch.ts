import type { BytePath } from "../byte-path.ts";
import { type Piece, weightOf } from "./split.ts";

/** Pieces for one rsync. */
export interface Batch {
  readonly pieces: readonly Piece[];
  readonly weight: number;
}

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
      batches.push({ pieces: current, weight });
      current = [];
      weight = 0;
    }
    current.push(piece);
    weight += piece.weight;
  }
  if (current.length > 0) batches.push({ pieces: current, weight });
  return batches;
}

/** A file with its size, for slices. */
export interface SizedName {
  readonly path: BytePath;
  readonly bytes: number;
}

/** Shares files out over `count` slices so that each has about the same weight: the largest first, to the lightest slice. */
export function slices(files: readonly SizedName[], count: number): SizedName[][] {
  const filled = Array.from({ length: Math.max(1, count) }, () => ({ files: [] as SizedName[], weight: 0 }));
  for (const file of [...files].sort((a, b) => b.bytes - a.bytes)) {
    const lightest = filled.reduce((least, one) => (one.weight < least.weight ? one : least));
    lightest.files.push(file);
    lightest.weight += weightOf(1, file.bytes);
  }
  return filled.map(({ files: names }) => names).filter((names) => names.length > 0);
}
