import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { bytes as inBytes } from "../report/format.ts";

/** What a file system has left for this user. */
export interface Free {
  readonly bytes: number;
  /** Undefined where the file system has no fixed number of inodes. */
  readonly inodes: number | undefined;
  /** Whether less may be needed than the sizes of the files say. */
  readonly mayCompress: boolean;
}

/** File systems that can compress or share what they store: btrfs, ZFS, bcachefs (statfs(2), their magic numbers). */
const compressing: ReadonlySet<number> = new Set([0x9123683e, 0x2fc12fc1, 0xca451a4e]);

/** Free space behind a path, or behind its parent while it does not exist; undefined where the file system does not tell. */
export async function freeSpace(path: string): Promise<Free | undefined> {
  try {
    const { type, bavail, bsize, ffree, files, blocks } = await statfs(path).catch(() => statfs(dirname(path)));
    return blocks === 0
      ? undefined
      : { bytes: bavail * bsize, inodes: files === 0 ? undefined : ffree, mayCompress: compressing.has(type) };
  } catch {
    return undefined;
  }
}

/** Bytes in use on the file systems behind some paths together. Undefined where one does not tell. */
export async function usedSpace(paths: readonly string[]): Promise<number | undefined> {
  let used = 0;
  for (const path of paths)
    try {
      const { blocks, bfree, bsize } = await statfs(path);
      if (blocks === 0) return undefined;
      used += (blocks - bfree) * bsize;
    } catch {
      return undefined;
    }
  return used;
}

/** Why what must come cannot fit, or undefined. Only what is certain counts: files that the destination lacks altogether. */
export function noSpace(free: Free, comingBytes: number, comingFiles: number): string | undefined {
  if (comingBytes > free.bytes)
    return `destination has ${inBytes(free.bytes)} free, and ${inBytes(comingBytes)} of new files must come: free some space, or choose a larger destination`;
  if (free.inodes !== undefined && comingFiles > free.inodes)
    return `destination has ${free.inodes} free inodes, and ${comingFiles} new files must come: choose a file system with more inodes`;
  return undefined;
}
