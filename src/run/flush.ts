import { quoted } from "../inputs/quoted.ts";
import type { Mount } from "../measure/storage.ts";
import { readMounts } from "../preflight/mounts.ts";
import { findProgram, type ProcessEnd, type RunningProgram, startProgram } from "../program.ts";
import type { RunRecord } from "../record.ts";
import type { Surroundings } from "../surroundings.ts";
import { receivers } from "./receivers.ts";
import type { Workshop } from "./workshop.ts";

/** Milliseconds after which the log says what the run still waits for. */
const tellAfterMs = 1000;
/** Characters of what sync complains about that are read. */
const mostComplaint = 10_000;
/** A shell's statuses, and a launcher's, for a program that cannot be run and for one that is not there. */
const cannotRun: readonly (number | undefined)[] = [126, 127];
/** How coreutils, busybox, toybox and uutils begin when they do not know an option: a name stands only in front. */
const unknownOption = /^[^:]*: ((invalid|unrecognized|unknown|illegal) option|(unexpected|found) argument)/i;

const install = "Install coreutils 8.24 or later, or busybox";
/** Until the file system is mounted anew, memory still shows the data that was lost; and size and time are right afterwards too. */
const mend =
  "Find out what is wrong with the storage (the kernel's log says more) and put it right; then mount the file system anew and run once with rsync-args: --checksum, since a file whose data was lost looks like one that is complete";

/** Whether a run is one whose copies have to be seen on the storage: not a dry run, nor one that started nothing. */
export function mustFlush({ inputs, ends }: Pick<RunRecord, "inputs" | "ends">): boolean {
  return inputs.sync && !inputs.dryRun && ends.length > 0;
}

/**
 * Waits until the file systems that received the copies have written to their storage what they hold in memory. An rsync ends when
 * its data is in memory: what becomes of it there, it never learns.
 *
 * Node has no syncfs(2), but `sync -f` of coreutils (since 8.24), busybox and uutils is nothing else; macOS ignores the option and
 * only begins to write. Since Linux 5.8 syncfs(2) fails when a write has failed since the last time somebody was told, whoever wrote.
 * coreutils passes that on, and busybox does not. What is wrong goes into the record.
 *
 * A cancellation kills sync and waits no longer: one in the middle of syncfs(2) ends only when the storage has answered.
 *
 * @param mounts what is mounted after the copying
 * @throws the signal's reason after a cancellation
 */
export async function flush(
  record: RunRecord,
  { launcher, settings, start = startProgram }: Pick<Workshop, "launcher" | "settings" | "start">,
  { log, signal }: Pick<Surroundings, "log" | "signal">,
  mounts: readonly Mount[] = readMounts(),
): Promise<void> {
  const { destination } = settings;
  const mayBeLost = `what was copied to destination ${quoted(destination)} may still be in memory, where a loss of power takes it`;
  const unable = (why: string, remedy: string): void => {
    record.warnings.push(`${mayBeLost}: ${why}. ${remedy}, or accept this with sync: false`);
  };

  const program = findProgram("sync");
  if (program === undefined) {
    unable(`there is no program sync on this machine (PATH is ${quoted(process.env["PATH"] ?? "")})`, install);
    return;
  }
  const directories = await receivers(destination, record.selection ?? { projects: [], folders: [] }, mounts);
  const telling = setTimeout(
    () => log.info("the rsyncs have ended; waiting until everything is on the destination's storage"),
    tellAfterMs,
  );
  let complaint = "";
  const child = start({
    program,
    // Without the run's id: it writes nothing that the next run would have to wait for.
    launcher: { ...launcher, run: undefined },
    arguments: ["-f", ...directories],
    input: "/dev/null",
    onOutput: () => undefined,
    onError: (chunk) => {
      if (complaint.length < mostComplaint) complaint += Buffer.from(chunk).toString("latin1");
    },
  });
  const { exitCode } = await endOrCancellation(child, signal);
  clearTimeout(telling);
  if (exitCode === 0) return;
  if (signal.aborted) {
    record.reasons.push(`${mayBeLost}: the run was cancelled while that was written to the storage`);
    signal.throwIfAborted();
  }

  const line = complaint.split("\n")[0] ?? "";
  const said = line === "" ? "" : `: ${line}`;
  if (exitCode === undefined) unable(`${program} was ended by a signal before it had finished`, "Run the backup again");
  else if (cannotRun.includes(exitCode)) unable(`${program} cannot be run (it ended with ${exitCode}${said})`, install);
  else if (unknownOption.test(line)) unable(`${program} does not know -f (it ended with ${exitCode}${said})`, install);
  else
    record.reasons.push(
      `what was copied to destination ${quoted(destination)} may not be on its storage: sync -f ended with ${exitCode}${said}. ${mend}`,
    );
}

/** How sync ended; after a cancellation at once as one that a signal ended, though it may still be waiting for the storage. */
async function endOrCancellation(child: RunningProgram, signal: AbortSignal): Promise<ProcessEnd> {
  let cancel = (): void => undefined;
  const cancelled = new Promise<ProcessEnd>((resolve) => {
    cancel = () => {
      child.kill("SIGKILL");
      resolve({ exitCode: undefined });
    };
  });
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await Promise.race([child.ended, cancelled]);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
