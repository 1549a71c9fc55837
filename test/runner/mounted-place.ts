import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { grow, type Place, type Tree } from "../support/place.ts";

// What every Linux has mounted beside the root file system: the examples demand a mounted destination.
const mounted = "/dev/shm";

/** Why there is no mounted place; undefined if there is one. */
export const noMountedPlace =
  statSync(mounted, { throwIfNoEntry: false })?.dev === statSync("/").dev ? `${mounted} is not mounted` : undefined;

const made: string[] = [];

/** A place, as place() makes it, in a mounted file system. */
export function mountedPlace(tree: Tree = {}): Place {
  const root = mkdtempSync(join(mounted, "place-"));
  made.push(root);
  const [source, destination] = [join(root, "source"), join(root, "destination")];
  mkdirSync(source);
  grow(source, tree);
  return { root, source, destination };
}

/** Removes every such place; for afterAll. */
export function removeMountedPlaces(): void {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
}
