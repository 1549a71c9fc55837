import { mkdir, rmdir } from "node:fs/promises";
import { codeOf, messageOf, RefusedError } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";

/**
 * Makes a destination that is not there yet. Not `recursive`: a parent that is gone was a mount, and with it Node tries for ever where
 * a directory answers every mkdir with ENOENT (/proc does).
 *
 * @returns whether it was made; not where it is there by now
 * @throws RefusedError when it cannot be made
 */
export async function makeDestination(destination: string): Promise<boolean> {
  try {
    await mkdir(destination);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new RefusedError([
      `destination ${quoted(destination)} cannot be made (${messageOf(error)}): correct the path, or mount what should be there`,
    ]);
  }
}

/** Removes one that was made and then not used; one that has something in it by now is not ours to remove. */
export async function unmakeDestination(destination: string): Promise<void> {
  await rmdir(destination).catch(() => undefined);
}
