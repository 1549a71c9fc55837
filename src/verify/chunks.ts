import type { Candidate, Chunk } from "./candidate.ts";

/**
 * Names for one rsync: at a name's 0.1 ms of CPU its start and end, some 6 ms of CPU and 40 ms of waiting, are little beside it, and
 * its list of names takes half a megabyte.
 */
const mostNames = 4000;
/** Bytes for one rsync, seconds of a disk: what begins before a time is over ends soon behind it. A larger file has one of its own. */
const mostBytes = 256 * 1024 * 1024;

/**
 * Puts files together for one rsync each, in their order, as they are asked for.
 *
 * @param budget bytes after which no further file is taken; the one that reaches them is the last
 * @returns whether every file was taken
 */
export async function* chunksOf(
  files: AsyncIterable<Candidate>,
  budget = Number.POSITIVE_INFINITY,
): AsyncGenerator<Chunk, boolean> {
  let index = 0;
  let chunk: Candidate[] = [];
  let inChunk = 0;
  let taken = 0;
  for await (const file of files) {
    if (chunk.length > 0 && (chunk.length >= mostNames || inChunk + file.bytes > mostBytes)) {
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
