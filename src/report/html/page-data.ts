/*
 * What the browser part draws from, as it stands in the page as JSON. Only types and no import, since this is all that the two sides
 * share beside ../format.ts. Lists of numbers rather than objects where there are thousands. Times are seconds since the run's start; null is unknown.
 */

/** A project: name, state, rsync seconds, files, bytes, files transferred, bytes transferred. */
export type ProjectRow = readonly [string, string, number, number, number, number, number];

/** A try of an rsync: shard, lane, start, end, exit code (null: ended by a signal), number of the try from 1, bytes transferred. */
export type Bar = readonly [number, number, number, number, number | null, number, number];

/** A moment of a series; what one value of it is. */
export type SeriesUnit = "%" | "B" | "B/s" | "ms" | "s" | "processes";

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

/** Lines over one axis of time. */
export interface Chart {
  readonly title: string;
  readonly unit: SeriesUnit;
  /** Whether the values add up and are drawn on top of each other. */
  readonly stacked: boolean;
  readonly times: readonly number[];
  readonly lines: readonly Line[];
}

export interface PastPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly result: string;
  readonly verdict: string;
}

export interface ReportData {
  /** How long the run was. */
  readonly seconds: number;
  /** Slowest first. */
  readonly projects: readonly ProjectRow[];
  /** Of each state: its mark, its word. */
  readonly states: Readonly<Record<string, { readonly icon: string; readonly word: string }>>;
  readonly phases: readonly (readonly [string, number, number])[];
  readonly bars: readonly Bar[];
  /** Of each shard in the bars: its projects, as their places in the list above. */
  readonly shards: Readonly<Record<string, readonly number[]>>;
  readonly charts: readonly Chart[];
  /** Oldest first. */
  readonly past: readonly PastPoint[];
}

/** One for each report in the page, in their order. */
export type PageData = readonly ReportData[];
