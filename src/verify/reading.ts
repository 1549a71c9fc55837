import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type BytePath, toBytes } from "../byte-path.ts";
import { codeOf } from "../errors.ts";

const bufferBytes = 1024 * 1024;
/** A special file in the place of one would keep whoever opens it waiting. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Why a file cannot be opened, as the error's code; undefined if it can be, or is gone. */
export async function openingError(path: BytePath): Promise<string | undefined> {
  return errorOf(path, async () => undefined);
}

/**
 * Why a file cannot be read to its end, as the error's code; undefined if it can be, or is gone.
 *
 * @throws the signal's reason once it is aborted
 */
export async function readingError(path: BytePath, signal: AbortSignal): Promise<string | undefined> {
  return errorOf(path, async (file) => {
    const buffer = Buffer.allocUnsafe(bufferBytes);
    while ((await file.read(buffer, 0, bufferBytes)).bytesRead > 0) signal.throwIfAborted();
  });
}

async function errorOf(path: BytePath, use: (file: FileHandle) => Promise<void>): Promise<string | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(toBytes(path), flags);
    await use(file);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || code === "ABORT_ERR") throw error;
    return code === "ENOENT" ? undefined : code;
  } finally {
    await file?.close();
  }
}
