import { setTimeout as pause } from "node:timers/promises";
import type { BytePath } from "../byte-path.ts";
import type { Shard } from "../plan/shard.ts";
import type { Detail } from "../rsync/arguments.ts";
import { type Meaning, meaningOf } from "../rsync/exit-code.ts";
import type { Messages } from "../rsync/messages.ts";
import type { Item } from "../rsync/output.ts";
import { noStatistics } from "../rsync/statistics.ts";
import { projectFinder } from "../survey/project-finder.ts";
import { type AttemptEnd, attempt } from "./attempt.ts";
import { addTallies, emptyTally, type Tally, tallyOfItem, tallyOfStatistics } from "./tally.ts";
import type { Workshop } from "./workshop.ts";

/** One try of a shard; times in milliseconds on the run's clock. */
export interface Attempt {
  readonly lane: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly exitCode: number | undefined;
  readonly messages: Messages;
  readonly bytesTransferred: number;
}

/** How a shard ended. */
export interface ShardEnd {
  readonly shard: Shard;
  readonly state: "complete" | "vanished" | "failed" | "cancelled";
  /** Of the last attempt. */
  readonly meaning: Meaning;
  readonly attempts: readonly Attempt[];
  /** What each of its projects got; transfers of failed attempts are counted too. */
  readonly tallies: ReadonlyMap<BytePath, Tally>;
}

export interface ShardRunOptions {
  readonly workshop: Workshop;
  readonly retries: number;
  /** Milliseconds on the run's clock. */
  readonly now: () => number;
  /** Whether rsync must tell of every change, so that `onItem` does. */
  readonly everyChange?: boolean | undefined;
  readonly onItem?: (item: Item) => void;
  /** Bytes that the running attempt has moved. */
  readonly onBytes?: (bytes: number) => void;
  /** An entry that rsync passed over; see outputReader. */
  readonly onSkipped?: (path: BytePath) => void;
  /** Milliseconds before the second try; doubled for each further one. */
  readonly firstPauseMs?: number;
}

const defaultFirstPauseMs = 1000;

/** Runs a shard's rsync, again where the failure can pass, until it is complete, given up or cancelled. */
export async function runShard(
  shard: Shard,
  lane: number,
  options: ShardRunOptions,
  signal: AbortSignal,
): Promise<ShardEnd> {
  const attempts: Attempt[] = [];
  const tallies = new Map<BytePath, Tally>();
  const { settings, onDebug } = options.workshop;
  const detail = detailFor(shard, settings.dryRun || onDebug !== undefined || options.everyChange === true);
  for (;;) {
    const startedAtMs = options.now();
    const counted = new Map<BytePath, Tally>();
    let moved = 0;
    const count = (project: BytePath, tally: Tally): void => {
      counted.set(project, addTallies(counted.get(project) ?? emptyTally, tally));
    };
    const projectOf = projectFinder(shard.portions.map(({ project }) => project));
    const end = await attempt(
      shard,
      attempts.length,
      detail,
      options.workshop,
      {
        item: (item) => {
          options.onItem?.(item);
          const project = projectOf(item.path);
          const tally = tallyOfItem(item);
          if (detail === "entries" && project !== undefined) count(project, tally);
          moved += tally.bytesTransferred;
          options.onBytes?.(moved);
        },
        bytes: (bytes) => options.onBytes?.(bytes),
        skipped: (path) => options.onSkipped?.(path),
      },
      signal,
    );
    const only = shard.portions[0];
    if (detail !== "entries" && only !== undefined)
      count(only.project, tallyOfStatistics(end.statistics ?? noStatistics));
    for (const [project, tally] of counted) tallies.set(project, merge(tallies.get(project), onlyOwn(shard, tally)));
    attempts.push({
      lane,
      startedAtMs,
      endedAtMs: options.now(),
      exitCode: end.exitCode,
      messages: end.messages,
      bytesTransferred: end.statistics?.bytesTransferred ?? 0,
    });
    const meaning = meaningOf(end.exitCode, end.statistics !== undefined);
    const state = stateOf(end, meaning, signal);
    if (state !== "failed" || !mayRetry(meaning, attempts.length, options.retries))
      return { shard, state, meaning, attempts, tallies };
    try {
      await pause((options.firstPauseMs ?? defaultFirstPauseMs) * 2 ** (attempts.length - 1), undefined, { signal });
    } catch {
      return { shard, state: "cancelled", meaning, attempts, tallies };
    }
  }
}

/** Bytes of an entry, on the average, from which one takes a while. */
const largeFile = 1024 * 1024;

/** Seconds of one rsync from which it is worth following. */
const longShard = 10;

/**
 * What an rsync is asked to tell. One that serves several projects names every entry, so that each project gets its own figures.
 * Else, where it takes a while, it names what it copied (which takes it 5 % longer) or, where files are large, tells how far it
 * is. Not for small files: that is a line for each too, and without a newline at its end, and @actions/exec keeps what it takes
 * for an unfinished line.
 */
function detailFor(shard: Shard, everyChange: boolean): Detail {
  if (shard.portions.length > 1) return "entries";
  const entries = shard.portions.reduce((sum, portion) => sum + portion.entries, 1);
  if (everyChange) return "changes";
  if (shard.bytes >= largeFile * entries) return "progress";
  return shard.weight >= longShard ? "changes" : "nothing";
}

/** Later attempts see the same files again: sizes are the last attempt's, what was moved and deleted adds up. */
function merge(before: Tally | undefined, now: Tally): Tally {
  if (before === undefined) return now;
  // What failed was counted by rsync too: no more than there is.
  return {
    ...now,
    filesTransferred: Math.min(before.filesTransferred + now.filesTransferred, Math.max(before.files, now.files)),
    filesDeleted: before.filesDeleted + now.filesDeleted,
    bytesTransferred: Math.min(before.bytesTransferred + now.bytesTransferred, Math.max(before.bytes, now.bytes)),
  };
}

/** Passes over what other shards copy must not count those files twice. */
function onlyOwn(shard: Shard, tally: Tally): Tally {
  const passesOnly =
    shard.kind === "skeleton" || shard.kind === "sweep" || shard.kind === "loose-sweep" || shard.kind === "relink";
  return passesOnly ? { ...tally, files: 0, bytes: 0 } : tally;
}

function stateOf(end: AttemptEnd, meaning: Meaning, signal: AbortSignal): ShardEnd["state"] {
  if (meaning.severity === "ok") return end.messages.vanished > 0 ? "vanished" : "complete";
  // Ended by us: rsync says 20, or 255-like codes when a child went first; whatever it says, it was not finished.
  if (signal.aborted) return "cancelled";
  if (meaning.severity === "vanished") return "vanished";
  // A name that is listed and gone is an error to rsync (23), where one found by walking is a vanished one (24). That the whole
  // source is gone is found out at the end of the run.
  if (end.exitCode === 23 && end.messages.onlyVanished) return "vanished";
  return "failed";
}

function mayRetry(meaning: Meaning, tries: number, retries: number): boolean {
  if (meaning.retry === "again") return tries <= retries;
  return meaning.retry === "once" && tries <= Math.min(1, retries);
}
