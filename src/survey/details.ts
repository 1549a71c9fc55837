import { type BytePath, byDepth, fromText, join, parents } from "../byte-path.ts";
import { readDirectoryIfThere, statusOf } from "./directory.ts";
import { requestsInFlight, walk } from "./walk.ts";

/**
 * The entries of a directory that are no directories; below the source. With sizes (a request for each) what vanished meanwhile is
 * left out; without, all have none.
 */
export async function filesOf(
  source: string,
  directory: BytePath,
  withSizes: boolean,
  signal: AbortSignal,
): Promise<{ readonly path: BytePath; readonly bytes: number }[]> {
  const root = fromText(source);
  const entries = await readDirectoryIfThere(join(root, directory));
  const names = entries.filter(({ isDirectory }) => !isDirectory).map(({ name }) => name);
  if (!withSizes) return names.map((name) => ({ path: join(directory, name), bytes: 0 }));
  const files: { path: BytePath; bytes: number }[] = [];
  const measure = async (name: BytePath): Promise<void> => {
    const path = join(directory, name);
    const found = await statusOf(join(root, path));
    if (found !== undefined) files.push({ path, bytes: found.isFile() ? found.size : 0 });
  };
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

/** From so many in one directory on, reading it takes fewer requests than asking for each. */
const worthListing = 16;

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
  const list = async (parent: BytePath): Promise<void> => {
    for (const { name, isDirectory } of await readDirectoryIfThere(join(root, parent)).catch(() => []))
      if (isDirectory) present.add(join(parent, name));
  };
  // From the top: below what is not there nothing is asked.
  for (const level of byDepth(directories)) {
    const asked = level.filter((path) =>
      parents(path)
        .slice(0, 1)
        .every((parent) => present.has(parent)),
    );
    const byParent = new Map<BytePath, BytePath[]>();
    for (const path of asked) {
      const parent = parents(path)[0] ?? ("" as BytePath);
      const siblings = byParent.get(parent);
      if (siblings === undefined) byParent.set(parent, [path]);
      else siblings.push(path);
    }
    const few = [...byParent.values()].filter(({ length }) => length < worthListing).flat();
    const many = [...byParent].filter(([, { length }]) => length >= worthListing).map(([parent]) => parent);
    await walk(few, look, requestsInFlight, signal);
    await walk(many, list, requestsInFlight, signal);
  }
  return directories.filter((path) => !present.has(path));
}

/** Whether there is nothing in a directory, or no directory. */
export async function isEmpty(directory: string): Promise<boolean> {
  return (await readDirectoryIfThere(fromText(directory))).length === 0;
}
