import { lstat } from "node:fs/promises";
import { type BytePath, fromText, join, toBytes } from "../byte-path.ts";
import { readDirectory } from "./directory.ts";
import { requestsInFlight, type Visit, walk } from "./walk.ts";

/**
 * Finds the names, below the given directories and among the given files, that share an inode. A file's links may also
 * lie outside; only groups of at least two of these names are returned.
 *
 * @param leftOut directories that are not looked into
 *
 * One request for every file: to be asked only when hard links are to be preserved.
 */
export async function linkGroups(
  source: string,
  directories: readonly BytePath[],
  files: readonly BytePath[],
  signal: AbortSignal,
  leftOut: ReadonlySet<BytePath> = new Set(),
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
  const visitDirectory = async (path: BytePath, add: (visit: Visit) => void): Promise<void> => {
    for (const entry of await readDirectory(join(root, path)).catch(() => [])) {
      const below = join(path, entry.name);
      if (leftOut.has(below)) continue;
      add(entry.isDirectory ? (addMore) => visitDirectory(below, addMore) : () => note(below));
    }
  };
  const visits: Visit[] = [
    ...directories.map(
      (path): Visit =>
        (add) =>
          visitDirectory(path, add),
    ),
    ...files.map(
      (path): Visit =>
        () =>
          note(path),
    ),
  ];
  await walk(visits, (visit, add) => visit(add), requestsInFlight, signal);
  return [...groups.values()].filter((group) => group.length > 1);
}
