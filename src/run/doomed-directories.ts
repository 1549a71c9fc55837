import { type BytePath, fromText, join, parents } from "../byte-path.ts";
import { readDirectoryIfThere } from "../survey/directory.ts";
import { requestsInFlight, walk } from "../survey/walk.ts";

/** Deletions as a dry run lists them, of which some directories will stay. */
export interface DoomedDirectories {
  /** Notes an entry that the dry run lists as deleted. */
  note(path: BytePath, isDirectory: boolean): void;
  /** The directories that will be empty when the rest has gone, and so go too. */
  settle(signal: AbortSignal): Promise<BytePath[]>;
}

/**
 * A dry run lists a directory as deleted although something in it is protected: rsync finds out only when rmdir(2) says that it is
 * not empty (delete.c, delete_item). So each is looked into: it goes if all that is in it goes.
 */
export function startDoomedDirectories(destination: string): DoomedDirectories {
  const root = fromText(destination);
  const directories: BytePath[] = [];
  /** By directory, how many of its own entries go. */
  const going = new Map<BytePath, number>();
  const parentOf = (path: BytePath): BytePath => parents(path)[0] ?? ("" as BytePath);
  return {
    note(path, isDirectory) {
      if (isDirectory) directories.push(path);
      else going.set(parentOf(path), (going.get(parentOf(path)) ?? 0) + 1);
    },
    async settle(signal) {
      const gone: BytePath[] = [];
      const look = async (path: BytePath): Promise<void> => {
        // What cannot be read is counted as it was listed.
        const entries = await readDirectoryIfThere(join(root, path)).catch(() => []);
        if (entries.length > (going.get(path) ?? 0)) return;
        gone.push(path);
        going.set(parentOf(path), (going.get(parentOf(path)) ?? 0) + 1);
      };
      for (const level of byDepth(directories).reverse()) await walk(level, look, requestsInFlight, signal);
      return gone;
    },
  };
}

/** Paths by how deep they lie. */
function byDepth(paths: readonly BytePath[]): BytePath[][] {
  const levels: BytePath[][] = [];
  for (const path of paths) {
    const depth = parents(path).length;
    while (levels.length <= depth) levels.push([]);
    levels[depth]?.push(path);
  }
  return levels;
}
