import { constants, lstat, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf } from "../errors.ts";
import type { Inputs } from "../inputs/inputs.ts";
import { quoted } from "../inputs/quoted.ts";
import type { Mount } from "../measure/storage.ts";
import { lockName, markerName } from "../own-names.ts";
import { permitted } from "./permitted.ts";
import { isWithin, overlap, type Place, pathBelow, placeAt, reason } from "./places.ts";

/** The directory that receives what runs delete and replace. */
export interface BackupDir extends Place {
  /** The entry of the destination that it is or lies in; undefined where it lies elsewhere. */
  readonly topInDestination: string | undefined;
}

/** Such a directory, or what is wrong with it. */
export type CheckedBackupDir =
  | { readonly place: BackupDir; readonly problems: readonly [] }
  | { readonly place: undefined; readonly problems: readonly string[] };

/**
 * Checks backup-dir, or the directory that it would be made in: it must be writable, on the destination's file system (what is
 * replaced is renamed, not copied), and where no rsync of this or another run takes it for something to copy, replace or delete.
 */
export async function checkBackupDir(
  { backupDir, destination: givenDestination, marker }: Pick<Inputs, "destination" | "marker"> & { backupDir: string },
  source: Place,
  destination: Place,
  mounts: readonly Mount[],
): Promise<CheckedBackupDir> {
  const found = await find(backupDir, givenDestination, destination);
  if (typeof found === "string") return { place: undefined, problems: [found] };

  const shown = `backup-dir ${quoted(found.realPath)}`;
  const problems: string[] = [];
  const inDestination = pathBelow(found, destination);
  if (inDestination === "")
    problems.push(`${shown} is destination itself: name a directory in it, as in .versions, or beside it`);
  else if (found.exists && pathBelow(destination, found) !== undefined)
    problems.push(
      `${shown} holds destination ${quoted(destination.realPath)}: name a directory of its own, as in .versions`,
    );
  const conflict = overlap(source, found, mounts, "backup-dir");
  if (conflict !== undefined) problems.push(conflict);
  if ((await deviceOf(found.realPath)) !== (await deviceOf(destination.realPath)))
    problems.push(
      `${shown} is on another file system than destination ${quoted(destination.realPath)}, where nothing can be moved to without copying it: name a directory on the same one`,
    );

  const topInDestination = inDestination?.split("/")[0] || undefined;
  // A symbolic link in the destination that leads to it stays as well.
  const topAsGiven = isWithin(backupDir, givenDestination)
    ? backupDir.slice(givenDestination.length + 1).split("/")[0] || undefined
    : undefined;
  for (const top of new Set([topInDestination, topAsGiven])) {
    if (top === undefined) continue;
    if ([lockName, markerName, marker].includes(top))
      problems.push(`${shown} has a name in destination that dailysync needs for another purpose: choose another`);
    if (await isThere(join(source.realPath, top)))
      problems.push(
        `${shown} lies in destination where ${quoted(top)} of source is copied to: choose a name that source does not have, as in .versions`,
      );
  }
  return problems.length > 0 ? { place: undefined, problems } : { place: { ...found, topInDestination }, problems: [] };
}

/** The place, as it is or would be made; or why there can be none. */
async function find(backupDir: string, givenDestination: string, destination: Place): Promise<Place | string> {
  const parent = dirname(backupDir);
  const shown = `backup-dir ${quoted(backupDir)}`;
  try {
    const status = await stat(backupDir).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    });
    if (status !== undefined) {
      if (!status.isDirectory()) return `${shown} is not a directory: name one, or a name that is free`;
      await permitted(backupDir, constants.R_OK | constants.W_OK | constants.X_OK);
      return placeAt(await realpath(backupDir));
    }
    if (await isThere(backupDir)) return `${shown} is a symbolic link to nothing: make the directory that it names`;
    // The destination is made by the run, and one that its owner has closed is opened by rsync.
    if (parent === givenDestination)
      return {
        realPath: `${destination.realPath}${backupDir.slice(parent.length)}`,
        exists: false,
        identity: undefined,
      };
    if (!(await stat(parent)).isDirectory()) return `${shown}: ${quoted(parent)} is not a directory`;
    await permitted(parent, constants.W_OK | constants.X_OK);
    return {
      realPath: join(await realpath(parent), backupDir.slice(parent.length)),
      exists: false,
      identity: undefined,
    };
  } catch (error) {
    return codeOf(error) === "ENOENT"
      ? `${shown} cannot be made: its parent directory ${quoted(parent)} does not exist. Make it, or correct the path`
      : `${shown} ${reason(error)}`;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

/** The device of a path, or of the nearest parent that is there. */
async function deviceOf(path: string): Promise<number | undefined> {
  const status = await stat(path).catch(() => undefined);
  return status?.dev ?? (dirname(path) === path ? undefined : deviceOf(dirname(path)));
}
