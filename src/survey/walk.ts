/** Requests in flight: enough to hide the latency of network storage, few enough for a small machine's memory. */
export const requestsInFlight = 64;

/** A task of a walk that may add further ones. */
export type Visit = (add: (visit: Visit) => void) => Promise<void>;

/**
 * Calls `visit` for every item and for every item that a visit adds, with at most `inFlight` visits at once.
 *
 * File systems answer slowly and many at a time; the walk keeps that many requests in flight and needs memory only for
 * what is still to be visited. Newest first, so that the list of what is to be visited stays short.
 *
 * @throws what a visit throws, or the signal's reason once it is aborted; no further visit starts then.
 */
export async function walk<Item>(
  items: readonly Item[],
  visit: (item: Item, add: (item: Item) => void) => Promise<void>,
  inFlight: number,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...items];
  let running = 0;
  await new Promise<void>((resolve, reject) => {
    let failed = false;
    const fail = (reason: unknown): void => {
      failed = true;
      reject(reason);
    };
    const next = (): void => {
      if (failed) return;
      if (signal.aborted) {
        fail(signal.reason);
        return;
      }
      while (running < inFlight) {
        const item = waiting.pop();
        if (item === undefined) break;
        running++;
        visit(item, (added) => waiting.push(added)).then(() => {
          running--;
          next();
        }, fail);
      }
      if (running === 0) resolve();
    };
    next();
  });
}
