/** How far a run is. */
export interface ProgressState {
  /** Done share of the planned work, 0–1. */
  readonly fraction: number;
  readonly bytesTransferred: number;
  readonly elapsedSeconds: number;
  /** Undefined while it would be a guess. */
  readonly secondsLeft: number | undefined;
  readonly projectsDone: number;
  readonly projects: number;
}

/** Where a run tells what happens. Every implementation neutralises what it prints: lines may hold file names. */
export interface Log {
  readonly info: (line: string) => void;
  /** A line for each project as it ends: for a log that is read later, not for a screen that shows the progress. */
  readonly finished: (line: string) => void;
  readonly debug: (line: string) => void;
  readonly warning: (text: string) => void;
  readonly error: (text: string) => void;
  /** May be called every second; the log decides what it shows. */
  readonly progress: (state: ProgressState) => void;
}
