import { type BytePath, toBytes } from "../byte-path.ts";
import type { Candidate } from "./candidate.ts";
import { hasFile } from "./order.ts";

/**
 * How far samples have come. They go through the source in its order (see order.ts), each from where the one before stopped, so that
 * what was read back longest ago is next; at its end a new round begins.
 */
export interface SampleProgress {
  /** The last file that was read back: the bytes of its path below the source, in base64. */
  readonly position: string;
  /** ISO 8601, UTC. */
  readonly roundStartedAt: string;
  /** Samples of this round. */
  readonly runs: number;
  /** What they read back. */
  readonly bytes: number;
  /** The last round that came to its end. */
  readonly lastRound?: { readonly startedAt: string; readonly endedAt: string };
}

/** What is read back of a sample's files. */
export interface SampleTracker {
  /** Notes that some files, which follow one another, were read back. */
  done(index: number, files: readonly Candidate[]): void;
  /** Notes that there is no further file: with what was done that is everything. */
  cameRound(chunks: number): void;
  /** How far it has come without a gap; undefined where nothing ever was read back. */
  progress(): SampleProgress | undefined;
}

export function positionOf({ position }: SampleProgress): BytePath {
  return Buffer.from(position, "base64").toString("latin1") as BytePath;
}

/**
 * Follows a sample whose parts end in any order: what lies behind a gap, of a run that was cancelled, is read again by the next.
 *
 * @param startedAt of the run, ISO 8601
 */
export function trackSample(before: SampleProgress | undefined, startedAt: string): SampleTracker {
  const start = before === undefined ? undefined : positionOf(before);
  // Without an earlier position all of it is one round; else what is not behind it comes in the next one.
  const isNextRound = (path: BytePath): boolean =>
    start !== undefined && hasFile({ behind: undefined, upTo: start }, path);
  const waiting = new Map<
    number,
    { readonly last: BytePath; readonly bytes: number; readonly nextRound: number | undefined }
  >();
  let following = 0;
  let last: BytePath | undefined;
  let bytes = 0;
  let nextRound: number | undefined;
  let chunks: number | undefined;
  return {
    done(index, files) {
      const end = files.at(-1);
      if (end === undefined) return;
      const behind = files.filter(({ path }) => isNextRound(path));
      const sum = (some: readonly Candidate[]): number => some.reduce((total, file) => total + file.bytes, 0);
      waiting.set(index, {
        last: end.path,
        bytes: sum(files),
        nextRound: behind.length === 0 ? undefined : sum(behind),
      });
      for (let next = waiting.get(following); next !== undefined; next = waiting.get(following)) {
        waiting.delete(following++);
        last = next.last;
        bytes += next.bytes;
        if (next.nextRound !== undefined) nextRound = (nextRound ?? 0) + next.nextRound;
      }
    },
    cameRound(total) {
      chunks = total;
    },
    progress() {
      if (last === undefined) return before;
      const round = before ?? { roundStartedAt: startedAt, runs: 0, bytes: 0 };
      const isOver = nextRound !== undefined || chunks === following;
      const lastRound = isOver ? { startedAt: round.roundStartedAt, endedAt: startedAt } : before?.lastRound;
      const position = toBytes(last).toString("base64");
      return {
        position,
        ...(nextRound === undefined
          ? { roundStartedAt: round.roundStartedAt, runs: round.runs + 1, bytes: round.bytes + bytes }
          : { roundStartedAt: startedAt, runs: 1, bytes: nextRound }),
        ...(lastRound === undefined ? {} : { lastRound }),
      };
    },
  };
}

/** The progress in a value that may hold more, or be anything else. */
export function sampleProgressIn(read: unknown): SampleProgress | undefined {
  const { position, roundStartedAt, runs, bytes, lastRound } = (read ?? {}) as Partial<Record<string, unknown>>;
  if (typeof position !== "string" || typeof roundStartedAt !== "string") return undefined;
  if (typeof runs !== "number" || typeof bytes !== "number") return undefined;
  const { startedAt, endedAt } = (lastRound ?? {}) as Partial<Record<string, unknown>>;
  const isRound = typeof startedAt === "string" && typeof endedAt === "string";
  return { position, roundStartedAt, runs, bytes, ...(isRound ? { lastRound: { startedAt, endedAt } } : {}) };
}
