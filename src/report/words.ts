import { quoted } from "../inputs/quoted.ts";
import { bytes, count, counted, duration } from "./format.ts";
import type { ProjectReport, ProjectState, Report } from "./report.ts";
import { verificationTrouble } from "./verification.ts";

/** A state in words, with a mark that is understood without them. */
export const stateWords: Readonly<Record<ProjectState, { readonly icon: string; readonly word: string }>> = {
  complete: { icon: "✅", word: "complete" },
  warning: { icon: "⚠️", word: "warning" },
  failed: { icon: "❌", word: "failed" },
  unfinished: { icon: "⏹️", word: "unfinished" },
};

export const resultIcons = { success: "✅", degraded: "⚠️", failure: "❌", cancelled: "⏹️" } as const;

/** Where what was deleted or replaced is, and what is no longer there because `keep` was over. */
export function versionsSentences({ versions }: Pick<Report, "versions">): string[] {
  if (versions === undefined) return [];
  const { directories, removed } = versions;
  const [oldest = "", newest = ""] = [removed[0], removed.at(-1)];
  return [
    ...(directories.length > 0 ? [`What was deleted or replaced is in ${directories.map(quoted).join(" and ")}`] : []),
    ...(removed.length > 0
      ? [
          `Removed from backup-dir, older than keep: ${counted(removed.length, "directory", "directories")}, ${removed.length === 1 ? oldest : `${oldest} to ${newest}`}`,
        ]
      : []),
  ];
}

/** How the run ended, as the first thing that a person reads. */
export function headline(report: Report): string {
  const what = report.run.dryRun ? "Dry run" : "Backup";
  switch (report.result) {
    case "success":
      return report.run.dryRun ? "Dry run complete, nothing was written" : "Backup complete";
    case "degraded":
      return `${what} complete, with warnings`;
    case "failure":
      if (nothingStarted(report)) return `${what} refused, nothing was written`;
      return failure(report, what);
    case "cancelled":
      if (nothingStarted(report)) return `${what} cancelled before anything was copied`;
      return `${what} cancelled: ${count(finished(report))} of ${counted(report.totals.projects, "project")} finished`;
  }
}

function failure(report: Report, what: string): string {
  const failed = report.projects.filter(({ state }) => state === "failed");
  const named = failed.filter(({ name }) => name !== "").length;
  const trouble = verificationTrouble(report);
  if (failed.length === 0 && trouble !== undefined && isCopied(report)) return `Everything is copied, but ${trouble}`;
  if (failed.length === 0 && report.deletions?.refused !== undefined && !report.run.dryRun && isCopied(report))
    return "Everything is copied, but nothing was deleted";
  if (failed.length === 0) return `${what} failed`;
  if (named === 0) return `${what} incomplete: the loose files failed`;
  const loose = failed.length > named ? ", and the loose files" : "";
  return `${what} incomplete: ${count(named)} of ${counted(report.totals.projects, "project")} failed${loose}`;
}

/** How long it took, how much it is about and how much it moved: each in words, the time first. Of a run that started. */
export function keyFigures({ totals, run, parallelism }: Report): readonly [time: string, ...others: string[]] {
  return [
    duration(run.seconds),
    counted(totals.projects, "project"),
    `${bytes(totals.bytesTransferred)} ${run.dryRun ? "to transfer" : "transferred"} of ${bytes(totals.bytes)}`,
    `${counted(parallelism.lanes, "rsync")} at once`,
  ];
}

/** How long the run before took and how it ended; undefined for the first, and where there are enough runs to say what is usual. */
export function comparison({ previousRun, trends }: Report): string | undefined {
  if (previousRun === undefined || trends?.duration !== undefined) return undefined;
  const when = previousRun.startedAt.slice(0, 16).replace("T", " ");
  return `the run before, ${when} UTC: ${duration(previousRun.seconds)}, ${previousRun.result}`;
}

function isCopied({ projects }: Report): boolean {
  return projects.every(({ state }) => state === "complete" || state === "warning");
}

/** Projects that need nothing more; the loose files are no project. */
function finished(report: Report): number {
  return report.projects.filter(({ name, state }) => name !== "" && (state === "complete" || state === "warning"))
    .length;
}

/** Whether the run ended before there was anything to copy: its problems are all that there is to say. */
export function nothingStarted(report: Report): boolean {
  return report.projects.length === 0 && report.attempts.length === 0;
}

/** The projects, those that took longest first, equal ones by name. */
export function slowestFirst(projects: readonly ProjectReport[]): ProjectReport[] {
  return [...projects].sort((a, b) => b.seconds - a.seconds || (a.name < b.name ? -1 : 1));
}

/** A project's name for a person: the loose files have none. */
export function projectName(name: string): string {
  return name === "" ? "(loose files)" : name;
}

/** How the number of rsyncs was changed, in one sentence. */
export function stepsWords(steps: Report["parallelism"]["steps"]): string {
  return steps.map(({ seconds, lanes, why }) => `${lanes} from ${duration(seconds)} on (${why})`).join(", then ");
}

/** What one rsync ended with: `exit 23: some files could not be transferred`, or the signal's words alone. */
export function problemWords(problem: { readonly exitCode: number | undefined; readonly meaning: string }): string {
  return problem.exitCode === undefined ? problem.meaning : `exit ${problem.exitCode}: ${problem.meaning}`;
}

/** A bar of at most ten characters, an eighth of one being its finest step; anything above nothing shows something. */
export function bar(value: number, longest: number): string {
  const eighths = longest > 0 && value > 0 ? Math.max(1, Math.round((value / longest) * 80)) : 0;
  return "█".repeat(Math.floor(eighths / 8)) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
}
