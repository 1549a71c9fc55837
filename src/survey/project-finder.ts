import type { BytePath } from "../byte-path.ts";

/** Finds the project that a path below the source belongs to: itself or the nearest parent among `projects`. */
export function projectFinder(projects: Iterable<BytePath>): (path: BytePath) => BytePath | undefined {
  const known = new Set<string>(projects);
  return (path) => {
    let candidate: string = path;
    while (candidate !== "" && !known.has(candidate)) {
      const slash = candidate.lastIndexOf("/");
      candidate = slash < 0 ? "" : candidate.slice(0, slash);
    }
    return known.has(candidate) ? (candidate as BytePath) : undefined;
  };
}
