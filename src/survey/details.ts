import { type BytePath, fromText, join, parents } from "../byte-path.ts";
import { readDirectoryIfThere, statusOf } from "./directory.ts";
import { requestsInFlight, walk } from "./walk.ts";

/** The entries of a directory that are no directories, with their sizes; below the source. What vanished meanwhile is left out. */
export async function filesOf(
  source: string,
  directory: BytePath,
  signal: AbortSignal,
): Promise<{ readonly path: BytePath; readonly bytes: number }[]> {
  const root = fromText(source);
  const entries = await readDirectoryIfThere(join(root, directory));
  const files: { path: BytePath; bytes: number }[] = [];
  const measure = async (name: BytePath): Promise<void> => {
    const path = join(directory, name);
    const found = await statusOf(join(root, path));
    if (found !== undefined) files.push({ path, bytes: found.isFile() ? found.size : 0 });
  };
  const names = entries.filter(({ isDirectory }) => !isDirectory).map(({ name }) => name);
  await walk(names, measure, requestsInFlight, signal);
  return files;
}

/** Of paths below a root, those that are there and no directories. */
export async function filesAmong(
  root: string,
  paths: readonly BytePath[],
  signal: AbortSignal,
): Promise<ReadonlySet<BytePath>> {
  const files = new Set<BytePath>();
  const look = async (path: BytePath): Promise<void> => {
    const found = await statusOf(join(fromText(root), path));
    if (found !== undefined && !found.isDirectory()) files.add(path);
  };
  await walk(paths, look, requestsInFlight, signal);
  return files;
}

/**
 * Of directories below the destination, those that are not there: absent, or something else in the place of one or of a
 * parent. A symbolic link is something else, wherever it leads: rsync will put a directory in its place.
 */
export async function absentDirectories(
  destination: string,
  directories: readonly BytePath[],
  signal: AbortSignal,
): Promise<BytePath[]> {
  const root = fromText(destination);
  const present = new Set<BytePath>();
  const look = async (path: BytePath): Promise<void> => {
    const found = await statusOf(join(root, path));
    if (found?.isDirectory()) present.add(path);
  };
  const withParents = new Set(directories.flatMap((path) => [path, ...parents(path)]));
  await walk([...withParents], look, requestsInFlight, signal);
  return directories.filter((path) => ![path, ...parents(path)].every((one) => present.has(one)));
}
