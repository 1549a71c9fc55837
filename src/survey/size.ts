import { lstat } from "node:fs/promises";
import { type BytePath, toBytes } from "../byte-path.ts";

/** The size of a file in bytes; 0 for what vanished meanwhile. */
export async function sizeOf(path: BytePath): Promise<number> {
  try {
    return (await lstat(toBytes(path))).size;
  } catch {
    return 0;
  }
}
