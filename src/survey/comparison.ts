import { type BytePath, fromText, join } from "../byte-path.ts";
import { type DeletionList, startDeletionList } from "./deletion-list.ts";
import { type Entry, readDirectoryIfThere, statusOf } from "./directory.ts";
import type { Visit } from "./walk.ts";

/** What the destination has, compared by name with the source, filters not counted. */
export interface DestinationSurvey {
  /** Entries below the projects, and the loose files that the patterns match. */
  readonly entries: number;
  /** Entries that the source does not have. */
  readonly extraneous: DeletionList;
  /** Directories that could not be read: what would be deleted there cannot be counted. */
  readonly unreadable: readonly BytePath[];
  /** Files that the source has and the destination lacks. */
  readonly absentFiles: number;
  /** Their bytes; 0 unless sizes were asked for. */
  readonly absentBytes: number;
}

/** Compares directories of the source with those of the destination while a survey walks them. */
export interface Comparison {
  /** Entries of a directory below the destination; none of one that is not there or cannot be read. */
  entriesThere(path: BytePath): Promise<readonly Entry[]>;
  /** Compares the names of one directory on both sides; adds visits for what only the destination has. */
  compare(path: BytePath, here: readonly Entry[], there: readonly Entry[], add: (visit: Visit) => void): Difference;
  result(): DestinationSurvey;
}

/** How one directory differs from its twin at the destination. */
export interface Difference {
  /** Own files that the destination lacks. */
  readonly absentFiles: number;
  /** Own names that only the destination has. */
  readonly extraneous: number;
}

/** The unit of st_blocks (stat(2)). */
const bytesPerBlock = 512;
/** How the sizes of files that the destination lacks are to be added up. */
export interface ComingSizes {
  /** Names of one file are one file there too. */
  readonly hardLinks: boolean;
  /** Holes stay holes. */
  readonly sparse: boolean;
}

/**
 * @param projects those of the source, and those that are gone from it and may go from the destination
 * @param sizes undefined: no sizes are asked for
 */
export function startComparison(
  source: string,
  destination: string,
  projects: readonly BytePath[],
  sizes: ComingSizes | undefined,
): Comparison {
  const sourceRoot = fromText(source);
  const destinationRoot = fromText(destination);
  const extraneous = startDeletionList(projects);
  const unreadable: BytePath[] = [];
  let entries = 0;
  let absentFiles = 0;
  let absentBytes = 0;

  const counted = new Set<string>();
  const comingBytes = async (path: BytePath, { hardLinks, sparse }: ComingSizes): Promise<number> => {
    const found = await statusOf(path);
    if (found === undefined) return 0;
    if (hardLinks && found.nlink > 1) {
      const inode = `${found.dev}:${found.ino}`;
      if (counted.has(inode)) return 0;
      counted.add(inode);
    }
    return sparse ? Math.min(found.size, found.blocks * bytesPerBlock) : found.size;
  };
  const entriesThere = async (path: BytePath): Promise<readonly Entry[]> => {
    try {
      return await readDirectoryIfThere(join(destinationRoot, path));
    } catch {
      unreadable.push(path);
      return [];
    }
  };
  const visitExtraneous = async (path: BytePath, add: (visit: Visit) => void): Promise<void> => {
    for (const entry of await entriesThere(path)) {
      const below = join(path, entry.name);
      entries++;
      extraneous.add(below);
      if (entry.isDirectory) add((addMore) => visitExtraneous(below, addMore));
    }
  };
  return {
    entriesThere,
    compare(path, here, there, add) {
      const before = extraneous.list().entries;
      const twins = new Map(here.map((entry) => [entry.name, entry]));
      const names = new Set(there.map(({ name }) => name));
      entries += there.length;
      for (const entry of there) {
        const below = join(path, entry.name);
        const twin = twins.get(entry.name);
        if (twin === undefined) extraneous.add(below);
        // A directory that must make way for something else loses all that is in it.
        if (entry.isDirectory && !twin?.isDirectory) add((addMore) => visitExtraneous(below, addMore));
      }
      const absent = here.filter((entry) => !entry.isDirectory && !names.has(entry.name));
      absentFiles += absent.length;
      if (sizes !== undefined)
        for (const entry of absent)
          if (entry.isFile)
            add(async () => {
              const bytes = await comingBytes(join(join(sourceRoot, path), entry.name), sizes);
              absentBytes += bytes;
            });
      return { absentFiles: absent.length, extraneous: extraneous.list().entries - before };
    },
    result: () => ({ entries, extraneous: extraneous.list(), unreadable, absentFiles, absentBytes }),
  };
}
