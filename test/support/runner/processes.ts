import { readdir, readFile } from "node:fs/promises";

/** A running process. */
export interface ProcessOnMachine {
  readonly pid: number;
  /** Its arguments, joined by spaces. */
  readonly command: string;
}

/**
 * The living processes whose environment holds `variable=value`: how the runner finds what a job left behind
 * (JobExtension.cs, "Cleaning up orphan processes"). A process that has ended but was not waited for is not alive.
 */
export async function processesWith(variable: string, value: string): Promise<ProcessOnMachine[]> {
  const found: ProcessOnMachine[] = [];
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    try {
      const environment = await readFile(`/proc/${pid}/environ`, "latin1");
      if (!environment.split("\0").includes(`${variable}=${value}`)) continue;
      const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
      found.push({ pid, command });
    } catch {
      // Ended meanwhile, or another user's: neither is ours.
    }
  }
  return found;
}
