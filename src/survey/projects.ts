import { type BytePath, fromText, isText, join, parents } from "../byte-path.ts";
import { messageOf, RefusedError } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import { type Entry, isDirectoryBelow, openToOwner, readDirectory, readDirectoryIfThere } from "./directory.ts";
import { globbed } from "./globbed.ts";
import { compilePatterns } from "./patterns.ts";

/** A directory on the way to projects (the source itself; `team-a` where the pattern has two levels): its entries are chosen by name. */
export interface Folder {
  /** Below the source; empty for the source itself. */
  readonly path: BytePath;
  /** Whether its owner may create and remove entries in it; see openToOwner. */
  readonly open: boolean;
  /** Names of matched entries that are no directories. */
  readonly loose: readonly BytePath[];
  /** Names at the source or the destination that are neither matched nor on the way to a match: left alone on both sides. */
  readonly leftAlone: readonly BytePath[];
  /** Names of matches that only the destination has and `delete` removes: no directories, unless vanished projects go too. */
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
  /** Directories on the way to projects that could not be read: what lies there is not covered. */
  readonly unreadable: readonly BytePath[];
  /** The same at the destination: what would be deleted there cannot be counted. */
  readonly unreadableThere: readonly BytePath[];
  /** Patterns that nothing at the source fits: a misspelling, or what they are about is gone. */
  readonly unmatched: readonly string[];
  /** Exclusions that took nothing away: a misspelling, or they point inside a project where they have no effect. */
  readonly unusedExclusions: readonly string[];
}

/**
 * Finds projects and loose files below `source` with @actions/glob and names what no pattern covers.
 *
 * @param patterns relative patterns, `!` in front excludes
 * @param theirs what becomes of names at the destination: `ours` count on neither side (see ownNames), and vanished projects
 *   are deleted or stay
 * @throws RefusedError when the source itself cannot be read
 */
export async function selectProjects(
  source: string,
  destination: string,
  patterns: readonly string[],
  theirs: { readonly ours: ReadonlySet<BytePath>; readonly deleteProjects: boolean } = {
    ours: new Set(),
    deleteProjects: false,
  },
): Promise<Selection> {
  const compiled = compilePatterns(patterns);
  // Apart: what only the destination has says nothing of whether a pattern fits the source.
  const compiledThere = compilePatterns(patterns);
  const found = await globbed(source, patterns);
  const onTheWay = new Set([...(found ?? [])].flatMap(parents));
  const judge: Judge = {
    isOurs: (path) => theirs.ours.has(path),
    deletesProjects: theirs.deleteProjects,
    matches: (path) => {
      // Asked in any case: the compiled patterns note which exclusions had an effect.
      const matched = compiled.matches(path);
      return found !== undefined && isText(path) ? found.has(path) : matched;
    },
    matchesThere: compiledThere.matches,
    leadsToMatch: (path) => onTheWay.has(path) || compiled.mayMatchBelow(path),
  };
  const findings = await lookThrough(fromText(source), fromText(destination), "" as BytePath, judge);
  return {
    projects: findings.projects.sort(),
    folders: findings.folders,
    notCovered: findings.notCovered.sort(),
    vanished: findings.vanished.sort(),
    unreadable: findings.unreadable,
    unreadableThere: findings.unreadableThere,
    unmatched: compiled.unmatched(findings.projects),
    unusedExclusions: compiled.unusedExclusions(),
  };
}

/** Says what the patterns choose: of names at the source, which @actions/glob has seen, and of names that only the destination has. */
interface Judge {
  readonly isOurs: (path: BytePath) => boolean;
  readonly deletesProjects: boolean;
  readonly matches: (path: BytePath) => boolean;
  readonly matchesThere: (path: BytePath) => boolean;
  readonly leadsToMatch: (path: BytePath) => boolean;
}

interface Findings {
  readonly projects: BytePath[];
  readonly folders: Folder[];
  readonly notCovered: BytePath[];
  readonly vanished: BytePath[];
  readonly unreadable: BytePath[];
  readonly unreadableThere: BytePath[];
}

/** Looks through a folder and, where that leads to matches, the folders in it. Where nothing matches below, it is one thing not covered. */
async function lookThrough(source: BytePath, destination: BytePath, folder: BytePath, judge: Judge): Promise<Findings> {
  const findings: Findings = {
    ...{ projects: [], folders: [], notCovered: [], vanished: [], unreadable: [], unreadableThere: [] },
  };
  const here = await readDirectory(join(source, folder)).catch((error: unknown) => {
    if (folder === "") throw new RefusedError([`source ${quoted(source)} cannot be read: ${messageOf(error)}`]);
    findings.unreadable.push(folder);
    return [];
  });
  const isThere = folder === "" || (await isDirectoryBelow(destination, folder));
  const there = !isThere
    ? []
    : await readDirectoryIfThere(join(destination, folder)).catch(() => {
        findings.unreadableThere.push(folder);
        return [];
      });
  const loose: BytePath[] = [];
  const leftAlone: BytePath[] = [];
  for (const entry of here) {
    const path = join(folder, entry.name);
    if (judge.isOurs(path)) {
      findings.notCovered.push(path);
      continue;
    }
    if (judge.matches(path)) {
      if (entry.isDirectory) findings.projects.push(path);
      else loose.push(entry.name);
      continue;
    }
    const below =
      entry.isDirectory && judge.leadsToMatch(path) ? await lookThrough(source, destination, path, judge) : undefined;
    if (below === undefined || below.folders.length === 0) {
      findings.notCovered.push(path);
      leftAlone.push(entry.name);
    }
    if (below !== undefined) add(findings, below);
  }
  const extraneous: BytePath[] = [];
  for (const entry of onlyThere(here, there)) {
    const path = join(folder, entry.name);
    if (judge.isOurs(path)) continue;
    if (!judge.matchesThere(path)) {
      leftAlone.push(entry.name);
      if (entry.isDirectory) append(findings.vanished, await vanishedBelow(destination, path, judge));
      continue;
    }
    if (entry.isDirectory) findings.vanished.push(path);
    if (!entry.isDirectory || judge.deletesProjects) extraneous.push(entry.name);
  }
  if (folder !== "" && findings.projects.length === 0 && findings.folders.length === 0 && loose.length === 0)
    return { ...findings, notCovered: [] };
  const open = await openToOwner(join(source, folder));
  findings.folders.push({ path: folder, open, loose, leftAlone, extraneous });
  return findings;
}

/** Matched directories below one that only the destination has: whole folders of projects may have vanished. */
async function vanishedBelow(destination: BytePath, folder: BytePath, judge: Judge): Promise<BytePath[]> {
  if (!judge.leadsToMatch(folder)) return [];
  const vanished: BytePath[] = [];
  const entries = await readDirectoryIfThere(join(destination, folder)).catch(() => []);
  for (const { name, isDirectory } of entries) {
    if (!isDirectory) continue;
    const path = join(folder, name);
    if (judge.matchesThere(path)) vanished.push(path);
    else append(vanished, await vanishedBelow(destination, path, judge));
  }
  return vanished;
}

function add(findings: Findings, more: Findings): void {
  append(findings.projects, more.projects);
  append(findings.folders, more.folders);
  append(findings.notCovered, more.notCovered);
  append(findings.vanished, more.vanished);
  append(findings.unreadable, more.unreadable);
  append(findings.unreadableThere, more.unreadableThere);
}

/** Not push with a spread: that many arguments would overflow the stack. */
function append<Item>(list: Item[], more: readonly Item[]): void {
  for (const item of more) list.push(item);
}

function onlyThere(here: readonly Entry[], there: readonly Entry[]): Entry[] {
  const names = new Set(here.map(({ name }) => name));
  return there.filter(({ name }) => !names.has(name));
}
