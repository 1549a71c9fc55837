// Settings of the kernel for the time of a case.
import { existsSync, writeFileSync } from "node:fs";
import { Unavailable } from "../unavailable.mjs";
import { undoLater } from "../undo.mjs";

/** Writes a value into a file below /sys or /proc, and undone another one. */
export async function setKernel(file, value, usual) {
  if (!existsSync(file)) throw new Unavailable(`this kernel has no ${file}`);
  await undoLater(async () => {
    if (existsSync(file)) writeFileSync(file, `${usual}`);
  });
  writeFileSync(file, `${value}`);
}

/** Makes the kernel forget what it keeps of files in memory, as far as it is on a disk. */
export function dropCaches() {
  writeFileSync("/proc/sys/vm/drop_caches", "3");
}
