import { readFileSync } from "node:fs";
import { type BytePath, fromText, parents, toDisplay } from "../byte-path.ts";
import { type Mount, parseMounts } from "../measure/storage.ts";
import { type Place, placeAt } from "./places.ts";

/** What is mounted at this moment, in the order in which it was mounted; nothing where that cannot be read. */
export function readMounts(): readonly Mount[] {
  try {
    return parseMounts(readFileSync("/proc/self/mountinfo", "utf8"));
  } catch {
    // Not Linux, or hidden: only what depends on mounts is checked less closely.
    return [];
  }
}

/** Of mount points below the source, those that a run which stays on each project's file system comes to. */
export function reachedMounts(
  source: Place,
  mountPoints: readonly Place[],
  projects: readonly BytePath[],
): readonly Place[] {
  const all = new Set(projects);
  return mountPoints.filter((mountPoint) => {
    const above = parents(fromText(mountPoint.realPath.slice(source.realPath.length + 1)));
    const project = above.find((path) => all.has(path));
    // A directory of the same device is the same file system, wherever it is mounted.
    return (
      project === undefined || deviceOf(mountPoint) === deviceOf(placeAt(`${source.realPath}/${toDisplay(project)}`))
    );
  });
}

function deviceOf({ identity }: Place): string | undefined {
  return identity?.split(":")[0];
}
