import { type BytePath, fromText, join } from "../byte-path.ts";
import { codeOf } from "../errors.ts";
import { type ComingSizes, type Comparison, type DestinationSurvey, startComparison } from "./comparison.ts";
import {
  type Entry,
  isDirectoryBelow,
  openToOwner,
  readDirectory,
  readDirectoryIfThere,
  statusOf,
} from "./directory.ts";
import type { Folder } from "./projects.ts";
import { requestsInFlight, type Visit, walk } from "./walk.ts";

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
  /** Whether its owner may create and remove entries in it; see openToOwner. */
  readonly open: boolean;
}

/** What the walk saw. */
export interface Survey {
  /** One per project, in the order given. */
  readonly projects: readonly Directory[];
  /** Bytes of the loose files, estimated from a sample where there are many. */
  readonly looseBytes: number;
  /** Directories that could not be read, with the error's code: what is below them is unknown. */
  readonly unreadable: readonly { readonly path: BytePath; readonly code: string }[];
  /** Undefined unless the destination was walked too. */
  readonly destination: DestinationSurvey | undefined;
}

export interface SurveyRequest {
  readonly source: string;
  readonly destination: string;
  readonly projects: readonly BytePath[];
  readonly folders: readonly Folder[];
  /** Walk the destination too. */
  readonly compare: boolean;
  /** Ask for the size of every file that the destination lacks; undefined: of none. */
  readonly sizesOfAbsent: ComingSizes | undefined;
}

/** Files of one directory whose size is asked for; the rest is taken to be like them. */
const sampledPerDirectory = 4;
/** The same of the loose files of one folder, which are no part of a project's directories. */
const sampledLoose = 64;
/** Sizes asked for in one survey, so that a tree of millions of directories is not slowed by it. */
const sampledInAll = 50_000;

/**
 * Walks the projects (and on request the destination beside them) with many requests in flight: names and counts, and
 * a sample of sizes.
 *
 * Never throws for what it cannot read: rsync will say the same with the right exit code; what was unreadable is returned.
 *
 * @throws the signal's reason when it is aborted
 */
export async function survey(request: SurveyRequest, signal: AbortSignal): Promise<Survey> {
  const { source, destination, folders } = request;
  const root = fromText(source);
  const comparison = request.compare ? startComparison(source, destination, request.sizesOfAbsent) : undefined;
  const unreadable: { path: BytePath; code: string }[] = [];
  let sampled = 0;
  let looseBytes = 0;

  const visitDirectory = async (building: Building, thereToo: boolean, add: (visit: Visit) => void): Promise<void> => {
    const path = join(root, building.path);
    const there = thereToo ? ((await comparison?.entriesThere(building.path)) ?? []) : [];
    let here: Entry[];
    try {
      building.open = await openToOwner(path);
      here = await readDirectory(path);
    } catch (error) {
      // What was gone before it could be read is rsync's to judge.
      const code = codeOf(error) ?? "unknown";
      if (code !== "ENOENT" && code !== "ENOTDIR") unreadable.push({ path: building.path, code });
      return;
    }
    building.files = here.filter(({ isDirectory }) => !isDirectory).length;
    if (sampled < sampledInAll) {
      const files = here.filter(({ isFile }) => isFile);
      sampled += Math.min(files.length, sampledPerDirectory);
      building.bytes = await estimatedBytes(
        path,
        files.map(({ name }) => name),
        sampledPerDirectory,
      );
    }
    await comparison?.compare(building.path, here, there, add);
    const directoriesThere = new Set(there.filter(({ isDirectory }) => isDirectory).map(({ name }) => name));
    for (const entry of here) {
      if (!entry.isDirectory) continue;
      const child = emptyBuilding(join(building.path, entry.name));
      building.directories.push(child);
      add((addMore) => visitDirectory(child, directoriesThere.has(entry.name), addMore));
    }
  };

  const weighFolder = async ({ path, loose }: Folder): Promise<void> => {
    const bytes = await estimatedBytes(join(root, path), loose, sampledLoose);
    // Only now: other visits add to it meanwhile.
    looseBytes += bytes;
  };
  /** Loose files: the patterns have been applied already. */
  const compareFolder = async (
    { path, loose, extraneous }: Folder,
    compared: Comparison,
    add: (visit: Visit) => void,
  ) => {
    const chosen = new Set([...loose, ...extraneous]);
    const isChosen = ({ name }: Entry): boolean => chosen.has(name);
    const here = await readDirectoryIfThere(join(root, path));
    const there =
      path === "" || (await isDirectoryBelow(fromText(destination), path)) ? await compared.entriesThere(path) : [];
    await compared.compare(path, here.filter(isChosen), there.filter(isChosen), add);
  };

  const roots = request.projects.map(emptyBuilding);
  const visits: Visit[] = roots.map((one) => async (add) => {
    const thereToo = comparison !== undefined && (await isDirectoryBelow(fromText(destination), one.path));
    await visitDirectory(one, thereToo, add);
  });
  for (const folder of folders) {
    visits.push(() => weighFolder(folder));
    if (comparison !== undefined) visits.push((add) => compareFolder(folder, comparison, add));
  }
  await walk(visits, (visit, add) => visit(add), requestsInFlight, signal);
  return {
    projects: roots.map(finished),
    looseBytes,
    unreadable,
    destination: comparison?.result(),
  };
}

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

/** The bytes of a directory's files, as a sample of them has it. */
async function estimatedBytes(directory: BytePath, names: readonly BytePath[], sampledAtMost: number): Promise<number> {
  const sample = evenly(names, sampledAtMost);
  const sizes = await Promise.all(sample.map((name) => statusOf(join(directory, name))));
  const bytes = sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0);
  return sample.length === 0 ? 0 : Math.round((bytes / sample.length) * names.length);
}

function evenly<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  const step = items.length / count;
  return Array.from({ length: count }, (_, index) => items[Math.floor(index * step)]).filter(
    (item) => item !== undefined,
  );
}
