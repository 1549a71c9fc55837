import { activityWords } from "../../diagnose/words.ts";
import type { PastRun } from "../../history/history.ts";
import { activities } from "../../measure/activity.ts";
import type { Sample } from "../../measure/measurement.ts";
import type { Figure } from "../../measure/series.ts";
import { hasFailed } from "../attempt-end.ts";
import type { AttemptReport, Report } from "../report.ts";
import { projectName, slowestFirst, stateWords } from "../words.ts";
import { line } from "./markup.ts";
import type { Bar, Chart, Line, PastPoint, ProjectRow, ReportData, SeriesUnit } from "./page-data.ts";

/** More bars than these nobody can tell apart, and a page should open at once. */
export const mostBars = 8000;

/** What the charts and the table of a report are drawn from. */
export function dataOf(report: Report, past: readonly PastRun[]): ReportData {
  const projects = slowestFirst(report.projects);
  const places = new Map(projects.map(({ name }, place) => [name, place]));
  const bars = barsOf(report.attempts);
  const shown = new Set(bars.map(([shard]) => shard));
  const shards = report.shards
    .filter(({ id }) => shown.has(id))
    .map((shard) => [shard.id, shard.projects.flatMap((name) => places.get(name) ?? [])] as const);
  return {
    seconds: report.run.seconds,
    projects: projects.map(rowOf),
    states: stateWords,
    phases: report.phases.map(({ name, startedAtSeconds, seconds }) => [
      line(name, 40),
      thousandths(startedAtSeconds),
      thousandths(seconds),
    ]),
    bars,
    shards: Object.fromEntries(shards),
    charts: [...resourceCharts(report), ...activityCharts(report)],
    past: past.flatMap(pointOf),
  };
}

function rowOf(project: Report["projects"][number]): ProjectRow {
  const { name, state, seconds, files, bytes, filesTransferred, bytesTransferred } = project;
  return [
    line(projectName(name), 300),
    state,
    thousandths(seconds),
    files,
    bytes,
    filesTransferred,
    Math.round(bytesTransferred),
  ];
}

/** Each try, numbered by shard; of more than fit the failed, the repeated and the longest. */
function barsOf(attempts: readonly AttemptReport[]): Bar[] {
  const tries = new Map<number, number>();
  const bars = [...attempts]
    .sort((one, other) => one.startedAtSeconds - other.startedAtSeconds)
    .map(({ shard, lane, startedAtSeconds, endedAtSeconds, exitCode, bytesTransferred }): Bar => {
      const number = (tries.get(shard) ?? 0) + 1;
      tries.set(shard, number);
      const [start, end] = [thousandths(startedAtSeconds), thousandths(endedAtSeconds)];
      return [shard, lane, start, end, exitCode ?? null, number, Math.round(bytesTransferred)];
    })
    .filter(([, , start, end]) => Number.isFinite(start) && Number.isFinite(end));
  if (bars.length <= mostBars) return bars;
  const telling = ([, , , , exitCode, number]: Bar) => hasFailed(exitCode) || number > 1;
  const byLength = bars.sort((one, other) => other[3] - other[2] - (one[3] - one[2]));
  // Never so many failures that the run's shape is lost.
  const first = byLength.filter(telling).slice(0, mostBars / 2);
  return [...new Set([...first, ...byLength])].slice(0, mostBars).sort((one, other) => one[2] - other[2]);
}

function resourceCharts({ resources }: Report): Chart[] {
  const samples = resources?.samples ?? [];
  const chart = (title: string, unit: SeriesUnit, figures: readonly (readonly [string, Figure])[]): Chart[] => {
    const lines = figures
      .map(([label, figure]): Line => ({ label, values: samples.map((sample) => rounded(sample[figure], unit)) }))
      .filter(({ values }) => values.some((value) => value !== null));
    return lines.length === 0 ? [] : [{ title, unit, stacked: false, times: timesOf(samples), lines }];
  };
  return [
    ...chart("CPU", "%", [
      ["Busy", "cpuPercent"],
      ["Idle, waiting for I/O", "iowaitPercent"],
      ["Taken by the hypervisor", "stealPercent"],
    ]),
    ...chart("Data", "B/s", [
      ["Source device: read", "sourceReadBytesPerSecond"],
      ["Destination device: written", "destinationWriteBytesPerSecond"],
      ["Rsyncs: read, from memory too", "rsyncReadBytesPerSecond"],
    ]),
    ...chart("Network", "B/s", [
      ["Received", "networkReceivedBytesPerSecond"],
      ["Sent", "networkSentBytesPerSecond"],
    ]),
    ...chart("Devices", "%", [
      ["Source device: busy", "sourceBusyPercent"],
      ["Destination device: busy", "destinationBusyPercent"],
    ]),
    ...chart("Time to an answer", "ms", [
      ["Source", "sourceAnswerMs"],
      ["Destination", "destinationAnswerMs"],
    ]),
    ...chart("Memory", "B", [
      ["In use", "memoryUsedBytes"],
      ["Not written to storage yet", "unwrittenBytes"],
    ]),
  ];
}

/** What the rsyncs' processes did at the source and at the destination; what none did is left out. */
function activityCharts({ resources }: Report): Chart[] {
  const samples = (resources?.samples ?? []).filter((sample) => sample.activities !== undefined);
  return (["source", "destination"] as const).flatMap((side) => {
    const lines = activities
      .map(
        (activity): Line => ({
          label: activityWords[activity],
          values: samples.map((sample) => thousandths(sample.activities?.[side][activity] ?? 0)),
        }),
      )
      .filter(({ values }) => values.some((value) => value !== null && value > 0));
    const title = `Processes at the ${side}`;
    return lines.length === 0
      ? []
      : [{ title, unit: "processes", stacked: true, times: timesOf(samples), lines } satisfies Chart];
  });
}

function timesOf(samples: readonly Sample[]): number[] {
  return samples.map(({ atMs }) => thousandths(atMs / 1000));
}

function rounded(value: number | undefined, unit: SeriesUnit): number | null {
  if (value === undefined) return null;
  return unit === "B" || unit === "B/s" ? Math.round(value) : thousandths(value);
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function pointOf({ startedAt, seconds, bytesTransferred, result, verdict }: PastRun): PastPoint[] {
  const at = Date.parse(startedAt);
  return Number.isFinite(at) ? [{ at, seconds, bytes: bytesTransferred, result, verdict: verdict ?? "" }] : [];
}
