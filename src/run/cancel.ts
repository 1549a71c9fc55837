import { setMaxListeners } from "node:events";

/** Aborted at the first SIGINT, SIGTERM or SIGHUP. Later ones change nothing: the run ends within seconds either way. */
export function cancelOnSignals(): AbortSignal {
  const controller = new AbortController();
  // Every running rsync listens; Node would warn of a leak from the eleventh on.
  setMaxListeners(0, controller.signal);
  // The listeners stay: without one a second signal would end the process before its report is written.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

/** A signal that is aborted by another, and for a reason of one's own by `stop`. */
export function stoppable(signal: AbortSignal): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const stop = (): void => controller.abort();
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return { signal: controller.signal, stop };
}
