import { RefusedError } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import { lockName } from "../own-names.ts";
import { duration } from "../report/format.ts";
import type { Claim } from "./claim.ts";
import { type Holder, isAlive, isHere, runOf } from "./holder.ts";
import type { Note } from "./lock-file.ts";

/** What a run that does not get its destination knows and says. */
export interface Waiting {
  /** The text of a lease that has stood still for so long that its holder is dead. */
  readonly stale: () => string | undefined;
  /** Takes in how a try ended that got nothing; throws when there is nothing more to wait for. */
  readonly note: (claim: Exclude<Claim, { readonly kind: "taken" }>) => void;
}

/**
 * Waits for a destination.
 *
 * @param mayAppear whether it may be gone for a moment, since another run has made and removed it
 * @param tell for the log; called once for each thing that there is to say
 * @param now a monotonic clock in milliseconds
 */
export function startWaiting(
  {
    destination,
    mayAppear,
    lockWait,
    stateDir,
    staleMs,
  }: {
    readonly destination: string;
    readonly mayAppear: boolean;
    /** Seconds. */
    readonly lockWait: number;
    readonly stateDir: string;
    readonly staleMs: number;
  },
  tell: (line: string) => void,
  now: () => number = () => performance.now(),
): Waiting {
  const startedAt = now();
  const told = new Set<string>();
  let seen: { readonly text: string; readonly sinceMs: number } | undefined;
  const tellOnce = (line: string): void => {
    if (!told.has(line)) tell(line);
    told.add(line);
  };
  const patiently = (note: Note, provable: boolean): void => {
    const by = runOf(living(note));
    if (now() - startedAt < lockWait * 1000) {
      tellOnce(`The destination is in use by ${by}: waiting for its end, for up to ${duration(lockWait)}`);
      return;
    }
    const still = lockWait > 0 ? `, also after ${duration(lockWait)} of waiting` : "";
    const advice = provable
      ? "wait for its end, or let lock-wait say how many seconds to wait"
      : `wait for its end; or, if you know that it has ended, remove its file ${lockName} there`;
    throw new RefusedError([`destination ${quoted(destination)} is in use by ${by}${still}: ${advice}`]);
  };
  return {
    stale: () => (seen !== undefined && now() - seen.sinceMs >= staleMs ? seen.text : undefined),
    note: (claim) => {
      switch (claim.kind) {
        case "held":
          patiently(claim.note, claim.provable);
          break;
        case "doubtful": {
          const moved = seen !== undefined && seen.text !== claim.note.text;
          if (seen?.text !== claim.note.text) seen = { text: claim.note.text, sinceMs: now() };
          if (moved) patiently(claim.note, true);
          else
            tellOnce(
              `The destination was locked by ${runOf(claim.note.holder)}: watching for up to ${duration(staleMs / 1000)} whether that still runs`,
            );
          break;
        }
        case "gone":
          if (!mayAppear)
            throw new RefusedError([
              `destination ${quoted(destination)} is not there any more: it was removed or unmounted meanwhile`,
            ]);
          break;
        case "impossible":
          throw new RefusedError([
            `destination ${quoted(destination)} cannot be locked against other runs, neither by a file in it nor by one in state-dir ${quoted(stateDir)} (${claim.reason}): let state-dir name a directory that can be written`,
          ]);
      }
    },
  };
}

/** Who holds it; a dead one is whose lock another run is taking over at this moment. */
function living({ holder }: Note): Holder | undefined {
  return holder !== undefined && isHere(holder) && !isAlive(holder) ? undefined : holder;
}
