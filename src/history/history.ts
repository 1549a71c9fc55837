import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import type { Report, Result } from "../report/report.ts";

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
}

/** A quarter of a year of nights. */
const runsKept = 90;
/** Of the file's format; a file of another version is not read, and replaced. */
const formatVersion = 1;

/** The earlier runs of one source and destination, oldest first; none where there is no history, or none that can be read. */
export function readHistory(directory: string, source: string, destination: string): readonly PastRun[] {
  try {
    const read: unknown = JSON.parse(readFileSync(fileOf(directory, source, destination), "utf8"));
    return isHistory(read) ? read.runs.filter(isPastRun) : [];
  } catch {
    // Not there yet, or cut off by a full disk: a backup works without its history.
    return [];
  }
}

/** Adds a run, keeping the last 90. Dry runs and refused ones teach nothing and are left out. Returns why it could not be written. */
export function rememberRun(directory: string, report: Report): string | undefined {
  if (report.run.dryRun || report.attempts.length === 0) return undefined;
  const { source, destination, run, result, totals, parallelism } = report;
  const { projects, files, filesTransferred, bytes, bytesTransferred } = totals;
  const past: PastRun = {
    ...{ startedAt: run.startedAt, seconds: run.seconds, result, lanes: parallelism.lanes },
    ...{ projects, files, filesTransferred, bytes, bytesTransferred },
  };
  const runs = [...readHistory(directory, source, destination), past].slice(-runsKept);
  const path = fileOf(directory, source, destination);
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${path}.tmp`, `${JSON.stringify({ formatVersion, source, destination, runs })}\n`);
    renameSync(`${path}.tmp`, path);
    return undefined;
  } catch (error) {
    return `the history could not be written to state-dir: ${messageOf(error)}`;
  }
}

/** One file for each pair of places, whatever is in their names. */
function fileOf(directory: string, source: string, destination: string): string {
  const pair = createHash("sha256").update(`${source}\0${destination}`).digest("hex").slice(0, 16);
  return join(directory, `history-${pair}.json`);
}

function isHistory(read: unknown): read is { readonly runs: readonly unknown[] } {
  return (
    typeof read === "object" &&
    read !== null &&
    "formatVersion" in read &&
    read.formatVersion === formatVersion &&
    "runs" in read &&
    Array.isArray(read.runs)
  );
}

/** What a report says of an earlier run. */
function isPastRun(run: unknown): run is PastRun {
  const past = run as Partial<Record<keyof PastRun, unknown>> | null;
  return typeof past?.startedAt === "string" && typeof past.seconds === "number" && typeof past.result === "string";
}
