import type { Candidate, Chunk } from "./candidate.ts";

/** What one rsync is given at most; a larger file has one of its own. */
export interface ChunkSize {
  readonly names: number;
  readonly bytes: number;
}

/** The start and end of an rsync, some 6 ms of CPU and 40 ms of waiting, are little beside so many names; its list takes half a megabyte. */
const mostNames = 4000;
/** Seconds of a disk: what begins before a time is over ends soon behind it. */
const mostBytes = 256 * 1024 * 1024;
/** Below this the start of an rsync takes longer than its work. */
const leastNames = 100;
const leastBytes = 8 * 1024 * 1024;
/** Chunks for each lane, so that all of them end at about the same time. */
const chunksALane = 4;

/** Such that there is something to do for every lane, as far as that is worth it. */
export function chunkSize(expected: { readonly files: number; readonly bytes: number }, lanes: number): ChunkSize {
  const share = (amount: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.ceil(amount / (lanes * chunksALane))));
  return { names: share(expected.files, leastNames, mostNames), bytes: share(expected.bytes, leastBytes, mostBytes) };
}

/**
 * Puts files together for one rsync each, in their order, as they are asked for.
 *
 * @param budget bytes after which no further file is taken; the one that reaches them is the last
 * @returns whether every file was taken
 */
export async function* chunksOf(
  files: AsyncIterable<Candidate>,
  size: ChunkSize,
  budget: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Chunk, boolean> {
  let index = 0;
  let chunk: Candidate[] = [];
  let inChunk = 0;
  let taken = 0;
  for await (const file of files) {
    if (chunk.length > 0 && (chunk.length >= size.names || inChunk + file.bytes > size.bytes)) {
      yield { index: index++, files: chunk };
      chunk = [];
      inChunk = 0;
    }
    chunk.push(file);
    inChunk += file.bytes;
    taken += file.bytes;
    if (taken < budget) continue;
    yield { index, files: chunk };
    return false;
  }
  if (chunk.length > 0) yield { index, files: chunk };
  return true;
}
