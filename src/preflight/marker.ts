import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, messageOf } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";

/**
 * Why a destination is not known by its marker, or undefined if it is; undefined too where none is demanded. A marker is a regular
 * file: a symbolic link would lead out of what is mounted. Not lstatSync: a dead mount would hold up the whole process.
 */
export async function markerMissing(destination: string, marker: string | undefined): Promise<string | undefined> {
  if (marker === undefined) return undefined;
  try {
    if ((await lstat(join(destination, marker))).isFile()) return undefined;
    return `marker: ${quoted(marker)} in destination ${quoted(destination)} is no regular file: put one in its place`;
  } catch (error) {
    if (codeOf(error) === "ENOENT")
      return `marker: destination ${quoted(destination)} has no file ${quoted(marker)}. This is what a mount point looks like whose mount is missing: mount it and run again`;
    return `marker: ${quoted(marker)} in destination ${quoted(destination)} cannot be looked at: ${messageOf(error)}`;
  }
}

/** How a place that is meant comes by its marker, for a message. */
export function howToMark(marker: string): string {
  return `if it is the right place, mark it once with "dailysync init DESTINATION --marker=${marker}" (node dist/cli.cjs init, in a copy of the action) or with touch`;
}
