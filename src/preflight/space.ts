import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { bytes as inBytes } from "../report/format.ts";

/** What a file system has left for this user. */
export interface Free {
  readonly bytes: number;
  /** Undefined where the file system has no fixed number of inodes. */
  readonly inodes: number | undefined;
}

/** Free space behind a path, or behind its parent while it does not exist; undefined where the file system does not tell. */
export async function freeSpace(path: string): Promise<Free | undefined> {
  try {
    const { bavail, bsize, ffree, files, blocks } = await statfs(path).catch(() => statfs(dirname(path)));
    return blocks === 0 ? undefined : { bytes: bavail * bsize, inodes: files === 0 ? undefined : ffree };
  } catch {
    return undefined;
  }
}

/** Bytes in use on the file system behind a path: a whole source can need no more. Undefined where it does not tell. */
export async function usedSpace(path: string): Promise<number | undefined> {
  try {
    const { blocks, bfree, bsize } = await statfs(path);
    return blocks === 0 ? undefined : (blocks - bfree) * bsize;
  } catch {
    return undefined;
  }
}

/** Why what must come cannot fit, or undefined. Only what is certain counts: files that the destination lacks altogether. */
export function noSpace(free: Free, comingBytes: number, comingFiles: number): string | undefined {
  if (comingBytes > free.bytes)
    return `destination has ${inBytes(free.bytes)} free, and ${inBytes(comingBytes)} of new files must come: free some space, or choose a larger destination`;
  if (free.inodes !== undefined && comingFiles > free.inodes)
    return `destination has ${free.inodes} free inodes, and ${comingFiles} new files must come: choose a file system with more inodes`;
  return undefined;
}
