import { randomUUID } from "node:crypto";
import { lstat } from "node:fs/promises";
import { join } from "node:path";

/** Asks a file system for a path. */
type Ask = (path: string) => Promise<unknown>;

/** Asks file systems now and then how fast they answer. */
export interface Answers {
  /** Asks both sides once, unless an earlier question still has no answer. */
  readonly ask: () => void;
  /** Milliseconds that the newest answers took, beyond what asking costs; undefined before the first. An answer is told once. */
  readonly take: () => { readonly source: number | undefined; readonly destination: number | undefined };
}

/**
 * How long source and destination take to answer while rsyncs load them, which says whether it is each answer that takes its time or what
 * serves them that has too much to do. Asked, as in the survey, for names that are not there, which nothing in between remembers.
 *
 * @param places undefined: a side that need not be asked
 * @param now a monotonic clock in milliseconds
 */
export function watchAnswers(
  { source, destination }: { readonly source: string | undefined; readonly destination: string | undefined },
  now: () => number,
  ask: Ask = lstat,
): Answers {
  const name = `.dailysync-is-not-there-${randomUUID()}`;
  let asked = 0;
  let waiting = false;
  let answers: { source: number | undefined; destination: number | undefined } = {
    source: undefined,
    destination: undefined,
  };
  const millisecondsTo = async (directory: string | undefined): Promise<number | undefined> => {
    if (directory === undefined) return undefined;
    const startedAt = now();
    await ask(join(directory, `${name}-${asked}`)).catch(() => undefined);
    return now() - startedAt;
  };
  const both = async (): Promise<void> => {
    asked++;
    // What a busy machine makes of a question that needs no storage; /proc is served from memory.
    const nothing = (await millisecondsTo("/proc")) ?? 0;
    const beyond = (milliseconds: number | undefined): number | undefined =>
      milliseconds === undefined ? undefined : Math.max(0, milliseconds - nothing);
    answers = {
      source: beyond(await millisecondsTo(source)),
      destination: beyond(await millisecondsTo(destination)),
    };
  };
  return {
    ask: () => {
      // One at a time: a file system that never answers must not fill the thread pool.
      if (waiting || (source === undefined && destination === undefined)) return;
      waiting = true;
      void both().finally(() => {
        waiting = false;
      });
    },
    take: () => {
      const taken = answers;
      answers = { source: undefined, destination: undefined };
      return taken;
    },
  };
}
