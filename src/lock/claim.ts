import { type FileHandle, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import { type Holder, isAlive, isHere, thisBoot } from "./holder.ts";
import type { AskKernel } from "./kernel-lock.ts";
import { keepLease, type LeaseTimes } from "./lease.ts";
import { endLeftovers } from "./leftovers.ts";
import {
  isAt,
  type Note,
  openLockFile,
  readNote,
  readNoteAt,
  removeLockFile,
  takeAway,
  writeNote,
} from "./lock-file.ts";

/** Who wants a lock, and with what. */
export interface Claimant {
  readonly holder: Holder;
  readonly signal: AbortSignal;
  /** Told, in a sentence, when a lock that was held is no more. */
  readonly onLost: (reason: string) => void;
  readonly askKernel: AskKernel;
  readonly times: LeaseTimes;
}

/** A lock that is held. */
export interface Hold {
  /** Lets go. A text says why the lock file is still there. */
  readonly release: () => Promise<string | undefined>;
}

/** What came of wanting a lock, once. */
export type Claim =
  | { readonly kind: "taken"; readonly hold: Hold }
  /** By another run; `provable` when it will be seen from here that it has ended. */
  | { readonly kind: "held"; readonly note: Note; readonly provable: boolean }
  /** A lease of another machine: whether its holder lives, only its counter tells. */
  | { readonly kind: "doubtful"; readonly note: Note }
  /** No lock file can be made here. */
  | { readonly kind: "impossible"; readonly reason: string }
  /** Its directory is not there. */
  | { readonly kind: "gone" };

/** Tries after which a path that never leads to the file that it opened is one to which no file can be bound. */
const mostTries = 10;

/**
 * Wants a lock file, once.
 *
 * The kernel keeps the lock where it can (flock). Elsewhere the file itself is the lock, a lease: who makes it has it, and it is taken
 * away from the dead alone.
 *
 * @param stale the text of a note whose counter was seen to stand still for long enough
 * @throws RefusedError where something else is in the file's place, and when the rsyncs of a dead holder do not end
 */
export async function claim(path: string, claimant: Claimant, stale?: string): Promise<Claim> {
  for (let tries = 0; tries < mostTries; tries++) {
    claimant.signal.throwIfAborted();
    const opened = await openLockFile(path);
    if (opened.kind !== "open") return opened;
    const { file, made } = opened;
    let outcome: Claim | "again" = "again";
    try {
      outcome = await claimOpened(file, made, path, claimant, stale);
    } finally {
      if (outcome === "again" || outcome.kind !== "taken") await file.close();
    }
    if (outcome !== "again") return outcome;
  }
  return { kind: "impossible", reason: `${quoted(path)} changes all the time` };
}

async function claimOpened(
  file: FileHandle,
  made: boolean,
  path: string,
  claimant: Claimant,
  stale: string | undefined,
): Promise<Claim | "again"> {
  const { holder, signal, askKernel, times } = claimant;
  const answer = await askKernel(file.fd, path);
  let note = await readNote(file);
  if (note.text === "" && (answer === "held" || !made)) {
    // Its maker may be about to write it.
    await pause(times.settleMs / 10, undefined, { signal });
    note = await readNote(file);
  }
  if (answer === "held") return { kind: "held", note, provable: true };
  // Who held it before may have removed it after it was opened here.
  if (!(await isAt(file, path))) return "again";

  if (answer === "locked" && note.counter === undefined) {
    await bury(note, file, path, signal);
    // A full file system does not matter: the lock is the kernel's, and only the words are missing.
    await writeNote(file, holder).catch(() => undefined);
    return { kind: "taken", hold: { release: () => release(file, path, () => isAt(file, path)) } };
  }
  if (made) return lease(file, path, claimant);
  const dead = note.text === stale || (note.holder !== undefined && isHere(note.holder) && !isAlive(note.holder));
  if (dead) {
    await bury(note, file, path, signal);
    await takeAway(path, holder.runId);
    return "again";
  }
  if (note.holder !== undefined && isHere(note.holder)) return { kind: "held", note, provable: true };
  // Of a lock that another machine's kernel keeps nothing can be seen from one whose kernel cannot.
  if (note.holder !== undefined && note.counter === undefined) return { kind: "held", note, provable: false };
  return { kind: "doubtful", note };
}

/** Makes a file that is new a lease. */
async function lease(
  file: FileHandle,
  path: string,
  { holder, signal, onLost, times }: Claimant,
): Promise<Claim | "again"> {
  const isOurs = async (): Promise<boolean> => (await readNoteAt(path))?.holder?.runId === holder.runId;
  try {
    await writeNote(file, holder, 0);
    await pause(times.settleMs, undefined, { signal });
    if (!(await isOurs())) return "again";
  } catch (error) {
    await removeLockFile(path).catch(() => undefined);
    signal.throwIfAborted();
    return { kind: "impossible", reason: messageOf(error) };
  }
  const stop = keepLease(file, path, holder, onLost, times);
  const end = (): Promise<string | undefined> => {
    stop();
    return release(file, path, isOurs);
  };
  return { kind: "taken", hold: { release: end } };
}

/** Ends what a dead holder has left running on this machine, before its name is overwritten. */
async function bury({ holder }: Note, file: FileHandle, path: string, signal: AbortSignal): Promise<void> {
  if (holder === undefined || holder.bootId !== thisBoot()) return;
  const [{ uid }, directory] = await Promise.all([file.stat(), stat(dirname(path))]);
  // Whoever owns the destination may do with the backup what he likes; the word of others ends no process.
  if (uid === process.geteuid?.() || uid === directory.uid) await endLeftovers(holder.runId, signal);
}

async function release(file: FileHandle, path: string, isOurs: () => Promise<boolean>): Promise<string | undefined> {
  try {
    if (await isOurs()) await removeLockFile(path);
    return undefined;
  } catch (error) {
    return `the lock file ${quoted(path)} is still there, though nothing holds it: ${messageOf(error)}`;
  } finally {
    await file.close();
  }
}
