import type { BytePath } from "../byte-path.ts";
import { pathsKept } from "../paths-kept.ts";
import { projectFinder } from "./project-finder.ts";

/** What would be deleted, counted for each project; of the paths only the first. */
export interface DeletionList {
  readonly entries: number;
  /** By project; the empty one is for the loose files. */
  readonly projects: ReadonlyMap<BytePath, { readonly entries: number; readonly paths: readonly BytePath[] }>;
}

/** A list while it is being made. */
export interface GrowingDeletionList {
  /** Adds an entry, by its path below the destination. */
  add(path: BytePath): void;
  /** What it is by now. */
  list(): DeletionList;
}

/** @param projects those whose entries may go, vanished ones too; what lies in none of them is a loose file */
export function startDeletionList(projects: Iterable<BytePath>): GrowingDeletionList {
  const projectOf = projectFinder(projects);
  const found = new Map<BytePath, { entries: number; readonly paths: BytePath[] }>();
  let entries = 0;
  return {
    add(path) {
      const project = projectOf(path) ?? ("" as BytePath);
      const own = found.get(project) ?? { entries: 0, paths: [] };
      found.set(project, own);
      own.entries++;
      if (entries++ < pathsKept) own.paths.push(path);
    },
    list: () => ({ entries, projects: found }),
  };
}
