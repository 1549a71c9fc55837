import { type Dirent, readdirSync, type Stats } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { type BytePath, fromBytes, join, parents, toBytes } from "../byte-path.ts";
import { codeOf } from "../errors.ts";

/** One name in a directory; a symbolic link is a link, whatever it points to. */
export interface Entry {
  readonly name: BytePath;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
}

/**
 * Reads a directory's entries, in the order in which the file system gives them. Throws the system's error (EACCES, ENOENT …).
 *
 * Names are read as text of one character per byte, as in a BytePath: a third faster than a buffer for each, which is memory of its
 * own. Where the directory does not tell the kinds (NFS, some FUSE), Node asks for each name, and stumbles over such text: then, and
 * where a name is not ASCII, it is read again.
 */
export async function readDirectory(
  path: BytePath,
  readText: (path: Buffer) => Promise<Dirent[]> = (bytes) => readdir(bytes, asText),
): Promise<Entry[]> {
  const entries = await readText(toBytes(path)).catch(() => undefined);
  return entries?.every(isPlain) ? entries.map(entryOf) : (await readdir(toBytes(path), asBytes)).map(entryOf);
}

/** The same in this thread, which waits for it. */
export function readDirectoryAtOnce(
  path: BytePath,
  readText: (path: Buffer) => Dirent[] = (bytes) => readdirSync(bytes, asText),
): Entry[] {
  let entries: Dirent[] | undefined;
  try {
    entries = readText(toBytes(path));
  } catch {
    // Read again, for the kinds or for the system's own error.
  }
  return entries?.every(isPlain) ? entries.map(entryOf) : readdirSync(toBytes(path), asBytes).map(entryOf);
}

const asText = { withFileTypes: true, encoding: "latin1" } as const;
const asBytes = { withFileTypes: true, encoding: "buffer" } as const;

function isPlain({ name }: Dirent): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII byte is meant, control characters too
  return /^[\x00-\x7f]*$/.test(name);
}

function entryOf(entry: Dirent | Dirent<Buffer>): Entry {
  const name = typeof entry.name === "string" ? (entry.name as BytePath) : fromBytes(entry.name);
  return { name, isDirectory: entry.isDirectory(), isFile: entry.isFile() };
}

/** The same, but an absent directory, or something else in its place, has no entries. */
export async function readDirectoryIfThere(path: BytePath): Promise<Entry[]> {
  try {
    return await readDirectory(path);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

/** Whether an error says that nothing is there. Any other says nothing of what is there. */
export function isAbsence(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "");
}

/** What is at a path, a symbolic link being itself; undefined for what is gone or does not answer. */
export async function statusOf(path: BytePath): Promise<Stats | undefined> {
  return lstat(toBytes(path)).catch(() => undefined);
}

/**
 * Whether a path below a root is a directory and so is every parent of it. A symbolic link is none, wherever it leads: rsync puts
 * a directory in its place, and what it leads to is not ours.
 */
export async function isDirectoryBelow(root: BytePath, path: BytePath): Promise<boolean> {
  for (const one of [path, ...parents(path)])
    try {
      if (!(await lstat(toBytes(join(root, one)))).isDirectory()) return false;
    } catch (error) {
      // Any other error is no answer: who reads it next says what is wrong.
      if (isAbsence(error)) return false;
    }
  return true;
}

/** Asked once: with every directory it was a sixth of the survey's time. */
const isRoot = process.geteuid?.() === 0;

/**
 * Whether a directory's owner may read, write and pass through it. Always true for root, whom modes do not bind. Where it is
 * not, each rsync opens the directory for the time that it works in it and closes it at its end (generator.c), so that two at
 * once lock each other out.
 */
export async function openToOwner(path: BytePath): Promise<boolean> {
  return isRoot || ((await stat(toBytes(path))).mode & 0o700) === 0o700;
}
