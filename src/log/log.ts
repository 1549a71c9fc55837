import type { TimeLeft } from "../run/time-left.ts";

/** What one lane does. */
export interface LaneState {
  /** The limiter's number, from 0. */
  readonly lane: number;
  /** Whose part, and which; they hold names of files. */
  readonly project: string;
  readonly part: string;
  readonly seconds: number;
  /** Undefined where its rsync does not tell. */
  readonly bytes: number | undefined;
}

/** How far the copying is. */
export interface CopyingState {
  readonly kind: "copying";
  /** Done share of the planned work, 0–1; it never falls, and is 1 at the end alone. */
  readonly fraction: number;
  readonly elapsedSeconds: number;
  readonly bytesTransferred: number;
  readonly filesTransferred: number;
  /** Of the last seconds. */
  readonly bytesPerSecond: number;
  readonly filesPerSecond: number;
  /** Undefined while it would be a guess. */
  readonly left: TimeLeft | undefined;
  readonly projectsDone: number;
  readonly projects: number;
  /** Those that are busy, by number. */
  readonly lanes: readonly LaneState[];
  /** Shards that have not started. */
  readonly shardsWaiting: number;
}

/** A phase of which nobody knows how long it takes. */
export interface PhaseState {
  readonly kind: "phase";
  readonly name: string;
  readonly elapsedSeconds: number;
  /** What it has done so far, as in `12,345 entries so far`. */
  readonly soFar?: string | undefined;
}

export type Activity = CopyingState | PhaseState;

/** How a project ended. */
export interface ProjectEnd {
  /** One line: which, how, how long, how much. */
  readonly title: string;
  readonly isUnwell: boolean;
  readonly seconds: number;
  /** How many projects the run has. */
  readonly projects: number;
  /** What its rsyncs did; made only where it is shown. */
  readonly details: () => readonly string[];
}

/** Where a run tells what happens. Every implementation neutralises what it prints: lines may hold file names. */
export interface Log {
  readonly info: (line: string) => void;
  /** A project has ended: for a log that is read later, not for a screen that shows the progress. */
  readonly finished: (end: ProjectEnd) => void;
  readonly debug: (line: string) => void;
  /** @param title short, and the same for every text of its kind */
  readonly notice: (text: string, title?: string) => void;
  readonly warning: (text: string, title?: string) => void;
  readonly error: (text: string, title?: string) => void;
  /**
   * Shows an activity for as long as it lasts: it is asked as often as the log wants to know. One that begins within another is shown
   * instead of it.
   *
   * @returns what is called at its end
   */
  readonly follow: (activity: () => Activity) => () => void;
}
