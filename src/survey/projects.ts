import * as glob from "@actions/glob";
import { type BytePath, fromText, isText, join, parents, toDisplay } from "../byte-path.ts";
import { codeOf, messageOf, RefusedError } from "../errors.ts";
import { type Entry, readDirectory, readDirectoryIfThere } from "./directory.ts";
import { compilePatterns } from "./patterns.ts";

/** A directory on the way to projects (the source itself; `team-a` where the pattern has two levels): its entries are chosen by name. */
export interface Folder {
  /** Below the source; empty for the source itself. */
  readonly path: BytePath;
  /** Names of matched entries that are no directories. */
  readonly loose: readonly BytePath[];
  /** Names at the source or the destination that are neither matched nor on the way to a match: left alone on both sides. */
  readonly leftAlone: readonly BytePath[];
  /** Names of matched non-directories that only the destination has: what `delete` removes. */
  readonly extraneous: readonly BytePath[];
}

/** What the patterns choose. All paths are below the source. */
export interface Selection {
  readonly projects: readonly BytePath[];
  readonly folders: readonly Folder[];
  /** At the source, matched by no pattern. */
  readonly notCovered: readonly BytePath[];
  /** Matched directories that only the destination has: kept. */
  readonly vanished: readonly BytePath[];
  /** Exclusions that took nothing away: a misspelling, or they point inside a project where they have no effect. */
  readonly unusedExclusions: readonly string[];
}

/**
 * Finds projects and loose files below `source` with @actions/glob and names what no pattern covers.
 *
 * @param patterns relative patterns, `!` in front excludes
 * @throws RefusedError when a directory on the way to the projects cannot be read
 */
export async function selectProjects(
  source: string,
  destination: string,
  patterns: readonly string[],
): Promise<Selection> {
  const compiled = compilePatterns(patterns);
  const found = await globbed(source, patterns);
  const onTheWay = new Set([...(found ?? [])].flatMap(parents));
  const matches = (path: BytePath): boolean => {
    // Asked in any case: the compiled patterns note which exclusions had an effect.
    const matched = compiled.matches(path);
    return found !== undefined && isText(path) ? found.has(path) : matched;
  };
  const leadsToMatch = (path: BytePath): boolean => onTheWay.has(path) || compiled.mayMatchBelow(path);

  const collected: Collected = { projects: [], folders: [], notCovered: [], vanished: [] };
  const look = async (folder: BytePath): Promise<boolean> => {
    const here = await readDirectory(join(fromText(source), folder));
    const there = await readDirectoryIfThere(join(fromText(destination), folder));
    const loose: BytePath[] = [];
    const leftAlone: BytePath[] = [];
    let matchedHere = false;
    for (const entry of here) {
      const path = join(folder, entry.name);
      if (matches(path)) {
        matchedHere = true;
        if (entry.isDirectory) collected.projects.push(path);
        else loose.push(entry.name);
      } else if (entry.isDirectory && leadsToMatch(path) && (await look(path))) {
        matchedHere = true;
      } else {
        collected.notCovered.push(path);
        leftAlone.push(entry.name);
      }
    }
    const absent = onlyThere(here, there);
    const isMatched = (entry: Entry): boolean => compiled.matches(join(folder, entry.name));
    const unmatched = absent.filter((entry) => !isMatched(entry)).map(({ name }) => name);
    if (!matchedHere && folder !== "") return false;
    collected.vanished.push(
      ...absent.filter((entry) => entry.isDirectory && isMatched(entry)).map(({ name }) => join(folder, name)),
    );
    collected.folders.push({
      path: folder,
      loose,
      leftAlone: [...leftAlone, ...unmatched],
      extraneous: absent.filter((entry) => !entry.isDirectory && isMatched(entry)).map(({ name }) => name),
    });
    return true;
  };
  try {
    await look("" as BytePath);
  } catch (error) {
    throw new RefusedError([`source: cannot read a directory that leads to the projects: ${messageOf(error)}`]);
  }
  return {
    projects: collected.projects.sort(),
    folders: collected.folders,
    notCovered: collected.notCovered.sort(),
    vanished: collected.vanished.sort(),
    unusedExclusions: compiled.unusedExclusions(),
  };
}

interface Collected {
  readonly projects: BytePath[];
  readonly folders: Folder[];
  readonly notCovered: BytePath[];
  readonly vanished: BytePath[];
}

/**
 * What @actions/glob finds, below the source. Without implicit descendants: it would walk every file of every project.
 *
 * Undefined when it gives up: it reads names as text, so one that is not UTF-8 reaches it mangled, and it takes a name
 * that it cannot find for an error of the whole search. The compiled patterns answer then.
 */
async function globbed(source: string, patterns: readonly string[]): Promise<ReadonlySet<BytePath> | undefined> {
  const root = escapeGlob(source);
  const lines = patterns.map((pattern) =>
    pattern.startsWith("!") ? `!${root}/${pattern.slice(1)}` : `${root}/${pattern}`,
  );
  const globber = await glob.create(lines.join("\n"), {
    followSymbolicLinks: false,
    implicitDescendants: false,
    matchDirectories: true,
    omitBrokenSymbolicLinks: false,
  });
  const found = new Set<BytePath>();
  try {
    for (const path of await globber.glob())
      if (path.startsWith(`${source}/`)) found.add(fromText(path.slice(source.length + 1)));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new RefusedError([`projects: cannot look through the source: ${messageOf(error)}`]);
  }
  return found;
}

/**
 * Makes every character of a path stand for itself in a pattern (the rules of @actions/glob's Pattern.globEscape). A
 * newline, which would end the pattern, becomes a wildcard; what else it finds is sorted out by the caller.
 */
function escapeGlob(path: string): string {
  return path
    .replace(/\\/g, "\\\\")
    .replace(/(\[)(?=[^/]+\])/g, "[[]")
    .replace(/\?/g, "[?]")
    .replace(/\*/g, "[*]")
    .replace(/\n/g, "?");
}

function onlyThere(here: readonly Entry[], there: readonly Entry[]): Entry[] {
  const names = new Set(here.map(({ name }) => name));
  return there.filter(({ name }) => !names.has(name));
}

/** Names for messages: the first few and how many more. */
export function someNames(paths: readonly BytePath[], shown = 5): string {
  const names = paths.slice(0, shown).map((path) => JSON.stringify(toDisplay(path)));
  return paths.length > shown ? `${names.join(", ")} and ${paths.length - shown} more` : names.join(", ");
}
