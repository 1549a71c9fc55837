import { access } from "node:fs/promises";
import { fromText, join } from "../byte-path.ts";
import { findMount, type Mount } from "../measure/storage.ts";
import { isWithin } from "../preflight/places.ts";
import type { Selection } from "../survey/projects.ts";

/**
 * A directory of each file system that received copies: the destination, and mount points below it that hold a project, lie in
 * one, or hold loose files, as where every project has a file system of its own.
 *
 * @param destination its real path
 */
export async function receivers(
  destination: string,
  { projects, folders }: Pick<Selection, "projects" | "folders">,
  mounts: readonly Mount[],
): Promise<string[]> {
  const root = fromText(destination);
  const copies = projects.map((path) => join(root, path));
  const looseFiles = folders.filter(({ loose }) => loose.length > 0).map(({ path }) => join(root, path));
  // The same file system may be mounted more than once.
  const byDevice = new Map<string, string>();
  const own = findMount(mounts, destination)?.deviceNumber;
  for (const { mountPoint, deviceNumber } of mounts) {
    if (deviceNumber === own || mountPoint === destination || !isWithin(mountPoint, destination)) continue;
    const path = fromText(mountPoint);
    const received =
      copies.some((copy) => isWithin(path, copy) || isWithin(copy, path)) ||
      looseFiles.some((folder) => isWithin(folder, path));
    // What another mount hides, rsync did not reach either.
    if (received && (await isThere(mountPoint))) byDevice.set(deviceNumber, mountPoint);
  }
  return [destination, ...byDevice.values()];
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
