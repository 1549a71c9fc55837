import { type BytePath, fromText, join } from "../byte-path.ts";
import { codeOf } from "../errors.ts";
import { isAbsence, readDirectory, statusOf } from "../survey/directory.ts";
import type { Selection } from "../survey/projects.ts";
import { requestsInFlight, walk } from "../survey/walk.ts";
import type { Candidate } from "./candidate.ts";
import { directoryKey, fileKey, hasFile, reachesInto, type Stretch } from "./order.ts";

/** Directories beside each other that are read ahead: at each depth so many listings wait in memory at most. */
const readAhead = 16;
/** Files whose sizes are asked for at a time: of a directory of millions only the names are in memory. */
const sizesAtOnce = 1024;

export interface Walking {
  readonly source: string;
  readonly selection: Pick<Selection, "projects" | "folders">;
  readonly oneFileSystem: boolean;
  /** Told of a directory that cannot be read, with the error's code: what is in it is left out. */
  readonly onUnreadable: (directory: BytePath, code: string) => void;
  readonly signal: AbortSignal;
}

interface Directory {
  readonly path: BytePath;
  /** Of the project's file system, where no other one may be entered. */
  readonly device: number | undefined;
}

interface Listing {
  readonly files: readonly BytePath[];
  readonly directories: readonly Directory[];
}

/**
 * The regular files of projects and loose files that are in a stretch of the order (see order.ts), read while they are asked for:
 * what lies before the stretch is passed over without a look.
 *
 * @throws the signal's reason once it is aborted
 */
export async function* filesInOrder(walking: Walking, stretch: Stretch): AsyncGenerator<Candidate> {
  const { projects, folders } = walking.selection;
  const loose = folders.flatMap(({ path, loose: names }) => names.map((name) => join(path, name)));
  const units = [
    ...projects
      .filter((path) => reachesInto(stretch, path))
      .map((path) => ({ path, isProject: true, key: directoryKey(path) })),
    ...loose.filter((path) => hasFile(stretch, path)).map((path) => ({ path, isProject: false, key: fileKey(path) })),
  ].sort((one, other) => (one.key < other.key ? -1 : 1));
  for (let at = 0; at < units.length; ) {
    const isProject = units[at]?.isProject;
    let end = at;
    while (end < units.length && units[end]?.isProject === isProject) end++;
    const alike = units.slice(at, end).map(({ path }) => path);
    yield* isProject ? below(await projectRoots(walking, alike), walking, stretch) : sized(alike, walking);
    at = end;
  }
}

async function projectRoots({ source, oneFileSystem }: Walking, projects: readonly BytePath[]): Promise<Directory[]> {
  if (!oneFileSystem) return projects.map((path) => ({ path, device: undefined }));
  const directories: Directory[] = [];
  for (const path of projects) {
    const found = await statusOf(join(fromText(source), path));
    if (found?.isDirectory()) directories.push({ path, device: found.dev });
  }
  return directories;
}

/** What is in and below directories that lie beside each other. */
async function* below(
  directories: readonly Directory[],
  walking: Walking,
  stretch: Stretch,
): AsyncGenerator<Candidate> {
  const listings: Promise<Listing>[] = [];
  let begun = 0;
  for (const index of directories.keys()) {
    const next = directories.slice(begun, index + 1 + readAhead);
    begun += next.length;
    listings.push(...next.map((one) => list(one, walking, stretch)));
    const listing = await listings.shift();
    if (listing === undefined) break;
    yield* sized(listing.files, walking);
    yield* below(listing.directories, walking, stretch);
  }
}

/** Never rejects: one that is read ahead may never be asked for. */
async function list(directory: Directory, walking: Walking, stretch: Stretch): Promise<Listing> {
  const { path, device } = directory;
  const root = fromText(walking.source);
  try {
    const entries = await readDirectory(join(root, path));
    const files = entries
      .filter(({ isFile }) => isFile)
      .map(({ name }) => join(path, name))
      .filter((file) => hasFile(stretch, file))
      .sort();
    const all = entries
      .filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => join(path, name))
      .filter((one) => reachesInto(stretch, one))
      .sort(byDirectoryKey);
    const entered: BytePath[] = [];
    for (const one of all)
      if (device === undefined || (await statusOf(join(root, one)))?.dev === device) entered.push(one);
    return { files, directories: entered.map((one) => ({ path: one, device })) };
  } catch (error) {
    // What is gone is not there to be read back.
    if (!isAbsence(error)) walking.onUnreadable(path, codeOf(error) ?? "unknown");
    return { files: [], directories: [] };
  }
}

/** Not by the paths themselves: a name that goes on where another one ends comes behind what is below that one. */
function byDirectoryKey(one: BytePath, other: BytePath): number {
  return directoryKey(one) < directoryKey(other) ? -1 : 1;
}

/** Those of some paths that are regular files, with their sizes. */
async function* sized(paths: readonly BytePath[], { source, signal }: Walking): AsyncGenerator<Candidate> {
  const root = fromText(source);
  for (let at = 0; at < paths.length; at += sizesAtOnce) {
    const some = paths.slice(at, at + sizesAtOnce);
    const sizes = new Map<BytePath, number>();
    const measure = async (path: BytePath): Promise<void> => {
      const found = await statusOf(join(root, path));
      if (found?.isFile()) sizes.set(path, found.size);
    };
    await walk(some, measure, requestsInFlight, signal);
    for (const path of some) {
      const bytes = sizes.get(path);
      if (bytes !== undefined) yield { path, bytes };
    }
  }
}
