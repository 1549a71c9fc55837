import { lstat } from "node:fs/promises";
import { type BytePath, fromText, join, toBytes } from "../byte-path.ts";
import { readDirectory } from "./directory.ts";
import { walk } from "./walk.ts";

/** Requests in flight, as in the survey. */
const requestsInFlight = 64;

/**
 * Finds the names, below the given directories and among the given files, that share an inode. A file's links may also
 * lie outside; only groups of at least two of these names are returned.
 *
 * One request for every file: to be asked only when hard links are to be preserved.
 */
export async function linkGroups(
  source: string,
  directories: readonly BytePath[],
  files: readonly BytePath[],
  signal: AbortSignal,
): Promise<BytePath[][]> {
  const root = fromText(source);
  const groups = new Map<string, BytePath[]>();
  const note = async (path: BytePath): Promise<void> => {
    // What vanished or cannot be read is rsync's to report.
    const found = await lstat(toBytes(join(root, path)), { bigint: true }).catch(() => undefined);
    if (found === undefined || found.nlink < 2n) return;
    const inode = `${found.dev}:${found.ino}`;
    const group = groups.get(inode);
    if (group === undefined) groups.set(inode, [path]);
    else group.push(path);
  };
  const visit = async (path: BytePath, add: (path: BytePath) => void): Promise<void> => {
    for (const entry of await readDirectory(join(root, path)).catch(() => [])) {
      if (entry.isDirectory) add(join(path, entry.name));
      else await note(join(path, entry.name));
    }
  };
  await walk(directories, visit, requestsInFlight, signal);
  for (const file of files) await note(file);
  return [...groups.values()].filter((group) => group.length > 1);
}
