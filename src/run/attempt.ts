import { rm, writeFile } from "node:fs/promises";
import { type BytePath, fromText, join } from "../byte-path.ts";
import { messageOf } from "../errors.ts";
import type { Shard } from "../plan/shard.ts";
import { strayed } from "../preflight/places.ts";
import { startProgram } from "../program.ts";
import { type Detail, rsyncArguments } from "../rsync/arguments.ts";
import { escapeName } from "../rsync/escaped-name.ts";
import { type Messages, messagesReader } from "../rsync/messages.ts";
import { lines, nulSeparated } from "../rsync/names.ts";
import { type Item, outputReader } from "../rsync/output.ts";
import type { Statistics } from "../rsync/statistics.ts";
import { isDirectoryBelow } from "../survey/directory.ts";
import { projectFinder } from "../survey/project-finder.ts";
import { watchForClockSetBack } from "./clock.ts";
import { watchForStop } from "./stopped.ts";
import type { Workshop } from "./workshop.ts";

/** How one try of one rsync ended. */
export interface AttemptEnd {
  readonly exitCode: number | undefined;
  /** Undefined where it ended without. */
  readonly statistics: Statistics | undefined;
  readonly messages: Messages;
}

export interface AttemptListener {
  readonly item?: (item: Item) => void;
  readonly bytes?: (bytes: number) => void;
  readonly skipped?: (path: BytePath) => void;
}

/** Between SIGTERM and SIGKILL, in milliseconds: all rsyncs must be gone within 4 s of a cancellation. */
const graceMs = 2500;

/** Seconds that an rsync may sleep because the clock was set back. */
const mostSleepSeconds = 10;

/** A shell's status for what could not be run at all. */
const cannotRun = 126;
/** Kinds that work on the folders' own entries and so need their rules. */
const ruled: ReadonlySet<Shard["kind"]> = new Set(["loose", "loose-sweep", "whole"]);

/**
 * Runs one rsync for a shard, once. Ends it when the signal is aborted. Never throws for what rsync does.
 *
 * @throws Error when source or destination are not the directories any more that the run began with, or what is replaced has no place to
 *   go to: nothing may go on then
 */
export async function attempt(
  shard: Shard,
  attemptNumber: number,
  detail: Detail,
  workshop: Workshop,
  listener: AttemptListener,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const { directory, versions } = workshop;
  const moved = await strayed(workshop.places ?? []);
  if (moved !== undefined) throw new Error(moved);
  const replacedTo = await versions?.placeFor(shard, attemptNumber);
  const settings = { ...workshop.settings, replacedTo };
  const messages = messagesReader(
    [...(replacedTo === undefined ? [] : [replacedTo]), settings.source, settings.destination],
    projectFinder(shard.portions.map(({ project }) => project)),
  );
  const input = `${directory}/shard-${shard.id}-${attemptNumber}`;
  const { kept, gone } = await stillDirectories(shard.names, settings.source);
  // As rsync says it of one that it found by walking.
  for (const path of gone) {
    const whole = join(fromText(settings.source), path);
    messages.write(Buffer.from(`directory has vanished: "${escapeName(whole)}"\n`));
  }
  const rules = ruled.has(shard.kind) && workshop.folderRules.length > 0 ? `${input}-rules` : undefined;
  try {
    await writeFile(input, nulSeparated(kept));
    // Without names there is no --from0, and rules end with a newline.
    if (rules !== undefined)
      await writeFile(rules, shard.kind === "whole" ? lines(workshop.folderRules) : nulSeparated(workshop.folderRules));
  } catch (error) {
    messages.write(Buffer.from(`the list of names could not be written: ${messageOf(error)}\n`));
    return { exitCode: cannotRun, statistics: undefined, messages: messages.end() };
  }
  const args = rsyncArguments(settings, shard, detail, rules);
  workshop.onDebug?.(shard, `rsync ${args.map((argument) => JSON.stringify(argument)).join(" ")}`);
  const output = outputReader({
    item: (item) => listener.item?.(item),
    progress: ({ bytes }) => listener.bytes?.(bytes),
    skipped: (path) => listener.skipped?.(path),
    line: (line) => workshop.onDebug?.(shard, line),
  });
  const child = (workshop.start ?? startProgram)({
    program: workshop.rsync,
    launcher: workshop.launcher,
    arguments: args,
    input,
    onOutput: output.write,
    onError: (chunk) => {
      messages.write(chunk);
      if (workshop.onDebug === undefined) return;
      for (const line of Buffer.from(chunk).toString("latin1").trimEnd().split("\n")) workshop.onDebug(shard, line);
    },
  });
  const unwatch = workshop.watch?.(child.pid);
  let isRepeated = false;
  const unwatchClock =
    settings.bandwidthLimit === undefined
      ? undefined
      : watchForClockSetBack(mostSleepSeconds, (seconds) => {
          isRepeated = true;
          messages.write(Buffer.from(`the clock was set back by ${Math.round(seconds)} s, which rsync would sleep\n`));
          child.kill("SIGTERM");
        });
  const unwatchStop =
    settings.timeout > 0
      ? watchForStop(child.pid, settings.timeout, () => {
          messages.write(
            Buffer.from(`rsync was stopped for longer than the timeout of ${settings.timeout} s, and killed\n`),
          );
          child.kill("SIGKILL");
        })
      : undefined;
  let last: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    child.kill("SIGTERM");
    last = setTimeout(() => child.kill("SIGKILL"), graceMs);
  };
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const { exitCode } = await child.ended;
    // Asked to end by us, to be tried again: whatever it says, that was a signal.
    return { exitCode: isRepeated ? undefined : exitCode, statistics: output.end(), messages: messages.end() };
  } finally {
    signal.removeEventListener("abort", cancel);
    clearTimeout(last);
    unwatch?.();
    unwatchClock?.();
    unwatchStop?.();
    // The whole directory goes at the end of the run: what cannot be removed now is no reason to stop.
    for (const path of [input, rules]) if (path !== undefined) await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Names, apart from those of directories that are none any more: with a slash at its end rsync would follow a symbolic link. */
async function stillDirectories(
  names: readonly BytePath[],
  source: string,
): Promise<{ readonly kept: readonly BytePath[]; readonly gone: readonly BytePath[] }> {
  const root = fromText(source);
  const kept: BytePath[] = [];
  const gone: BytePath[] = [];
  for (const name of names) {
    const path = name.slice(2, -1) as BytePath;
    if (!name.endsWith("/") || path === "" || (await isDirectoryBelow(root, path))) kept.push(name);
    else gone.push(path);
  }
  return { kept, gone };
}
