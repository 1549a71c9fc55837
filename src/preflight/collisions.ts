import { lstat, readdir, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BytePath, toDisplay } from "../byte-path.ts";
import { quoted } from "../inputs/quoted.ts";
import type { Place } from "./places.ts";

/** Names that differ only in case, in groups of two and more. */
export function differingInCase(names: readonly BytePath[]): readonly (readonly BytePath[])[] {
  const groups = new Map<string, BytePath[]>();
  for (const name of names) {
    const folded = toDisplay(name).toLowerCase();
    groups.set(folded, [...(groups.get(folded) ?? []), name]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** File systems that never tell upper from lower case: FAT and exFAT (statfs(2), their magic numbers). */
const folding: ReadonlySet<number> = new Set([0x4d44, 0x2011bab0]);

/**
 * Whether a destination takes two names that differ only in case for one. Found out without writing: by the type of its file
 * system, or by asking for what is there under a name in the other case.
 */
export async function foldsCase({ realPath, exists }: Place): Promise<boolean> {
  const directory = exists ? realPath : dirname(realPath);
  try {
    if (folding.has((await statfs(directory)).type)) return true;
    const names = await readdir(directory);
    const name = names.find((one) => swapped(one) !== one && !names.includes(swapped(one)));
    if (name === undefined) return false;
    const [one, other] = await Promise.all([lstat(join(directory, name)), lstat(join(directory, swapped(name)))]);
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    // The usual answer: there is nothing under the other name.
    return false;
  }
}

/** Why two projects cannot both be backed up to a destination, or undefined. */
export async function collision(
  projects: readonly BytePath[],
  destination: Place,
  folds: (destination: Place) => Promise<boolean> = foldsCase,
): Promise<string | undefined> {
  const [first] = differingInCase(projects);
  if (first === undefined || !(await folds(destination))) return undefined;
  const names = first.map((project) => quoted(toDisplay(project))).join(" and ");
  return `destination ${quoted(destination.realPath)} does not tell upper from lower case, so projects ${names} would be one directory there: rename one, or leave one out with a pattern that begins with !`;
}

function swapped(name: string): string {
  return name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
}
