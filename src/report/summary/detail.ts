/** How much a summary tells. */
export interface SummaryDetail {
  /** Rows in the table of projects. */
  readonly projects: number;
  /** Paths and sentences in each list. */
  readonly paths: number;
  /** Failed projects that are told in full. */
  readonly problems: number;
  /** Lines of an rsync's error output for each. */
  readonly lines: number;
  /** Whether there are diagrams, and the tables that say the same. */
  readonly diagrams: boolean;
}

/** From everything to next to nothing. Names may be hostile and take 20 bytes a character, so the last levels are small. */
export const levels: readonly SummaryDetail[] = [
  { projects: Number.POSITIVE_INFINITY, paths: 1000, problems: 100, lines: 20, diagrams: true },
  { projects: 2000, paths: 200, problems: 50, lines: 10, diagrams: true },
  { projects: 500, paths: 50, problems: 20, lines: 5, diagrams: true },
  { projects: 200, paths: 30, problems: 20, lines: 5, diagrams: true },
  { projects: 50, paths: 20, problems: 10, lines: 3, diagrams: true },
  { projects: 10, paths: 5, problems: 3, lines: 1, diagrams: false },
];
