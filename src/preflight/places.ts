import { type BigIntStats, statSync } from "node:fs";
import { constants, lstat, readdir, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, messageOf } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import { findMount, type Mount } from "../measure/storage.ts";
import { permitted } from "./permitted.ts";

/** A place as it is known before the run. */
export interface Place {
  /** Real path; of a destination that is not there yet, that of its parent and its name. */
  readonly realPath: string;
  readonly exists: boolean;
  /** Device and inode; undefined for what does not exist. One that did not exist has it once the run has made it. */
  readonly identity: string | undefined;
}

/** A place, or what is wrong with it. */
export type Checked =
  | { readonly place: Place; readonly problem: undefined }
  | { readonly place: undefined; readonly problem: string };

/** The source must be a directory that can be read and has something in it. */
export async function checkSource(source: string, deletes: boolean): Promise<Checked> {
  try {
    if (!(await stat(source)).isDirectory())
      return wrong(`source ${quoted(source)} is not a directory: give the directory that holds the projects`);
    await permitted(source, constants.R_OK | constants.X_OK);
    if ((await readdir(source, { encoding: "buffer" })).length === 0)
      return wrong(
        `source ${quoted(source)} is empty${deletes ? ", and with delete everything at the destination would go" : ", there is nothing to back up"}: is it mounted?`,
      );
    return there(await realpath(source));
  } catch (error) {
    return wrong(`source ${quoted(source)} ${reason(error)}`);
  }
}

/** The destination must be a directory that can be written, or a name in one. */
export async function checkDestination(destination: string): Promise<Checked> {
  try {
    const found = await stat(destination).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    });
    if (found === undefined) {
      const itself = await lstat(destination).catch(() => undefined);
      // Another run has made it at this moment.
      if (itself?.isDirectory()) return checkDestination(destination);
      if (itself !== undefined)
        return wrong(
          `destination ${quoted(destination)} is a symbolic link to nothing: make the directory that it names`,
        );
      const parent = dirname(destination);
      if (!(await stat(parent)).isDirectory())
        return wrong(`destination ${quoted(destination)}: ${quoted(parent)} is not a directory`);
      await permitted(parent, constants.W_OK | constants.X_OK);
      const name = destination.slice(parent === "/" ? 1 : parent.length + 1);
      const realParent = await realpath(parent);
      return {
        place: { realPath: `${realParent === "/" ? "" : realParent}/${name}`, exists: false, identity: undefined },
        problem: undefined,
      };
    }
    if (!found.isDirectory())
      return wrong(
        `destination ${quoted(destination)} is not a directory: give the directory that receives the projects`,
      );
    await permitted(destination, constants.R_OK | constants.W_OK | constants.X_OK).catch((error: unknown) => {
      // What is closed to its owner, rsync opens for the time of its work.
      if (codeOf(error) !== "EACCES" || found.uid !== process.geteuid?.()) throw error;
    });
    return there(await realpath(destination));
  } catch (error) {
    const parentMissing = codeOf(error) === "ENOENT";
    return wrong(
      `destination ${quoted(destination)} ${parentMissing ? `cannot be made: its parent directory ${quoted(dirname(destination))} does not exist. Make it, or correct the path` : reason(error)}`,
    );
  }
}

/**
 * Whether one place lies in the other, through symbolic links and bind mounts too: the device and inode of each parent of
 * one is compared with those of the other, and every mount point below one with those above the other.
 *
 * @param input the input that names the second place
 */
export function overlap(
  source: Place,
  destination: Place,
  mounts: readonly Mount[],
  input = "destination",
): string | undefined {
  const sources = chain(source.realPath);
  const destinations = chain(destination.realPath);
  // A destination that is not there yet has no identity, and nothing can lie in it.
  const [sourceItself] = sources;
  const destinationItself = destination.exists ? destinations[0] : undefined;
  if (sourceItself !== undefined && sourceItself === destinationItself)
    return `${input} is the same directory as source: a backup needs another place`;
  const below = (root: string): (string | undefined)[] =>
    mounts
      .filter(({ mountPoint }) => mountPoint.startsWith(root === "/" ? "/" : `${root}/`))
      .map(({ mountPoint }) => identity(mountPoint));
  const sourceAndBelow = new Set([sourceItself, ...below(source.realPath)]);
  const destinationAndBelow = new Set([destinationItself, ...below(destination.realPath)]);
  if (destinations.some((one) => one !== undefined && sourceAndBelow.has(one)))
    return `${input} ${quoted(destination.realPath)} lies inside source ${quoted(source.realPath)}: the backup would copy itself; choose a place outside`;
  if (sources.some((one) => one !== undefined && destinationAndBelow.has(one)))
    return `source ${quoted(source.realPath)} lies inside ${input} ${quoted(destination.realPath)}: the backup would overwrite what it reads; choose another place`;
  if (sharesMount(source, destination, mounts))
    return `source ${quoted(source.realPath)} and ${input} ${quoted(destination.realPath)} show the same directory through a mount: the backup would overwrite what it reads; choose another place`;
  return undefined;
}

/** Whether a part of one place is a part of the other, because a bind mount, or the same file system mounted twice, shows it in both. */
function sharesMount(source: Place, destination: Place, mounts: readonly Mount[]): boolean {
  const shownIn = ({ realPath }: Place): Location[] => {
    const mount = findMount(mounts, realPath);
    const below = mounts.filter(({ mountPoint }) => isWithin(mountPoint, realPath));
    return [
      ...(mount === undefined ? [] : [{ device: mount.deviceNumber, path: inFileSystem(mount, realPath) }]),
      ...below.map(({ deviceNumber, root }) => ({ device: deviceNumber, path: root })),
    ];
  };
  const theirs = shownIn(destination);
  return shownIn(source).some((one) =>
    theirs.some(({ device, path }) => device === one.device && (isWithin(path, one.path) || isWithin(one.path, path))),
  );
}

/** A directory by its file system and its path in that: the same for every path that leads to it. */
interface Location {
  readonly device: string;
  readonly path: string;
}

function inFileSystem({ root, mountPoint }: Mount, realPath: string): string {
  const rest = mountPoint === "/" ? realPath : realPath.slice(mountPoint.length);
  return `${root === "/" ? "" : root}${rest}` || "/";
}

/** Whether a path is the other or lies below it. */
export function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(above.endsWith("/") ? above : `${above}/`);
}

/** Why a place does not count as mounted, or undefined if it does. */
export function notMounted(
  input: string,
  place: Pick<Place, "realPath">,
  mounts: readonly Mount[],
): string | undefined {
  if (mounts.length === 0)
    return `require-mount: the mount table cannot be read, so it cannot be told whether ${input} is mounted`;
  const root = findMount(mounts, "/");
  const mount = findMount(mounts, place.realPath);
  if (mount !== undefined && mount.deviceNumber !== root?.deviceNumber) return undefined;
  return `require-mount: ${input} ${quoted(place.realPath)} lies on the root file system, nothing is mounted there: mount it and run again`;
}

/**
 * Which of some places is not the directory that it was, or undefined: what was unmounted or replaced during a run must be neither
 * read nor written. Not statSync: a dead mount would hold up the whole process.
 */
export async function strayed(places: readonly Place[]): Promise<string | undefined> {
  for (const { realPath, identity: before } of places) {
    const found = await stat(realPath, { bigint: true }).catch(() => undefined);
    if (found === undefined || `${found.dev}:${found.ino}` !== before)
      return `${quoted(realPath)} is not the directory that the run began with: it was unmounted or replaced meanwhile`;
  }
  return undefined;
}

/**
 * Where a place lies in another, as a path below that; empty where both are the same directory, undefined where it lies elsewhere.
 * Directories are compared as in overlap, so that a symbolic link or a bind mount hides nothing.
 */
export function pathBelow({ realPath }: Place, above: Place): string | undefined {
  for (let path = realPath; ; path = dirname(path)) {
    const isIt = above.exists ? identity(path) === above.identity : path === above.realPath;
    if (isIt) return realPath.slice(path.length).replace(/^\//, "");
    if (path === dirname(path)) return undefined;
  }
}

/** Identities of a path and its parents, nearest first; undefined for what does not exist. */
function chain(path: string): (string | undefined)[] {
  const all: (string | undefined)[] = [];
  for (let one = path; ; one = dirname(one)) {
    all.push(identity(one));
    if (one === dirname(one)) return all;
  }
}

function identity(path: string): string | undefined {
  try {
    const { dev, ino }: BigIntStats = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** A directory that is there, as it is now. */
export function placeAt(realPath: string): Place {
  return { realPath, exists: true, identity: identity(realPath) };
}

function there(realPath: string): Checked {
  return { place: placeAt(realPath), problem: undefined };
}

function wrong(problem: string): Checked {
  return { place: undefined, problem };
}

/** Why a place cannot be used, as the system says it: the end of a sentence. */
export function reason(error: unknown): string {
  switch (codeOf(error)) {
    case "ENOENT":
      return "does not exist: correct the path, or mount what should be there";
    case "EACCES":
    case "EPERM":
      return `cannot be used by this user (${process.getuid?.() ?? "?"}): give it the rights, or run as another user`;
    case "EROFS":
      return "is on a read-only file system: mount it writable";
    default:
      return `cannot be used: ${messageOf(error)}`;
  }
}
