import { exposition, type Gauge } from "./exposition.ts";
import { isBackup, type ProjectReport, type Report, type Result } from "./report.ts";
import { nothingStarted } from "./words.ts";

/** A run, and what is known of those before it. */
export interface MeasuredRun {
  readonly report: Report;
  /** When the last run that backed up everything ended, in seconds since 1970; 0: there was none, undefined: nobody knows. */
  readonly lastSuccess: number | undefined;
}

/** Projects that get series of their own: each costs whoever stores them, for ever. */
const projectsShown = 200;

const results: readonly Result[] = ["success", "degraded", "failure", "cancelled"];

/** A metric with one value a run, or a project. */
interface Figure<Of> {
  readonly name: string;
  readonly help: string;
  readonly value: (of: Of) => number | undefined;
}

/** What is known of every run. */
const outcomes: readonly Figure<MeasuredRun>[] = [
  {
    name: "last_run_timestamp_seconds",
    help: "When the last run ended, as a Unix time.",
    value: ({ report }) => endOf(report),
  },
  {
    name: "last_run_success",
    help: "Whether the last run backed up everything: 1 if its result was success or degraded, 0 otherwise.",
    value: ({ report }) => (isBackup(report.result) ? 1 : 0),
  },
  {
    name: "last_success_timestamp_seconds",
    help: "When the last run that backed up everything ended, as a Unix time; 0 if none is known.",
    value: ({ report, lastSuccess }) => (isBackup(report.result) ? endOf(report) : lastSuccess),
  },
  {
    name: "last_run_duration_seconds",
    help: "How long the last run took.",
    value: ({ report }) => report.run.seconds,
  },
];

/** What is known of a run that came to copy: the zeros of another would look like an empty source. */
const figures: readonly Figure<Report>[] = [
  { name: "last_run_projects", help: "Projects of the last run.", value: ({ totals }) => totals.projects },
  {
    name: "last_run_failed_projects",
    help: "Projects that the last run could not back up completely.",
    value: ({ totals }) => totals.failedProjects,
  },
  { name: "last_run_files", help: "Files at the source in the last run.", value: ({ totals }) => totals.files },
  {
    name: "last_run_size_bytes",
    help: "Size of the files at the source in the last run.",
    value: ({ totals }) => totals.bytes,
  },
  {
    name: "last_run_transferred_files",
    help: "Files that the last run copied.",
    value: ({ totals }) => totals.filesTransferred,
  },
  {
    name: "last_run_transferred_bytes",
    help: "Bytes of file content that the last run copied.",
    value: ({ totals }) => totals.bytesTransferred,
  },
  {
    name: "last_run_deleted_entries",
    help: "Entries that the last run deleted at the destination.",
    value: ({ totals }) => totals.filesDeleted,
  },
  {
    name: "last_run_lanes",
    help: "The most rsyncs at once in the last run.",
    value: ({ parallelism }) => parallelism.lanes,
  },
  {
    name: "last_run_projects_without_series",
    help: `Projects of the last run without series of their own: all but the ${projectsShown} largest.`,
    value: (report) => report.projects.length - shownProjects(report).length,
  },
];

const projectFigures: readonly Figure<ProjectReport>[] = [
  {
    name: "last_run_project_duration_seconds",
    help: "Seconds of rsyncs that a project took in the last run, added up over lanes.",
    value: ({ seconds }) => seconds,
  },
  {
    name: "last_run_project_size_bytes",
    help: "Size of a project's files at the source in the last run.",
    value: ({ bytes }) => bytes,
  },
  {
    name: "last_run_project_transferred_bytes",
    help: "Bytes of a project's file content that the last run copied.",
    value: ({ bytesTransferred }) => bytesTransferred,
  },
];

/**
 * The last run of each source and destination as metrics for Prometheus: base units, gauges all of them, as each run replaces what the one
 * before said.
 */
export function metrics(runs: readonly MeasuredRun[]): string {
  const last = newestOfEachPair(runs);
  const copied = last.map(({ report }) => report).filter((report) => !nothingStarted(report));
  return exposition(
    [
      ...outcomes.map((figure) => gauge(figure, last, ({ report }) => pairOf(report))),
      resultGauge(last.map(({ report }) => report)),
      ...figures.map((figure) => gauge(figure, copied, pairOf)),
      verdictGauge(copied),
      ...projectFigures.map((figure) => projectGauge(figure, copied)),
    ].map((one) => ({ ...one, name: `dailysync_${one.name}` })),
  );
}

function gauge<Of>(
  { name, help, value }: Figure<Of>,
  all: readonly Of[],
  labels: (one: Of) => Readonly<Record<string, string>>,
): Gauge {
  const samples = all.flatMap((one) => {
    const known = value(one);
    return known === undefined ? [] : [{ labels: labels(one), value: known }];
  });
  return { name, help, samples };
}

function projectGauge(figure: Figure<ProjectReport>, reports: readonly Report[]): Gauge {
  const gauges = reports.map((report) =>
    gauge(figure, shownProjects(report), (project) => ({ ...pairOf(report), project: labelOf(project) })),
  );
  return { ...figure, samples: gauges.flatMap(({ samples }) => samples) };
}

/** All results, so that a series says 0 when it is over. */
function resultGauge(reports: readonly Report[]): Gauge {
  return {
    name: "last_run_result",
    help: "The result of the last run: 1 for the one that it was.",
    samples: reports.flatMap((report) =>
      results.map((result) => ({ labels: { ...pairOf(report), result }, value: report.result === result ? 1 : 0 })),
    ),
  };
}

function verdictGauge(reports: readonly Report[]): Gauge {
  return {
    name: "last_run_verdict",
    help: "What limited the last run, as the labels say; always 1.",
    samples: reports.flatMap((report) =>
      (report.diagnosis?.verdicts.slice(0, 1) ?? []).map(({ name, confidence }) => ({
        labels: { ...pairOf(report), verdict: name, confidence },
        value: 1,
      })),
    ),
  };
}

/** Two runs of one pair would be two values of the same series, which no reader accepts. */
function newestOfEachPair(runs: readonly MeasuredRun[]): readonly MeasuredRun[] {
  const newest = new Map<string, MeasuredRun>();
  for (const run of runs) {
    const pair = `${run.report.source}\0${run.report.destination}`;
    const other = newest.get(pair);
    if (other === undefined || endOf(other.report) < endOf(run.report)) newest.set(pair, run);
  }
  return [...newest.values()];
}

function pairOf({ source, destination }: Report): Readonly<Record<"source" | "destination", string>> {
  return { source, destination };
}

/** The largest projects, each label once: names that are no text may look alike. */
function shownProjects({ projects }: Report): readonly ProjectReport[] {
  const bySize = [...projects].sort((one, other) => other.bytes - one.bytes);
  return [...new Map(bySize.reverse().map((project) => [labelOf(project), project])).values()]
    .reverse()
    .slice(0, projectsShown);
}

/** A project's path below the source; the loose files lie in the source itself. */
function labelOf({ name }: ProjectReport): string {
  return name === "" ? "." : name;
}

function endOf({ run }: Report): number {
  return Date.parse(run.endedAt) / 1000;
}
