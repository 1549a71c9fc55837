import { rm, writeFile } from "node:fs/promises";
import { type BytePath, fromText } from "../byte-path.ts";
import type { Shard } from "../plan/shard.ts";
import { type Detail, rsyncArguments } from "../rsync/arguments.ts";
import { type Messages, messagesReader } from "../rsync/messages.ts";
import { lines, nulSeparated } from "../rsync/names.ts";
import { type Item, outputReader } from "../rsync/output.ts";
import { startRsync } from "../rsync/process.ts";
import type { Statistics } from "../rsync/statistics.ts";
import { isDirectoryBelow } from "../survey/directory.ts";
import { projectFinder } from "./tally.ts";
import type { Workshop } from "./workshop.ts";

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
  attemptNumber: number,
  detail: Detail,
  workshop: Workshop,
  listener: AttemptListener,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const { settings, directory } = workshop;
  const input = `${directory}/shard-${shard.id}-${attemptNumber}`;
  await writeFile(input, nulSeparated(await stillDirectories(shard.names, settings.source)));
  const rules = ruled.has(shard.kind) && workshop.folderRules.length > 0 ? `${input}-rules` : undefined;
  // Without names there is no --from0, and rules end with a newline.
  if (rules !== undefined)
    await writeFile(rules, shard.kind === "whole" ? lines(workshop.folderRules) : nulSeparated(workshop.folderRules));
  const args = rsyncArguments(settings, shard.kind, detail, rules);
  workshop.onDebug?.(shard, `rsync ${args.map((argument) => JSON.stringify(argument)).join(" ")}`);
  const output = outputReader({
    item: (item) => listener.item?.(item),
    progress: ({ bytes }) => listener.bytes?.(bytes),
    line: (line) => workshop.onDebug?.(shard, line),
  });
  const messages = messagesReader(
    [settings.source, settings.destination],
    projectFinder(shard.portions.map(({ project }) => project)),
  );
  const child = (workshop.start ?? startRsync)({
    rsync: workshop.rsync,
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

/** Names without those of directories that are none any more: with a slash at its end rsync would follow a symbolic link. */
async function stillDirectories(names: readonly BytePath[], source: string): Promise<readonly BytePath[]> {
  const root = fromText(source);
  const kept: BytePath[] = [];
  for (const name of names) {
    const path = name.slice(2, -1) as BytePath;
    if (!name.endsWith("/") || path === "" || (await isDirectoryBelow(root, path))) kept.push(name);
  }
  return kept;
}
