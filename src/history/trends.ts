import type { Work } from "../plan/pace.ts";
import { isBackup, type Moment, type Report } from "../report/report.ts";
import type { History, PastRun } from "./history.ts";
import type { DaySizes } from "./sizes.ts";

/** What earlier runs of the same kind took. */
export interface DurationTrend {
  /** How many there were: the last ones that succeeded. */
  readonly runs: number;
  readonly medianSeconds: number;
  readonly medianBytesTransferred: number;
}

/** A project that has become much larger or smaller. */
export interface ProjectGrowth {
  /** Path below the source, as text; empty for the loose files. */
  readonly name: string;
  /** When the run that it is compared with began. */
  readonly since: Moment;
  readonly bytesBefore: number;
  readonly bytes: number;
}

/** How a run compares with those before it. */
export interface Trends {
  /** Undefined for a run that did not back up everything, and while there are fewer than three runs of its kind. */
  readonly duration: DurationTrend | undefined;
  /** The projects that changed most first. */
  readonly growth: readonly ProjectGrowth[];
}

/** Two weeks of nights: what was before may have been another machine. */
const runsCompared = 14;
/** The median of fewer says nothing. */
const leastRuns = 3;

const day = 24 * 60 * 60 * 1000;
/** A week, less the half day by which runs may begin earlier or later; in milliseconds. */
const lookBack = 6.5 * day;
/**
 * Growth is worth a word from this many bytes (1 GiB), this share of what the project was and this share of all projects: below, it is an
 * ordinary week of a project, or of no account for the whole.
 */
const leastGrowth = { bytes: 1024 ** 3, shareOfProject: 0.1, shareOfAll: 0.01 };
/** More projects than these would bury the rest. */
const projectsNamed = 3;

/** What is compared of a run. */
type ComparedRun = Pick<Report, "run" | "result" | "projects"> & Pick<Report["parallelism"], "work">;

/** How a run compares with those in the history, which does not have it yet; pure. */
export function trendsOf(report: ComparedRun, { runs, sizes }: Pick<History, "runs" | "sizes">): Trends {
  return { duration: durationTrend(report, runs), growth: growthSince(report, sizes) };
}

/** Like is compared with like: backups of everything, whose work was of the same kind. */
function durationTrend({ run, result, work }: ComparedRun, runs: readonly PastRun[]): DurationTrend | undefined {
  if (run.dryRun || !isBackup(result) || work === undefined) return undefined;
  return usualRun(runs, work);
}

/** What the last runs took whose work was of this kind; undefined while there are fewer than three. */
export function usualRun(runs: readonly PastRun[], work: Work): DurationTrend | undefined {
  const alike = runs.filter((past) => isBackup(past.result) && past.work === work).slice(-runsCompared);
  if (alike.length < leastRuns) return undefined;
  return {
    runs: alike.length,
    medianSeconds: median(alike.map(({ seconds }) => seconds)),
    medianBytesTransferred: median(alike.map(({ bytesTransferred }) => bytesTransferred)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function growthSince({ run, projects }: ComparedRun, sizes: readonly DaySizes[]): ProjectGrowth[] {
  const then = sizes.findLast(({ at }) => Date.parse(run.startedAt) - Date.parse(at) >= lookBack);
  if (then === undefined) return [];
  const all = projects.reduce((sum, { bytes }) => sum + bytes, 0);
  return projects
    .filter(({ state }) => state === "complete" || state === "warning")
    .flatMap(({ name, bytes }) => {
      const bytesBefore = then.bytes.get(name);
      return bytesBefore === undefined ? [] : [{ name, since: then.at, bytesBefore, bytes }];
    })
    .filter(({ bytes, bytesBefore }) => {
      const change = Math.abs(bytes - bytesBefore);
      const { shareOfProject, shareOfAll } = leastGrowth;
      return change >= Math.max(leastGrowth.bytes, shareOfProject * bytesBefore, shareOfAll * all);
    })
    .sort((one, other) => Math.abs(other.bytes - other.bytesBefore) - Math.abs(one.bytes - one.bytesBefore))
    .slice(0, projectsNamed);
}
