import { readdir, readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { RefusedError } from "../errors.ts";
import { runVariable } from "../program.ts";

/** Milliseconds after which what did not end at SIGTERM is killed. */
const termMs = 2000;
/** Milliseconds after which it is given up: such a process waits for storage that does not answer. */
const mostMs = 6000;
const lookEveryMs = 50;

/**
 * Ends what still runs of a run that was killed: the kernel tells its rsyncs to end (see `launchers`), but they may take a moment or hang
 * in a request, and meanwhile they write.
 *
 * @throws RefusedError when some do not end
 */
export async function endLeftovers(runId: string, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  let last: "SIGTERM" | "SIGKILL" | undefined;
  for (;;) {
    const left = await processesOf(runId);
    if (left.length === 0) return;
    const passed = performance.now() - startedAt;
    if (passed > mostMs)
      throw new RefusedError([
        `destination is still being written by what an earlier run, which was killed, has left (${left.length === 1 ? "process" : "processes"} ${left.join(", ")}), and it does not end: it probably waits for storage that does not answer; see to that, or restart the machine`,
      ]);
    const next = passed > termMs ? "SIGKILL" : "SIGTERM";
    if (next !== last) for (const pid of left) send(pid, next);
    last = next;
    await pause(lookEveryMs, undefined, { signal });
  }
}

/** Processes of a run: those that have its id in their environment. None where /proc does not tell. */
export async function processesOf(runId: string): Promise<number[]> {
  const wanted = `${runVariable}=${runId}`;
  const names = await readdir("/proc").catch((): string[] => []);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        // Other users' are closed; and a process that has ended has none any more.
        const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
        return environment.split("\0").includes(wanted) ? Number(name) : undefined;
      }),
  );
  return found.filter((pid) => pid !== undefined);
}

function send(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
}
