import { lstat } from "node:fs/promises";
import { type BytePath, byDepth, fromText, join, parents, toBytes } from "../byte-path.ts";
import { isAbsence, readDirectoryIfThere, statusOf } from "./directory.ts";
import { requestsInFlight, walk } from "./walk.ts";

/**
 * The entries of a directory that are no directories; below the source. With sizes (a request for each) what does not answer has none
 * like the rest without: the rsync that is given its name says what is wrong.
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
    files.push({ path, bytes: found?.isFile() ? found.size : 0 });
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
 * parent. A symbolic link is something else, wherever it leads: rsync will put a directory in its place. One that does not answer is
 * not known to be absent: over what may be in it no file may be written in place.
 */
export async function absentDirectories(
  destination: string,
  directories: readonly BytePath[],
  signal: AbortSignal,
): Promise<BytePath[]> {
  const root = fromText(destination);
  const present = new Set<BytePath>();
  const look = async (path: BytePath): Promise<void> => {
    try {
      if ((await lstat(toBytes(join(root, path)))).isDirectory()) present.add(path);
    } catch (error) {
      if (!isAbsence(error)) present.add(path);
    }
  };
  const list = async ([parent, asked]: readonly [BytePath, readonly BytePath[]]): Promise<void> => {
    try {
      for (const { name, isDirectory } of await readDirectoryIfThere(join(root, parent)))
        if (isDirectory) present.add(join(parent, name));
    } catch {
      for (const path of asked) present.add(path);
    }
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
    const many = [...byParent].filter(([, { length }]) => length >= worthListing);
    await walk(few, look, requestsInFlight, signal);
    await walk(many, list, requestsInFlight, signal);
  }
  return directories.filter((path) => !present.has(path));
}

/** Whether it is certain that there is nothing in a directory but what is ours, or no directory. */
export async function isEmpty(directory: string, ours: ReadonlySet<BytePath>): Promise<boolean> {
  const entries = await readDirectoryIfThere(fromText(directory)).catch(() => undefined);
  return entries?.every(({ name }) => ours.has(name)) ?? false;
}
