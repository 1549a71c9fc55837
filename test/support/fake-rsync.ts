import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An executable shell script that stands for rsync; returns its path. */
export function fakeRsync(directory: string, script: string, name = "rsync"): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Waits until a file has a line in it, which a script writes when it is ready, and gives its content. */
export async function contentOnceWritten(path: string): Promise<string> {
  for (;;) {
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
      const text = readFileSync(path, "utf8");
      if (text.endsWith("\n")) return text;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether a process still runs; one that has ended and was not waited for yet does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Resolves when a process has gone. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}
