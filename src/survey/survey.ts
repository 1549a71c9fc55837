import { lstat, stat } from "node:fs/promises";
import { type BytePath, fromText, join, toBytes } from "../byte-path.ts";
import { codeOf } from "../errors.ts";
import { type Entry, readDirectory, readDirectoryIfThere } from "./directory.ts";
import type { Folder } from "./projects.ts";
import { walk } from "./walk.ts";

/** A directory of the source with what lies below it, counted. */
export interface Directory {
  /** Below the source. */
  readonly path: BytePath;
  /** Own entries that are no directories. */
  readonly files: number;
  /** Bytes of those, estimated from a sample where there are many. */
  readonly bytes: number;
  readonly directories: readonly Directory[];
  /** Entries below, without the directory itself. */
  readonly totalEntries: number;
  readonly totalBytes: number;
  /** Whether its owner may create and remove entries in it and pass through it. Always true for root, whom modes do not bind. */
  readonly open: boolean;
}

/** What the walk saw. */
export interface Survey {
  /** One per project, in the order given. */
  readonly projects: readonly Directory[];
  /** Names of loose files count as one entry each. */
  readonly looseFiles: number;
  /** Directories that could not be read, with the error's code: what is below them is unknown. */
  readonly unreadable: readonly { readonly path: BytePath; readonly code: string }[];
  /** Undefined unless the destination was walked too. */
  readonly destination: DestinationSurvey | undefined;
}

/** What the destination has, compared by name with the source, filters not counted. */
export interface DestinationSurvey {
  /** Entries below the projects, and the loose files that the patterns match. */
  readonly entries: number;
  /** Entries that the source does not have. */
  readonly extraneous: number;
  /** The first of them, below the destination. */
  readonly extraneousPaths: readonly BytePath[];
  /** Files that the source has and the destination lacks. */
  readonly absentFiles: number;
  /** Their bytes; 0 unless sizes were asked for. */
  readonly absentBytes: number;
}

export interface SurveyRequest {
  readonly source: string;
  readonly destination: string;
  readonly projects: readonly BytePath[];
  readonly folders: readonly Folder[];
  /** Walk the destination too. */
  readonly compare: boolean;
  /** Ask for the size of every file that the destination lacks. */
  readonly sizesOfAbsent: boolean;
  /** Called as the walk goes on, with the entries seen so far. */
  readonly onProgress?: (entries: number) => void;
}

/** Requests in flight: enough to hide the latency of network storage, few enough for a small machine's memory. */
const requestsInFlight = 64;
/** Files of one directory whose size is asked for; the rest is taken to be like them. */
const sampledPerDirectory = 4;
/** Sizes asked for in one survey, so that a tree of millions of directories is not slowed by it. */
const sampledInAll = 50_000;
/** Paths kept for the report. */
const pathsKept = 1000;

/**
 * Walks the projects (and on request the destination beside them) with many requests in flight: names and counts, and
 * a sample of sizes.
 *
 * Never throws for what it cannot read: rsync will say the same with the right exit code; what was unreadable is returned.
 *
 * @throws the signal's reason when it is aborted
 */
export async function survey(request: SurveyRequest, signal: AbortSignal): Promise<Survey> {
  const sourceRoot = fromText(request.source);
  const destinationRoot = fromText(request.destination);
  const unreadable: { path: BytePath; code: string }[] = [];
  const compared = { entries: 0, extraneous: 0, extraneousPaths: [] as BytePath[], absentFiles: 0, absentBytes: 0 };
  const asRoot = process.geteuid?.() === 0;
  let sampled = 0;
  let seen = 0;

  const noteExtraneous = (path: BytePath): void => {
    compared.extraneous++;
    if (compared.extraneousPaths.length < pathsKept) compared.extraneousPaths.push(path);
  };

  /** The kind of visit that counts what only the destination has. */
  const visitExtraneous = async (path: BytePath, add: (visit: Visit) => void): Promise<void> => {
    for (const entry of await readOrNothing(join(destinationRoot, path))) {
      const below = join(path, entry.name);
      compared.entries++;
      noteExtraneous(below);
      if (entry.isDirectory) add((addMore) => visitExtraneous(below, addMore));
    }
  };

  const compareNames = async (
    path: BytePath,
    here: readonly Entry[],
    there: readonly Entry[],
    add: (visit: Visit) => void,
  ): Promise<void> => {
    const source = new Map(here.map((entry) => [entry.name, entry]));
    const destination = new Set(there.map(({ name }) => name));
    compared.entries += there.length;
    for (const entry of there) {
      const below = join(path, entry.name);
      const twin = source.get(entry.name);
      if (twin === undefined) noteExtraneous(below);
      // A directory that must make way for something else loses all that is in it.
      if (entry.isDirectory && !twin?.isDirectory) add((addMore) => visitExtraneous(below, addMore));
    }
    const absent = here.filter((entry) => !entry.isDirectory && !destination.has(entry.name));
    compared.absentFiles += absent.length;
    if (!request.sizesOfAbsent) return;
    for (const entry of absent)
      if (entry.isFile) compared.absentBytes += await sizeOf(join(join(sourceRoot, path), entry.name));
  };

  const visitDirectory = async (building: Building, thereToo: boolean, add: (visit: Visit) => void): Promise<void> => {
    const path = join(sourceRoot, building.path);
    const there = thereToo ? await readOrNothing(join(destinationRoot, building.path)) : [];
    let here: Entry[];
    try {
      if (!asRoot) building.open = ((await stat(toBytes(path))).mode & 0o300) === 0o300;
      here = await readDirectory(path);
    } catch (error) {
      unreadable.push({ path: building.path, code: codeOf(error) ?? "unknown" });
      return;
    }
    seen += here.length;
    request.onProgress?.(seen);
    const files = here.filter(({ isFile }) => isFile);
    building.files = here.filter(({ isDirectory }) => !isDirectory).length;
    if (sampled < sampledInAll) {
      const sample = evenly(files, sampledPerDirectory);
      sampled += sample.length;
      const sizes = await Promise.all(sample.map(({ name }) => sizeOf(join(path, name))));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      building.bytes = sample.length === 0 ? 0 : Math.round((bytes / sample.length) * files.length);
    }
    if (request.compare) await compareNames(building.path, here, there, add);
    const directoriesThere = new Set(there.filter(({ isDirectory }) => isDirectory).map(({ name }) => name));
    for (const entry of here) {
      if (!entry.isDirectory) continue;
      const child = emptyBuilding(join(building.path, entry.name));
      building.directories.push(child);
      add((addMore) => visitDirectory(child, directoriesThere.has(entry.name), addMore));
    }
  };

  const roots = request.projects.map(emptyBuilding);
  const visits: Visit[] = roots.map(
    (root) => async (add) =>
      visitDirectory(root, request.compare && (await isDirectory(join(destinationRoot, root.path))), add),
  );
  if (request.compare) for (const folder of request.folders) visits.push((add) => visitFolder(folder, add));

  /** Loose files: the patterns have been applied already. */
  const visitFolder = async (folder: Folder, add: (visit: Visit) => void): Promise<void> => {
    const loose = new Set(folder.loose);
    const there = await readDirectoryIfThere(join(destinationRoot, folder.path));
    const matched = new Set<BytePath>([...folder.loose, ...folder.extraneous]);
    const here = (await readDirectoryIfThere(join(sourceRoot, folder.path))).filter(({ name }) => loose.has(name));
    await compareNames(
      folder.path,
      here,
      there.filter(({ name }) => matched.has(name)),
      add,
    );
  };

  await walk(visits, (visit, add) => visit(add), requestsInFlight, signal);
  return {
    projects: roots.map(finished),
    looseFiles: request.folders.reduce((sum, { loose }) => sum + loose.length, 0),
    unreadable,
    destination: request.compare ? compared : undefined,
  };
}

type Visit = (add: (visit: Visit) => void) => Promise<void>;

/** A directory while its contents are being read. */
interface Building {
  readonly path: BytePath;
  files: number;
  bytes: number;
  open: boolean;
  readonly directories: Building[];
}

function emptyBuilding(path: BytePath): Building {
  return { path, files: 0, bytes: 0, open: true, directories: [] };
}

/** Adds up from the leaves. By recursion: paths are at most 4,096 bytes, so trees are at most 2,048 deep. */
function finished(building: Building): Directory {
  const directories = building.directories.map(finished);
  let totalEntries = building.files + directories.length;
  let totalBytes = building.bytes;
  for (const child of directories) {
    totalEntries += child.totalEntries;
    totalBytes += child.totalBytes;
  }
  const { path, files, bytes, open } = building;
  return { path, files, bytes, directories, totalEntries, totalBytes, open };
}

function evenly<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  const step = items.length / count;
  return Array.from({ length: count }, (_, index) => items[Math.floor(index * step)]).filter(
    (item) => item !== undefined,
  );
}

/** 0 for what vanished meanwhile. */
async function sizeOf(path: BytePath): Promise<number> {
  try {
    return (await lstat(toBytes(path))).size;
  } catch {
    return 0;
  }
}

async function isDirectory(path: BytePath): Promise<boolean> {
  try {
    return (await lstat(toBytes(path))).isDirectory();
  } catch {
    return false;
  }
}

/** What cannot be read at the destination is not counted; rsync reports it when it gets there. */
async function readOrNothing(path: BytePath): Promise<Entry[]> {
  try {
    return await readDirectoryIfThere(path);
  } catch {
    return [];
  }
}
