import { AsyncLocalStorage } from "node:async_hooks";
import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** Marks what runs on behalf of `withoutLeftovers`, so that its children are told from everybody else's. */
const scope = new AsyncLocalStorage<Set<ChildProcess>>();

/**
 * Runs a task of a library that starts processes out of our reach, for at most `timeoutMs`. What is still running then is
 * ended and keeps this process alive no longer. Errors of the task are swallowed: its results are optional.
 */
export async function withoutLeftovers(timeoutMs: number, task: () => Promise<void>): Promise<void> {
  const children = new Set<ChildProcess>();
  let over = false;
  const abandon = (child: ChildProcess) => {
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
    child.kill("SIGKILL");
  };
  const note = (message: unknown) => {
    if (scope.getStore() !== children) return;
    const child = (message as { readonly process: ChildProcess }).process;
    children.add(child);
    child.once("exit", () => children.delete(child));
    // One that is started after the end (the task does not know that it is over) is not even spawned yet at this point.
    if (over) child.once("spawn", () => abandon(child));
  };
  // Documented channel of node:child_process: published whenever a process is created.
  subscribe("child_process", note);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([scope.run(children, task).catch(() => undefined), timeout]);
  clearTimeout(timer);
  over = true;
  for (const child of children) abandon(child);
  // What the task starts now is rare; watching for it a little longer costs nothing and must not keep the process alive.
  setTimeout(() => unsubscribe("child_process", note), 5000).unref();
}
