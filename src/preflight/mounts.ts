import { readFileSync } from "node:fs";
import { type Mount, parseMounts } from "../measure/storage.ts";

/** What is mounted at this moment, in the order in which it was mounted; nothing where that cannot be read. */
export function readMounts(): readonly Mount[] {
  try {
    return parseMounts(readFileSync("/proc/self/mountinfo", "utf8"));
  } catch {
    // Not Linux, or hidden: only what depends on mounts is checked less closely.
    return [];
  }
}
