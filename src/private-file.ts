import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { codeOf } from "./errors.ts";

/*
 * Files of a run that are for its own user: reports and history. They may be told to lie where others write too, as in /tmp, and
 * what others put there in advance is neither followed nor believed. All is synchronous; see report/write.ts.
 */

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/**
 * Makes a directory that only this user may enter, with its parents; one that is there stays as it is.
 *
 * @throws where it cannot be made, or where one that is there is another user's trap: a symbolic link of theirs, or a directory of
 * theirs that everybody may write
 */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const link = lstatSync(path);
  if (link.isSymbolicLink() && !isTrusted(link))
    throw new Error(`it is a symbolic link that belongs to user ${link.uid}, not to this one`);
  const directory = statSync(path);
  if (!isTrusted(directory) && (directory.mode & 0o002) !== 0)
    throw new Error(`it belongs to user ${directory.uid}, not to this one, and everybody may write in it`);
}

/**
 * Writes a file, readable for this user alone, whole or not at all. What is there under its name is replaced, a symbolic link too.
 *
 * @throws where it cannot be written; nothing is left over then
 */
export function writePrivateFile(path: string, text: string): void {
  // A name that nobody can know before, and of which nothing is followed if they did.
  const unfinished = `${path}.${randomUUID()}.tmp`;
  try {
    const file = openSync(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      // No fsync: beside a destination on the same file system it would wait for all that was copied, after a cancellation too.
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // The directory is as unwritable as the first error says.
    }
    throw error;
  }
}

/**
 * Reads a file that an earlier run of this user, or of root, has written.
 *
 * @throws where it cannot be read, and for what another user can have put there: a symbolic link, a pipe (which is not waited for),
 * a file of theirs
 */
export function readPrivateFile(path: string): string {
  const file = openUnfollowed(path);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw new Error("it is no regular file");
    if (!isTrusted(found)) throw new Error(`it belongs to user ${found.uid}, not to this one`);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function openUnfollowed(path: string): number {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    // open(2): what O_NOFOLLOW says of a symbolic link.
    throw codeOf(error) === "ELOOP" ? new Error("it is a symbolic link", { cause: error }) : error;
  }
}

/** Whether something belongs to us or to root, who could do us harm in other ways. */
function isTrusted({ uid }: Stats): boolean {
  return uid === 0 || uid === process.geteuid?.();
}
