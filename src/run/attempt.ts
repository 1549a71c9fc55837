import { rm, writeFile } from "node:fs/promises";
import type { BytePath } from "../byte-path.ts";
import type { Shard } from "../plan/shard.ts";
import { type Detail, type RsyncSettings, rsyncArguments } from "../rsync/arguments.ts";
import { type Messages, messagesReader } from "../rsync/messages.ts";
import { lines, nulSeparated } from "../rsync/names.ts";
import { type Item, outputReader } from "../rsync/output.ts";
import { type RsyncCommand, type RsyncProcess, startRsync } from "../rsync/process.ts";
import type { Statistics } from "../rsync/statistics.ts";
import { projectFinder } from "./tally.ts";

/** Where and with what the rsyncs of a run work. */
export interface Workshop {
  readonly rsync: string;
  readonly setsid: string | undefined;
  /** A directory of this run alone, for the lists of names. */
  readonly directory: string;
  /** The rules of the folders on the way to the projects; see folderRules. */
  readonly folderRules: readonly BytePath[];
  readonly settings: RsyncSettings;
  /** Told of every rsync's arguments and raw output lines; for debugging. */
  readonly onDebug?: (shard: Shard, line: string) => void;
  /** Starts a process; a test may hand in another. */
  readonly start?: (command: RsyncCommand) => RsyncProcess;
}

/** How one try of one rsync ended. */
export interface AttemptEnd {
  readonly exitCode: number | undefined;
  readonly statistics: Statistics;
  readonly messages: Messages;
}

export interface AttemptListener {
  readonly item?: (item: Item) => void;
  readonly bytes?: (bytes: number) => void;
}

/** Between SIGTERM and SIGKILL, in milliseconds: all rsyncs must be gone within 4 s of a cancellation. */
const graceMs = 2500;

/** Kinds that work on the folders' own entries and so need their rules. */
const ruled: ReadonlySet<Shard["kind"]> = new Set(["loose", "loose-sweep", "whole"]);

/** Runs one rsync for a shard, once. Ends it when the signal is aborted. Never throws for what rsync does. */
export async function attempt(
  shard: Shard,
  number: number,
  detail: Detail,
  workshop: Workshop,
  listener: AttemptListener,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const { settings, directory } = workshop;
  const input = `${directory}/shard-${shard.id}-${number}`;
  await writeFile(input, nulSeparated(shard.names));
  const rules = ruled.has(shard.kind) && workshop.folderRules.length > 0 ? `${input}-rules` : undefined;
  // Without names there is no --from0, and rules end with a newline.
  if (rules !== undefined)
    await writeFile(rules, shard.kind === "whole" ? lines(workshop.folderRules) : nulSeparated(workshop.folderRules));
  const args = rsyncArguments(settings, shard.kind, detail, rules);
  workshop.onDebug?.(shard, `rsync ${args.map((argument) => JSON.stringify(argument)).join(" ")}`);
  const output = outputReader({
    item: (item) => listener.item?.(item),
    progress: ({ bytes }) => listener.bytes?.(bytes),
    remark: (line) => workshop.onDebug?.(shard, line),
  });
  const messages = messagesReader(
    [settings.source, settings.destination],
    projectFinder(shard.portions.map(({ project }) => project)),
  );
  const child = (workshop.start ?? startRsync)({
    rsync: workshop.rsync,
    setsid: workshop.setsid,
    arguments: args,
    input,
    onOutput: output.write,
    onError: (chunk) => {
      messages.write(chunk);
      workshop.onDebug?.(shard, Buffer.from(chunk).toString("latin1").trimEnd());
    },
  });
  let last: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    child.kill("SIGTERM");
    last = setTimeout(() => child.kill("SIGKILL"), graceMs);
  };
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const { exitCode } = await child.ended;
    return { exitCode, statistics: output.end(), messages: messages.end() };
  } finally {
    signal.removeEventListener("abort", cancel);
    clearTimeout(last);
    await rm(input, { force: true });
    if (rules !== undefined) await rm(rules, { force: true });
  }
}
