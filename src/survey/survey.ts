import { type BytePath, fromText, join, parents } from "../byte-path.ts";
import { codeOf } from "../errors.ts";
import { differingInCase } from "../preflight/collisions.ts";
import { type ComingSizes, type Comparison, type DestinationSurvey, startComparison } from "./comparison.ts";
import { type Entry, isAbsence, isDirectoryBelow, openToOwner, readDirectoryIfThere, statusOf } from "./directory.ts";
import { addLoads, type Load, noLoad } from "./load.ts";
import type { Folder } from "./projects.ts";
import { startReader } from "./reader.ts";
import { estimatedBytes, startSizeSample } from "./sizes.ts";
import { requestsInFlight, type Visit, walk } from "./walk.ts";

/** A directory of the source with what lies in it and below it, counted. */
export interface Directory {
  /** Below the source. */
  readonly path: BytePath;
  /** Own entries that are no directories. */
  readonly files: number;
  /** Of itself and its own entries. */
  readonly own: Load;
  /** Of itself and all below. */
  readonly total: Load;
  /** Own names that only the destination has; undefined where the two were not compared. */
  readonly extraneous: number | undefined;
  readonly directories: readonly Directory[];
  /** Itself and all below. */
  readonly totalDirectories: number;
  /** Whether its directories were forgotten, because it is too small to be cut. */
  readonly folded: boolean;
  /** Whether its owner may create and remove entries in it; see openToOwner. */
  readonly open: boolean;
  /** How many of its own directories something is mounted on that is left out: they are copied with its own entries. */
  readonly mountPoints: number;
}

/** Whether a directory has nothing in it. */
export function isEmpty({ total }: Directory): boolean {
  return total.entries === 1;
}

/** What the walk saw. */
export interface Survey {
  /** One per project, in the order given. */
  readonly projects: readonly Directory[];
  /** Of the loose files. */
  readonly loose: Load;
  /** Directories that could not be read, with the error's code: what is below them is unknown. */
  readonly unreadable: readonly { readonly path: BytePath; readonly code: string }[];
  /** Directories that something of another file system is mounted on, where that is left out. */
  readonly mountPoints: readonly BytePath[];
  /** Of names that differ only in case, those of each directory; none unless asked for. */
  readonly differingInCase: readonly (readonly BytePath[])[];
  /** Undefined unless the destination was walked too. */
  readonly destination: DestinationSurvey | undefined;
}

export interface SurveyRequest {
  readonly source: string;
  readonly destination: string;
  readonly projects: readonly BytePath[];
  /** Those that only the destination has. */
  readonly vanished: readonly BytePath[];
  readonly folders: readonly Folder[];
  /** Walk the destination too. */
  readonly compare: boolean;
  /** Ask for the size of every file that the destination lacks; undefined: of none. */
  readonly sizesOfAbsent: ComingSizes | undefined;
  /** Whether the source seems to answer from memory. */
  readonly answersAtOnce: boolean;
  /** Leave out what is on another file system than its project; not unless given. */
  readonly oneFileSystem?: boolean;
  /** Look for names that differ only in case; not unless given. */
  readonly foldsCase?: boolean;
  /** Whether a directory with so much in and below it will not be cut: then its own directories are forgotten, so that memory is bounded. */
  readonly isSmall: (total: Load) => boolean;
  /** Told of how many entries more of the source were seen. */
  readonly onRead?: (entries: number) => void;
}

/** Loose files of one folder whose size is asked for; the rest is taken to be like them. */
const sampledLoose = 64;

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
  const comparison = request.compare
    ? startComparison(source, destination, [...request.projects, ...request.vanished], request.sizesOfAbsent)
    : undefined;
  const sizes = startSizeSample();
  const read = startReader(request.answersAtOnce);
  const unreadable: { path: BytePath; code: string }[] = [];
  const mountPoints: BytePath[] = [];
  const inCase: (readonly BytePath[])[] = [];
  let loose = noLoad;

  const visitDirectory = async (building: Building, add: (visit: Visit) => void): Promise<void> => {
    const path = join(root, building.path);
    if (request.oneFileSystem && (await isMountPoint(root, building))) {
      mountPoints.push(building.path);
      building.isMountPoint = true;
      return;
    }
    const there = building.isThere ? ((await comparison?.entriesThere(building.path)) ?? []) : [];
    let here: readonly Entry[];
    try {
      building.open = await openToOwner(path);
      here = await read(path);
      request.onRead?.(here.length);
    } catch (error) {
      // What was gone before it could be read is rsync's to judge.
      if (!isAbsence(error)) unreadable.push({ path: building.path, code: codeOf(error) ?? "unknown" });
      return;
    }
    if (request.foldsCase)
      for (const names of differingInCase(here.map(({ name }) => name)))
        inCase.push(names.map((name) => join(building.path, name)));
    building.files = here.filter(({ isDirectory }) => !isDirectory).length;
    building.bytes = await sizes.bytesOf(
      path,
      here.filter(({ isFile }) => isFile).map(({ name }) => name),
    );
    const compared = comparison?.compare(building.path, here, there, add);
    building.absentFiles = compared?.absentFiles ?? (building.isThere ? 0 : building.files);
    building.extraneous = compared?.extraneous;
    const directoriesThere = new Set(there.filter(({ isDirectory }) => isDirectory).map(({ name }) => name));
    for (const entry of here) {
      if (!entry.isDirectory) continue;
      // Not compared, what is below is taken to be there if this is.
      const isThere = building.isThere && (comparison === undefined || directoriesThere.has(entry.name));
      const child = emptyBuilding(join(building.path, entry.name), isThere, building);
      building.unfinished++;
      add((addMore) => visitDirectory(child, addMore).then(() => finish(child)));
    }
  };
  /** Adds up from the leaves. */
  const finish = (last: Building): void => {
    for (let building: Building | undefined = last; building !== undefined; building = building.parent) {
      building.unfinished--;
      if (building.unfinished > 0) return;
      const finished = finishedDirectory(building, sizes.typical(), request.isSmall);
      building.finished = finished;
      if (building.parent === undefined) continue;
      if (building.isMountPoint) building.parent.mountPoints++;
      else building.parent.directories.push(finished);
    }
  };

  const weighFolder = async ({ path, loose: names }: Folder): Promise<void> => {
    if (names.length === 0) return;
    const bytes = await estimatedBytes(join(root, path), names, sampledLoose);
    const entriesThere = await readDirectoryIfThere(join(fromText(destination), path)).catch(() => []);
    const namesThere = new Set(entriesThere.map(({ name }) => name));
    const absentEntries = names.filter((name) => !namesThere.has(name)).length;
    const absentBytes = (bytes * absentEntries) / names.length;
    // Only now: other visits add to it meanwhile.
    loose = addLoads(loose, { entries: names.length, absentEntries, bytes, absentBytes });
  };
  /** Loose files: the patterns have been applied already. */
  const compareFolder = async (
    { path, loose: names, extraneous }: Folder,
    compared: Comparison,
    add: (visit: Visit) => void,
  ) => {
    const chosen = new Set([...names, ...extraneous]);
    const isChosen = ({ name }: Entry): boolean => chosen.has(name);
    const here = await readDirectoryIfThere(join(root, path));
    const there =
      path === "" || (await isDirectoryBelow(fromText(destination), path)) ? await compared.entriesThere(path) : [];
    compared.compare(path, here.filter(isChosen), there.filter(isChosen), add);
  };

  const there = await directoriesAmong(fromText(destination), request.projects);
  const roots = request.projects.map((path) => emptyBuilding(path, there.has(path), undefined));
  const visits: Visit[] = roots.map((one) => (add) => visitDirectory(one, add).then(() => finish(one)));
  for (const folder of folders) {
    visits.push(() => weighFolder(folder));
    if (comparison !== undefined) visits.push((add) => compareFolder(folder, comparison, add));
  }
  if (request.foldsCase) for (const names of differingInCase(chosenNames(request))) inCase.push(names);
  await walk(visits, (visit, add) => visit(add), requestsInFlight, signal);
  return {
    projects: roots.map(({ finished }) => finished).filter((one) => one !== undefined),
    loose,
    unreadable,
    mountPoints,
    differingInCase: inCase,
    destination: comparison?.result(),
  };
}

/** All that the patterns choose: projects, loose files, and the folders that they are in. */
function chosenNames({ projects, folders }: SurveyRequest): BytePath[] {
  const loose = folders.flatMap(({ path, loose: names }) => names.map((name) => join(path, name)));
  return [...projects, ...folders.map(({ path }) => path), ...loose];
}

/** A directory while its contents are being read. */
interface Building {
  readonly path: BytePath;
  /** Whether the destination has it, as far as that is known. */
  readonly isThere: boolean;
  readonly parent: Building | undefined;
  files: number;
  absentFiles: number;
  /** Undefined where the sample left it out. */
  bytes: number | undefined;
  extraneous: number | undefined;
  open: boolean;
  readonly directories: Directory[];
  /** The device of its project, once that is known. */
  device: number | undefined;
  isMountPoint: boolean;
  mountPoints: number;
  /** Its own reading, and its directories that are not finished. */
  unfinished: number;
  finished: Directory | undefined;
}

function emptyBuilding(path: BytePath, isThere: boolean, parent: Building | undefined): Building {
  return {
    ...{ path, isThere, parent, files: 0, absentFiles: 0, bytes: undefined, extraneous: undefined, open: true },
    ...{
      directories: [],
      device: parent?.device,
      isMountPoint: false,
      mountPoints: 0,
      unfinished: 1,
      finished: undefined,
    },
  };
}

function finishedDirectory(building: Building, typicalBytes: number, isSmall: (total: Load) => boolean): Directory {
  const { path, files, absentFiles, isThere, extraneous, open, directories, mountPoints } = building;
  const bytes = building.bytes ?? typicalBytes * files;
  const itself: Load = {
    entries: files + 1 + mountPoints,
    absentEntries: absentFiles + (isThere ? 0 : 1),
    bytes,
    absentBytes: files === 0 ? 0 : (bytes * absentFiles) / files,
  };
  const total = directories.reduce((sum, one) => addLoads(sum, one.total), itself);
  const own = { ...itself, entries: itself.entries + directories.length };
  const folded = isSmall(total);
  return {
    ...{ path, files, own, total, extraneous, open, folded, mountPoints },
    directories: folded ? [] : directories,
    totalDirectories: directories.reduce((sum, one) => sum + one.totalDirectories, 1 + mountPoints),
  };
}

/**
 * Whether a directory is on another device than its project (flist.c: rsync takes the device of the name that it was given). What
 * does not answer is none: who reads it says what is wrong.
 */
async function isMountPoint(root: BytePath, building: Building): Promise<boolean> {
  const device = (await statusOf(join(root, building.path)))?.dev;
  building.device ??= device;
  return device !== undefined && device !== building.device;
}

/** Of paths below a root, those that are directories, and so are all their parents; one request for each parent. */
async function directoriesAmong(root: BytePath, paths: readonly BytePath[]): Promise<ReadonlySet<BytePath>> {
  const found = new Set<BytePath>();
  for (const parent of new Set(paths.map((path) => parents(path)[0] ?? ("" as BytePath)))) {
    if (parent !== "" && !(await isDirectoryBelow(root, parent))) continue;
    try {
      for (const { name, isDirectory } of await readDirectoryIfThere(join(root, parent)))
        if (isDirectory) found.add(join(parent, name));
    } catch {
      // No answer is none: who reads them next says what is wrong.
      for (const path of paths) if ((parents(path)[0] ?? "") === parent) found.add(path);
    }
  }
  return found;
}
