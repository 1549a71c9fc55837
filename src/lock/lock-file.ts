import { constants } from "node:fs";
import { type FileHandle, lstat, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, messageOf, RefusedError } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import { type Holder, parseHolder } from "./holder.ts";
import { keepingDirectory, opened } from "./kept-directory.ts";

/** What a lock file says. */
export interface Note {
  /** As it stands there; empty when its maker has not come to write it. */
  readonly text: string;
  readonly holder: Holder | undefined;
  /** The number that the holder of a lease keeps raising; undefined where the kernel keeps the lock. */
  readonly counter: string | undefined;
}

/** A lock file that was opened, or why there can be none. */
export type Opened =
  | { readonly kind: "open"; readonly file: FileHandle; readonly made: boolean }
  /** No file can be made or written there. */
  | { readonly kind: "impossible"; readonly reason: string }
  /** The directory is not there. */
  | { readonly kind: "gone" };

/** O_NOFOLLOW against a symbolic link in its place, O_NONBLOCK against a pipe that nobody reads. */
const careful = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** More is not ours, and not read. */
const longestNote = 4096;
/** Digits of the counter: always as many, so that it is written over its last value. */
const counterDigits = 10;

/**
 * Opens a lock file, and makes it where there is none.
 *
 * @throws RefusedError where something else has its name: whoever can write there may have put it there
 */
export async function openLockFile(path: string): Promise<Opened> {
  for (;;)
    try {
      const file = await opened(dirname(path), () => open(path, careful));
      await file
        .stat()
        .then((found) => {
          // A second name may be that of any other file, which must not be written.
          if (!found.isFile() || found.nlink > 1) throw notOurs(path);
        })
        .catch(closing(file));
      return { kind: "open", file, made: false };
    } catch (error) {
      const problem = await problemOf(path, error);
      if (problem !== undefined) return problem;
      try {
        const make = () => open(path, careful | constants.O_CREAT | constants.O_EXCL, 0o600);
        return { kind: "open", file: await keepingDirectory(dirname(path), make), made: true };
      } catch (failure) {
        if (codeOf(failure) === "ENOENT") return { kind: "gone" };
        if (codeOf(failure) !== "EEXIST") return { kind: "impossible", reason: messageOf(failure) };
      }
    }
}

/** What keeps a lock file from being opened; undefined when there is none. */
async function problemOf(path: string, error: unknown): Promise<Opened | undefined> {
  if (error instanceof RefusedError) throw error;
  switch (codeOf(error)) {
    case "ENOENT":
      return undefined;
    case "ELOOP":
    case "EISDIR":
    case "ENXIO":
      throw notOurs(path);
    case "EACCES":
    case "EPERM": {
      const found = await lstat(path).catch(() => undefined);
      if (found === undefined) return undefined;
      throw new RefusedError([
        `destination is locked with ${quoted(path)}, which belongs to another user (${found.uid}) and cannot be opened by this one (${process.geteuid?.() ?? "?"}): run as that user, or remove it once no run of that user goes on`,
      ]);
    }
    default:
      return { kind: "impossible", reason: messageOf(error) };
  }
}

function notOurs(path: string): RefusedError {
  return new RefusedError([
    `destination cannot be locked: ${quoted(path)} is not a file of dailysync's own, but a link, a directory or something else: find out who put it there, and remove it`,
  ]);
}

function closing(file: FileHandle): (error: unknown) => Promise<never> {
  return async (error) => {
    await file.close();
    throw error;
  };
}

/** Whether a path still leads to an open file. */
export async function isAt(file: FileHandle, path: string): Promise<boolean> {
  const [ours, found] = await Promise.all([
    file.stat({ bigint: true }),
    opened(dirname(path), () => lstat(path, { bigint: true })).catch(() => undefined),
  ]);
  return found !== undefined && found.dev === ours.dev && found.ino === ours.ino;
}

export async function readNote(file: FileHandle): Promise<Note> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(longestNote), 0, longestNote, 0);
  const text = buffer.toString("utf8", 0, bytesRead);
  const [first = "", second = ""] = text.split("\n");
  return { text, holder: parseHolder(first), counter: /^\d+$/.test(second) ? second : undefined };
}

/** What the file at a path says; undefined where there is none. */
export async function readNoteAt(path: string): Promise<Note | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    },
  );
  if (file === undefined) return undefined;
  try {
    return await readNote(file);
  } finally {
    await file.close();
  }
}

/** Writes who holds the lock, and for a lease its counter. */
export async function writeNote(file: FileHandle, holder: Holder, counter?: number): Promise<void> {
  const line = `${JSON.stringify(holder)}\n`;
  await file.truncate(0);
  await file.write(counter === undefined ? line : `${line}${counterText(counter)}\n`, 0);
  if (counter !== undefined) await file.datasync();
}

/** Writes a lease's counter, to where others see it. */
export async function writeCounter(file: FileHandle, holder: Holder, counter: number): Promise<void> {
  await file.write(counterText(counter), Buffer.byteLength(JSON.stringify(holder)) + 1);
  await file.datasync();
}

function counterText(counter: number): string {
  return String(counter).padStart(counterDigits, "0");
}

/** Removes a lock file; one that has gone already is as good. */
export async function removeLockFile(path: string): Promise<void> {
  await keepingDirectory(dirname(path), () => unlink(path)).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
  });
}

/**
 * Takes away a lock file whose holder is dead, so that of several who want to, one alone makes the next. Whose new file is caught by
 * mistake, because it came between the look and the renaming, finds out when it reads its own back.
 */
export async function takeAway(path: string, unique: string): Promise<void> {
  const aside = `${path}.${unique}`;
  await keepingDirectory(dirname(path), async () => {
    await rename(path, aside);
    await unlink(aside);
  }).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
  });
}
