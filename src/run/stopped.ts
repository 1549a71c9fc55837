import { readFileSync } from "node:fs";
import { orUndefined, type ReadFile } from "../measure/read-file.ts";

/** Milliseconds between two looks. */
const lookEveryMs = 500;

/**
 * Watches an rsync for a process of it that is stopped (by SIGSTOP, or by who debugs it), which rsync's own time-out misses: a
 * stopped process counts no time, and to its peers the keep-alives that they send to it are signs of life (io.c, check_timeout and
 * maybe_send_keepalive).
 *
 * Needs /proc, and for rsync's children a kernel that lists them (CONFIG_PROC_CHILDREN); without, nothing is noticed.
 *
 * @param pid the sender's process id, once it is known
 * @param seconds how long one may be stopped
 * @param tooLong called once, when it was longer
 * @returns ends the watch
 */
export function watchForStop(
  pid: () => number | undefined,
  seconds: number,
  tooLong: () => void,
  readFile: ReadFile = (path) => readFileSync(path, "latin1"),
): () => void {
  let stoppedSince: number | undefined;
  const timer = setInterval(() => {
    const sender = pid();
    const now = performance.now();
    if (sender === undefined || !isStopped(sender, readFile)) stoppedSince = undefined;
    else stoppedSince ??= now;
    if (stoppedSince === undefined || now - stoppedSince < seconds * 1000) return;
    clearInterval(timer);
    tooLong();
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whether a process or one below it is stopped; what a debugger holds, too. */
function isStopped(pid: number, readFile: ReadFile): boolean {
  const status = orUndefined(() => readFile(`/proc/${pid}/stat`));
  if (status === undefined) return false;
  // The name, which may hold anything, ends with the last parenthesis (proc(5)).
  if (/^\) [Tt]/.test(status.slice(status.lastIndexOf(")")))) return true;
  const children = orUndefined(() => readFile(`/proc/${pid}/task/${pid}/children`)) ?? "";
  return children.split(" ").some((child) => child !== "" && isStopped(Number(child), readFile));
}
