import type { FileHandle } from "node:fs/promises";
import type { Holder } from "./holder.ts";
import { readNoteAt, writeCounter } from "./lock-file.ts";

/** Times of a lease, in milliseconds. */
export interface LeaseTimes {
  /** After which a counter that has not moved, by the clock of who looks, means that its holder is dead. */
  readonly staleMs: number;
  /** After which a holder that could not raise its counter stops: its rsyncs must be gone when the others take over. */
  readonly giveUpMs: number;
  readonly renewMs: number;
  /** After which who has made the file reads it back. */
  readonly settleMs: number;
}

export const leaseTimes: LeaseTimes = { staleMs: 60_000, giveUpMs: 45_000, renewMs: 2000, settleMs: 1000 };

/**
 * Keeps a lease alive: raises its counter, and looks whether the file is still the holder's own. No two machines' clocks are ever
 * compared: each measures how long the counter stands still with its own.
 *
 * @param onLost told once, in a sentence, when others may hold the destination too
 * @returns what ends it
 */
export function keepLease(
  file: FileHandle,
  path: string,
  holder: Holder,
  onLost: (reason: string) => void,
  { giveUpMs, renewMs }: LeaseTimes,
): () => void {
  let counter = 1;
  let renewedAt = performance.now();
  let renewing = false;
  let over = false;
  const stop = (): void => {
    over = true;
    clearInterval(timer);
  };
  const lose = (reason: string): void => {
    // What is under way at the end finds the file removed.
    if (over) return;
    stop();
    onLost(reason);
  };
  const renew = async (): Promise<void> => {
    // Taken before: what follows may hang for as long as it likes.
    const startedAt = performance.now();
    await writeCounter(file, holder, ++counter);
    const note = await readNoteAt(path);
    if (note?.holder?.runId !== holder.runId)
      lose("the run was stopped: another run has taken over the destination, or its lock file was removed");
    else renewedAt = startedAt;
  };
  const timer = setInterval(() => {
    if (performance.now() - renewedAt > giveUpMs)
      lose(
        `the run was stopped: the lock on the destination could not be renewed for ${Math.round(giveUpMs / 1000)} s, and other machines may take it over: is its storage reachable?`,
      );
    else if (!renewing) {
      renewing = true;
      // What fails is tried again until the time is over.
      void renew()
        .catch(() => undefined)
        .finally(() => {
          renewing = false;
        });
    }
  }, renewMs);
  timer.unref();
  return stop;
}
