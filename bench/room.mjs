// What the file system of the data is, and whether the data fits.
import { readFileSync, statfsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { Unavailable } from "./unavailable.mjs";

const tmpfs = 0x01021994;
const spareBytes = 512 * 1024 * 1024;

/** What the results call the file system of a directory, in words. */
export function fileSystemInWords(directory) {
  return statfsSync(directory).type === tmpfs ? "warm tmpfs" : "disk, with whatever of it the kernel keeps in memory";
}

/** Rejects with Unavailable unless so many bytes and entries fit into the file system of a directory. */
export async function checkRoom(directory, bytes, entries) {
  const { type, bavail, bsize, ffree, files } = await statfs(directory);
  let available = bavail * bsize;
  if (type === tmpfs) {
    // Its files are memory, and so are its entries, at about 1 KiB each.
    const memory = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    available = Math.min(available, Number(memory ?? Number.POSITIVE_INFINITY) * 1024) - entries * 1024;
  }
  const gigabytes = (figure) => `${(Math.max(0, figure) / 1e9).toFixed(1)} GB`;
  if (available < bytes + spareBytes)
    throw new Unavailable(
      `The data needs ${gigabytes(bytes + spareBytes)} in ${directory}, and there is room for ${gigabytes(available)}. Make room, or choose another directory with --directory.`,
    );
  if (files > 0 && ffree < entries)
    throw new Unavailable(
      `The data needs ${entries} entries in ${directory}, and its file system can take ${ffree} more. Choose another directory with --directory.`,
    );
}
