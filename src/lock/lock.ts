import { setTimeout as pause } from "node:timers/promises";
import type { Place } from "../preflight/places.ts";
import { placeAt } from "../preflight/places.ts";
import type { RunRecord } from "../record.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Claimant } from "./claim.ts";
import { claimDestination } from "./claim-destination.ts";
import { ourselves } from "./holder.ts";
import { type AskKernel, kernelLock } from "./kernel-lock.ts";
import { type LeaseTimes, leaseTimes } from "./lease.ts";
import { makeDestination, unmakeDestination } from "./make-destination.ts";
import { startWaiting } from "./waiting.ts";

/** A destination that no other run uses until it is released. */
export interface Locked {
  /** As it was before the run; of one that was not there, with the identity that it has by now. */
  readonly destination: Place;
  /** Whether another run had it meanwhile, so that what was seen before may be so no more. */
  readonly waited: boolean;
  /**
   * Lets go of it, once nothing works there any more.
   *
   * @param unused whether nothing was copied: a destination that was made for it goes again
   * @returns why the lock file is still there
   */
  readonly release: (unused: boolean) => Promise<string | undefined>;
}

/** How it is locked; only tests change it. */
export interface LockMeans {
  readonly askKernel: AskKernel;
  readonly times: LeaseTimes;
  /** Milliseconds between two tries. */
  readonly pollMs: number;
}

const usualMeans: LockMeans = { askKernel: kernelLock, times: leaseTimes, pollMs: 250 };

/**
 * Makes sure that no other run uses the destination, and makes it where it is not there.
 *
 * @param onLost told, in a sentence, when the lock is no more: the run must stop then
 * @throws RefusedError when another run uses it for longer than lock-wait says, and where it cannot be locked or made
 */
export async function lockDestination(
  destination: Place,
  record: Pick<RunRecord, "id" | "url" | "startedAt" | "inputs">,
  { log, signal }: Pick<Surroundings, "log" | "signal">,
  onLost: (reason: string) => void,
  { askKernel, times, pollMs }: LockMeans = usualMeans,
): Promise<Locked> {
  const { realPath, exists } = destination;
  const { lockWait, stateDir } = record.inputs;
  const claimant: Claimant = { holder: ourselves(record), signal, onLost, askKernel, times };
  const waiting = startWaiting(
    { destination: realPath, mayAppear: !exists, lockWait, stateDir, staleMs: times.staleMs },
    log.info,
  );
  let made = false;
  let waited = false;
  try {
    for (;;) {
      if (!exists && (await makeDestination(realPath))) made = true;
      else if (!exists && !made) waited = true;
      const claim = await claimDestination(realPath, stateDir, claimant, waiting.stale());
      if (claim.kind === "taken") {
        const release = async (unused: boolean): Promise<string | undefined> => {
          const complaint = await claim.hold.release();
          if (made && unused) await unmakeDestination(realPath);
          return complaint;
        };
        return { destination: exists ? destination : { ...placeAt(realPath), exists }, waited, release };
      }
      waiting.note(claim);
      waited = true;
      await pause(pollMs, undefined, { signal });
    }
  } catch (error) {
    if (made) await unmakeDestination(realPath);
    throw error;
  }
}
