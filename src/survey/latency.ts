import { randomUUID } from "node:crypto";
import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import { type BytePath, fromText, join, toBytes } from "../byte-path.ts";
import type { Place } from "../preflight/places.ts";

/** Seconds that a place takes to answer one request, measured. */
export interface Latencies {
  readonly source: number;
  readonly destination: number;
}

/** Asks a file system for a path. */
type Ask = (path: Buffer) => Promise<unknown>;

/** Requests one after the other: enough for one that nothing else on a busy machine held up. */
const requests = 7;

/** Less than this, in seconds, is what a busy machine makes of nothing. */
const noticeable = 100e-6;

/**
 * Seconds that source and destination take to answer, beyond what asking costs. A destination that does not exist yet answers as
 * fast as what it will be made in.
 *
 * @param now a monotonic clock in milliseconds
 */
export async function latenciesOf(
  source: string,
  destination: Pick<Place, "realPath" | "exists">,
  now: () => number = () => performance.now(),
  ask: Ask = lstat,
): Promise<Latencies> {
  const secondsTo = (directory: string): Promise<number> => latencyOf(directory, now, ask);
  // Served from memory where there is one, and by the root's file system elsewhere.
  const nothing = await secondsTo("/proc");
  const beyond = (seconds: number): number => (seconds - nothing < noticeable ? 0 : seconds - nothing);
  return {
    source: beyond(await secondsTo(source)),
    destination: beyond(await secondsTo(destination.exists ? destination.realPath : dirname(destination.realPath))),
  };
}

/**
 * Seconds until a file system answers. Asked for names that are not there, which nothing between us and the storage remembers:
 * each is a request of its own, over a network too (NFS LOOKUP, with the client's caches warm).
 *
 * @param directory one that exists; an unreadable one answers as fast
 */
async function latencyOf(directory: string, now: () => number, ask: Ask): Promise<number> {
  const root = fromText(directory);
  const name = `.dailysync-is-not-there-${randomUUID()}`;
  const seconds: number[] = [];
  for (let index = 0; index < requests; index++) {
    const path = toBytes(join(root, `${name}-${index}` as BytePath));
    const startedAt = now();
    await ask(path).catch(() => undefined);
    seconds.push((now() - startedAt) / 1000);
  }
  return Math.min(...seconds);
}
