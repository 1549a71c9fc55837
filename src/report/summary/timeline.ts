import { hasFailed } from "../attempt-end.ts";
import { bytes, duration } from "../format.ts";
import type { AttemptReport, Report } from "../report.ts";
import { secondsOfCopying } from "../verification.ts";
import { shorten } from "../visible.ts";
import { projectName } from "../words.ts";
import { diagram, plain } from "./diagram.ts";
import { folded, name, table } from "./markdown.ts";

const mostBars = 40;
/** About as many characters fit across the whole chart on GitHub; a label must not run into the next bar. */
const chartWidth = 90;
/** Mermaid needs a name; this one is hardly seen. */
const unseen = ".";

/** The chart of what each lane did when, and the same as a table. Undefined when no rsync started. */
export function timelineSection(report: Report): string | undefined {
  const shown = shownAttempts(report);
  if (shown.length === 0) return undefined;
  const parts = [
    "### Timeline",
    caption(report, shown.length),
    // Not folded: a chart that is drawn out of sight gets no width.
    diagram(gantt(report, shown)),
    folded("The same as a table", timelineTable(report, shown)),
  ];
  return parts.filter((part) => part !== undefined).join("\n\n");
}

/** The failed tries and the longest others, at most 40. */
function shownAttempts(report: Report): AttemptReport[] {
  const finite = report.attempts.filter((attempt) => Number.isFinite(secondsOf(attempt)));
  const byLength = finite.sort((one, other) => secondsOf(other) - secondsOf(one));
  // Failures first, but never so many that the run's shape is lost.
  const failures = byLength.filter(({ exitCode }) => hasFailed(exitCode)).slice(0, mostBars / 2);
  const shown = [...new Set([...failures, ...byLength])].slice(0, mostBars);
  return shown.sort((one, other) => one.lane - other.lane || one.startedAtSeconds - other.startedAtSeconds);
}

/**
 * A Mermaid gantt chart with a row per lane. Written for Mermaid 11.3 and later: GitHub had 11.17.2 in September 2026
 * (mermaid-js/mermaid#8289), servers of companies have older ones. `dateFormat x` takes milliseconds, compact mode puts bars on one row.
 */
function gantt(report: Report, shown: readonly AttemptReport[]): string[] {
  const projectsOf = projectsOfShards(report);
  const startMs = startOf(report);
  const wholeSeconds = Math.max(...shown.map((attempt) => attempt.endedAtSeconds), 0.001);
  const lines = [
    ...["---", "displayMode: compact", "---", "gantt"],
    "  accTitle: What each lane of the run did when",
    "  accDescr: A row per lane with a bar per rsync. The table below the chart says the same.",
    "  dateFormat x",
    `  axisFormat ${wholeSeconds < 10 ? "%S.%L" : "%H:%M:%S"}`,
  ];
  let lane: number | undefined;
  for (const attempt of shown) {
    if (attempt.lane !== lane) lines.push(`  section Lane ${attempt.lane + 1}`);
    lane = attempt.lane;
    const room = Math.floor((secondsOf(attempt) / wholeSeconds) * chartWidth);
    const label = labelOf(attempt, projectsOf.get(attempt.shard) ?? [], room);
    const from = startMs + Math.max(0, Math.round(attempt.startedAtSeconds * 1000));
    const to = Math.max(from + 1, startMs + Math.round(attempt.endedAtSeconds * 1000));
    lines.push(`    ${label} :${hasFailed(attempt.exitCode) ? "crit, " : ""}${from}, ${to}`);
  }
  return lines;
}

/** How many tries the chart leaves out, and what it shows, in words. */
function caption(report: Report, shown: number): string {
  const all = report.attempts.length;
  const which = all > shown ? `The failed and the longest ${shown} of ${all} rsyncs` : "Every rsync";
  const numbers =
    "the number in front is the shard's in report.json; red has failed; the clock is that of your browser";
  return `${which}, a row per lane, over ${duration(secondsOfCopying(report))}; ${numbers}.`;
}

function timelineTable(report: Report, shown: readonly AttemptReport[]): string {
  const projectsOf = projectsOfShards(report);
  const rows = shown.map((attempt) => {
    const [first, ...others] = projectsOf.get(attempt.shard) ?? [];
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return [
      String(attempt.lane + 1),
      String(attempt.shard),
      first === undefined ? "<i>directories</i>" : `${first === "" ? "<i>loose files</i>" : name(first)}${more}`,
      duration(attempt.startedAtSeconds),
      duration(secondsOf(attempt)),
      bytes(attempt.bytesTransferred),
      endOf(attempt),
    ];
  });
  return table(
    ["Lane", "Shard", "Project", "Begins after", "Takes", "Transferred", "End"],
    rows,
    new Set([0, 1, 3, 4, 5]),
  );
}

function endOf({ exitCode }: AttemptReport): string {
  if (exitCode === 0) return "✅";
  if (exitCode === undefined) return "❌ a signal";
  return `${exitCode === 24 ? "⚠️" : "❌"} exit ${exitCode}`;
}

function secondsOf({ startedAtSeconds, endedAtSeconds }: AttemptReport): number {
  return endedAtSeconds - startedAtSeconds;
}

function projectsOfShards({ shards }: Report): ReadonlyMap<number, readonly string[]> {
  return new Map(shards.map(({ id, projects }) => [id, projects]));
}

function startOf(report: Report): number {
  const startMs = Date.parse(report.run.startedAt);
  return Number.isFinite(startMs) && startMs > 0 ? startMs : 0;
}

/**
 * The shard's number, and its project as far as there is room; a dot where not even the number has room, since Mermaid would
 * write it over the next bar. The number in front also keeps a name from being read as one of the
 * diagram's own words (`section`, `title`, `click` …).
 */
function labelOf(attempt: AttemptReport, projects: readonly string[], room: number): string {
  const number = String(attempt.shard);
  if (room < number.length) return unseen;
  const [first, ...others] = projects.map(projectName);
  if (first === undefined) return number;
  const characters = Math.min(40, room) - number.length - 1;
  const name = plain(first);
  const whole = others.length === 0 ? name : `${name} and ${others.length} more`;
  if (whole.length <= characters) return `${number} ${whole}`;
  // Two letters of a name tell nothing.
  if (characters < Math.min(8, name.length)) return number;
  return `${number} ${shorten(name, characters).replace("…", "..")}`.trimEnd();
}
