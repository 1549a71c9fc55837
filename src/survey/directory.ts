import type { Stats } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { type BytePath, fromBytes, join, parents, toBytes } from "../byte-path.ts";
import { codeOf } from "../errors.ts";

/** One name in a directory; a symbolic link is a link, whatever it points to. */
export interface Entry {
  readonly name: BytePath;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
}

/** Reads a directory's entries, in the order in which the file system gives them. Throws the system's error (EACCES, ENOENT …). */
export async function readDirectory(path: BytePath): Promise<Entry[]> {
  const entries = await readdir(toBytes(path), { withFileTypes: true, encoding: "buffer" });
  return entries.map((entry) => ({
    name: fromBytes(entry.name),
    isDirectory: entry.isDirectory(),
    isFile: entry.isFile(),
  }));
}

/** The same, but an absent directory, or something else in its place, has no entries. */
export async function readDirectoryIfThere(path: BytePath): Promise<Entry[]> {
  try {
    return await readDirectory(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "")) return [];
    throw error;
  }
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
      if (["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "")) return false;
    }
  return true;
}

/**
 * Whether a directory's owner may read, write and pass through it. Always true for root, whom modes do not bind. Where it is
 * not, each rsync opens the directory for the time that it works in it and closes it at its end (generator.c), so that two at
 * once lock each other out.
 */
export async function openToOwner(path: BytePath): Promise<boolean> {
  return process.geteuid?.() === 0 || ((await stat(toBytes(path))).mode & 0o700) === 0o700;
}
