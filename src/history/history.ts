import { createHash } from "node:crypto";
import { join } from "node:path";
import { type VerdictName, verdictNames } from "../diagnose/verdict.ts";
import { codeOf, messageOf } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import type { Work } from "../plan/pace.ts";
import { makePrivateDirectory, readPrivateFile, writePrivateFile } from "../private-file.ts";
import type { Report, Result } from "../report/report.ts";
import type { LaneRate } from "../run/tuner.ts";
import { type SampleProgress, sampleProgressIn } from "../verify/sample.ts";
import { type KnownSource, knownAfter, knownSourceIn, unknownSource } from "./known-source.ts";
import { type DaySizes, sizesAfter, sizesForFile, sizesIn } from "./sizes.ts";

/** What is remembered of a run. */
export interface PastRun {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly result: Result;
  readonly projects: number;
  readonly files: number;
  readonly filesTransferred: number;
  readonly bytes: number;
  readonly bytesTransferred: number;
  readonly lanes: number;
  /** What most of the work was; undefined where nothing was surveyed. */
  readonly work?: Work | undefined;
  readonly cpus?: number | undefined;
  /** What limited it. */
  readonly verdict?: VerdictName | undefined;
  /** What each number of lanes achieved. */
  readonly rates?: readonly LaneRate[];
}

/** How many times as long as the survey expects each project took, in the last run of a kind in which all of it was copied; by name. */
export type Slowness = ReadonlyMap<string, number>;

/** What earlier runs of one source and destination have left. */
export interface History {
  /** Oldest first. */
  readonly runs: readonly PastRun[];
  readonly slowness: Readonly<Partial<Record<Work, Slowness>>>;
  readonly source: KnownSource;
  /** How far samples of what is at the destination have come; undefined before the first. */
  readonly sample?: SampleProgress | undefined;
  /** How large projects were, oldest first. */
  readonly sizes: readonly DaySizes[];
  /** Why there is a file that was not read, in a sentence; undefined where it was, or where there is none. */
  readonly ignored: string | undefined;
}

/** A quarter of a year of nights. */
const runsKept = 90;
/** Projects whose slowness is kept: those that took longest. */
const projectsKept = 2000;
/** Of the file's format; a file of another version is not read, and replaced. */
const formatVersion = 1;
/** A project that took less, in seconds, says nothing about its pace. */
const leastTelling = 1;
/** Beyond this factor, either way, something else than the project was slow. */
const mostSlowness = 4;

/** What earlier runs have left; nothing where there is no file, or none that can be read: a backup works without its history. */
export function readHistory(directory: string, source: string, destination: string): History {
  const path = fileOf(directory, source, destination);
  const nothing = (ignored: string | undefined): History => ({
    runs: [],
    slowness: {},
    source: unknownSource,
    sizes: [],
    ignored,
  });
  try {
    const read: unknown = JSON.parse(readPrivateFile(path));
    if (!isHistory(read)) return nothing(`the history in ${quoted(path)} is of another version, and begins anew`);
    return {
      runs: runsIn(read),
      slowness: slownessIn(read.slowness),
      source: knownSourceIn(read.knownSource),
      sample: sampleProgressIn(read.sample),
      sizes: sizesIn(read.sizes),
      ignored: undefined,
    };
  } catch (error) {
    return nothing(
      codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR"
        ? undefined
        : `the history in ${quoted(path)} cannot be read, and begins anew: ${messageOf(error)}`,
    );
  }
}

/**
 * Adds a run, keeping the last 90. Dry runs and refused ones teach nothing and are left out.
 *
 * @param sourceAccepted whether a source that has changed is right as it is
 * @returns why it could not be written
 */
export function rememberRun(directory: string, report: Report, sourceAccepted: boolean): string | undefined {
  if (report.run.dryRun || report.attempts.length === 0) return undefined;
  const { source, destination } = report;
  const { work } = report.parallelism;
  const before = readHistory(directory, source, destination);
  const runs = [...before.runs, pastRunOf(report)].slice(-runsKept);
  const learnt =
    work === undefined
      ? before.slowness
      : { ...before.slowness, [work]: newest(slownessOf(report), before.slowness[work] ?? new Map()) };
  const slowness = {
    copying: Object.fromEntries(learnt.copying ?? []),
    comparing: Object.fromEntries(learnt.comparing ?? []),
  };
  const { identity, filledProjects } = knownAfter(report, before.source, sourceAccepted);
  const knownSource = { identity, filledProjects: [...filledProjects] };
  const sample = sampleProgressIn(report.verification?.sample) ?? before.sample;
  const sizes = sizesForFile(sizesAfter(report, before.sizes));
  const path = fileOf(directory, source, destination);
  try {
    makePrivateDirectory(directory);
    const history = { formatVersion, source, destination, knownSource, runs, slowness, sample, sizes };
    writePrivateFile(path, `${JSON.stringify(history)}\n`);
    return undefined;
  } catch (error) {
    return `the history could not be written to state-dir: ${messageOf(error)}`;
  }
}

/** What the last run tells, and of projects that it does not tell of what was known; bounded. */
function newest(now: Slowness, before: Slowness): Slowness {
  const others = [...before].filter(([name]) => !now.has(name));
  return new Map([...now, ...others].slice(0, projectsKept));
}

/** Relative to the whole run, so that a busy night makes no project slow. */
function slownessOf({ projects }: Report): Slowness {
  const telling = projects.filter(
    ({ state, seconds, expectedSeconds }) => state === "complete" && seconds >= leastTelling && expectedSeconds > 0,
  );
  const seconds = telling.reduce((sum, one) => sum + one.seconds, 0);
  const expected = telling.reduce((sum, one) => sum + one.expectedSeconds, 0);
  return new Map(
    [...telling]
      .sort((one, other) => other.seconds - one.seconds)
      .slice(0, projectsKept)
      .map((one) => {
        const factor = one.seconds / one.expectedSeconds / (seconds / expected);
        return [one.name, Number(Math.min(mostSlowness, Math.max(1 / mostSlowness, factor)).toFixed(2))];
      }),
  );
}

/** The names of the files, as fileOf makes them. */
export const fileName = /^history-[0-9a-f]{16}\.json$/;

/** One file for each pair of places, whatever is in their names. */
function fileOf(directory: string, source: string, destination: string): string {
  const pair = createHash("sha256").update(`${source}\0${destination}`).digest("hex").slice(0, 16);
  return join(directory, `history-${pair}.json`);
}

/** A file of the history, whose other fields only newer versions write. */
interface HistoryFile {
  readonly runs: readonly unknown[];
  readonly slowness?: unknown;
  readonly knownSource?: unknown;
  readonly sample?: unknown;
  readonly sizes?: unknown;
  readonly source?: unknown;
  readonly destination?: unknown;
}

/** Whether a file is one of ours, of this version. */
export function isHistory(read: unknown): read is HistoryFile {
  return (
    typeof read === "object" &&
    read !== null &&
    "formatVersion" in read &&
    read.formatVersion === formatVersion &&
    "runs" in read &&
    Array.isArray(read.runs)
  );
}

/** What is remembered of the run of a report. */
export function pastRunOf({ run, result, totals, parallelism, diagnosis }: Report): PastRun {
  const { projects, files, filesTransferred, bytes, bytesTransferred } = totals;
  const { lanes, work, rates, usableCpus: cpus } = parallelism;
  return {
    ...{ startedAt: run.startedAt, seconds: run.seconds, result, lanes, work, cpus, rates },
    verdict: diagnosis?.verdicts[0].name,
    ...{ projects, files, filesTransferred, bytes, bytesTransferred },
  };
}

/** What a file says of the runs, oldest first; what is damaged is left out. */
export function runsIn({ runs }: HistoryFile): readonly PastRun[] {
  return runs.filter(isPastRun).map(withKnownVerdict).slice(-runsKept);
}

/** What a report says of an earlier run, and what is learnt from it. */
function isPastRun(run: unknown): run is PastRun {
  const past = run as Partial<Record<keyof PastRun, unknown>> | null;
  return (
    typeof past?.startedAt === "string" &&
    typeof past.seconds === "number" &&
    typeof past.result === "string" &&
    (past.rates === undefined || (Array.isArray(past.rates) && past.rates.every(isLaneRate)))
  );
}

/** A verdict that only another version knows is none; what else it remembered of the run holds. */
function withKnownVerdict(run: PastRun): PastRun {
  return verdictNames.some((name) => name === run.verdict) ? run : { ...run, verdict: undefined };
}

function isLaneRate(rate: unknown): rate is LaneRate {
  const one = rate as Partial<Record<keyof LaneRate, unknown>> | null;
  return Number.isInteger(one?.lanes) && Number(one?.lanes) >= 1 && Number.isFinite(one?.rate);
}

function slownessIn(read: unknown): History["slowness"] {
  const kinds = (typeof read === "object" && read !== null ? read : {}) as Partial<Record<Work, unknown>>;
  const factors = (one: unknown): Slowness =>
    new Map(
      Object.entries(typeof one === "object" && one !== null ? one : {}).filter(
        ([, factor]) => typeof factor === "number" && factor >= 1 / mostSlowness && factor <= mostSlowness,
      ),
    );
  return { copying: factors(kinds.copying), comparing: factors(kinds.comparing) };
}
