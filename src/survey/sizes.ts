import { type BytePath, join } from "../byte-path.ts";
import { statusOf } from "./directory.ts";

/** Estimates how many bytes are in directories from the sizes of few of their files: each costs a request. */
export interface SizeSample {
  /** Bytes of the named files of a directory; undefined for a directory that the sample left out. */
  bytesOf(directory: BytePath, files: readonly BytePath[]): Promise<number | undefined>;
  /** Bytes of a usual file, for the directories that were left out. */
  typical(): number;
}

/** So many directories have a file sampled before every second one is left out, after as many more three of four, and so on. */
const beforeThinning = 64;
/** Where files are larger than this on the average, bytes are most of the work, and each directory is worth a closer look. */
const largeFile = 256 * 1024;
/** Files of one directory that are asked for their size then. */
const sampledPerDirectory = 4;
/** Sizes asked for in one survey, so that a tree of millions of directories is not slowed by it. */
const sampledInAll = 50_000;
/** What one file adds at most to the usual size: a single film says nothing of the directories that nobody looked into. */
const mostTypical = 1024 * 1024;

export function startSizeSample(): SizeSample {
  let visited = 0;
  let sampled = 0;
  let bytes = 0;
  let boundedBytes = 0;
  return {
    async bytesOf(directory, files) {
      const stride = 2 ** Math.floor(sampled / beforeThinning);
      const closer = bytes / Math.max(1, sampled) > largeFile;
      if (files.length === 0) return 0;
      if (sampled >= sampledInAll || (!closer && visited++ % stride !== 0)) return undefined;
      const sizes = await sizesOf(directory, evenly(files, closer ? sampledPerDirectory : 1));
      const sum = sizes.reduce((total, size) => total + size, 0);
      sampled += sizes.length;
      bytes += sum;
      boundedBytes += sizes.reduce((total, size) => total + Math.min(size, mostTypical), 0);
      return Math.round((sum / sizes.length) * files.length);
    },
    typical: () => boundedBytes / Math.max(1, sampled),
  };
}

/** The bytes of a directory's files, as a sample of them has it. */
export async function estimatedBytes(
  directory: BytePath,
  names: readonly BytePath[],
  sampledAtMost: number,
): Promise<number> {
  const sizes = await sizesOf(directory, evenly(names, sampledAtMost));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.length === 0 ? 0 : Math.round((bytes / sizes.length) * names.length);
}

/** What vanished or does not answer is nothing. */
async function sizesOf(directory: BytePath, names: readonly BytePath[]): Promise<number[]> {
  const found = await Promise.all(names.map((name) => statusOf(join(directory, name))));
  return found.map((status) => status?.size ?? 0);
}

function evenly<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  const step = items.length / count;
  return Array.from({ length: count }, (_, index) => items[Math.floor(index * step)]).filter(
    (item) => item !== undefined,
  );
}
