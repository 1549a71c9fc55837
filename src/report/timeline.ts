import { duration } from "./format.ts";
import type { AttemptReport, Report } from "./report.ts";
import { secondsOfCopying } from "./verification.ts";
import { shorten } from "./visible.ts";
import { projectName } from "./words.ts";

const mostBars = 40;
/** About as many characters fit across the whole chart on GitHub; a label must not run into the next bar. */
const chartWidth = 90;
/** GitHub's Mermaid shows an error instead of a larger diagram. */
const mostCharacters = 50_000;

/**
 * A Mermaid gantt chart with a row per lane: the failed tries and the longest others, at most 40. Undefined when no rsync started.
 * Written for Mermaid 11.3, what GitHub is known to have had: `dateFormat x` takes milliseconds, compact mode puts bars on one row.
 */
export function timeline(report: Report): string | undefined {
  const length = (attempt: AttemptReport) => attempt.endedAtSeconds - attempt.startedAtSeconds;
  const finite = report.attempts.filter((attempt) => Number.isFinite(length(attempt)));
  const byLength = finite.sort((a, b) => length(b) - length(a));
  // Failures first, but never so many that the run's shape is lost.
  const failures = byLength.filter(hasFailed).slice(0, mostBars / 2);
  const shown = [...new Set([...failures, ...byLength])].slice(0, mostBars);
  if (shown.length === 0) return undefined;

  const projectsOf = new Map(report.shards.map((shard) => [shard.id, shard.projects]));
  const startMs = startOf(report);
  const wholeSeconds = Math.max(...shown.map((attempt) => attempt.endedAtSeconds), 0.001);
  const lines = [
    "---",
    "displayMode: compact",
    "---",
    "gantt",
    "  dateFormat x",
    `  axisFormat ${wholeSeconds < 10 ? "%S.%L" : "%H:%M:%S"}`,
  ];
  for (const lane of [...new Set(shown.map((attempt) => attempt.lane))].sort((a, b) => a - b)) {
    lines.push(`  section Lane ${lane + 1}`);
    const bars = shown.filter((attempt) => attempt.lane === lane);
    for (const attempt of bars.sort((a, b) => a.startedAtSeconds - b.startedAtSeconds)) {
      const room = Math.floor((length(attempt) / wholeSeconds) * chartWidth);
      const label = labelOf(attempt, projectsOf.get(attempt.shard) ?? [], room);
      const from = startMs + Math.max(0, Math.round(attempt.startedAtSeconds * 1000));
      const to = Math.max(from + 1, startMs + Math.round(attempt.endedAtSeconds * 1000));
      lines.push(`    ${label} :${hasFailed(attempt) ? "crit, " : ""}${from}, ${to}`);
    }
  }
  const chart = lines.join("\n");
  return chart.length < mostCharacters ? chart : undefined;
}

/** How many tries the chart leaves out, and what it shows, in words. */
export function timelineCaption(report: Report): string {
  const left = report.attempts.length - mostBars;
  const which = left > 0 ? `The failed and the longest ${mostBars} of ${report.attempts.length} rsyncs` : "Every rsync";
  const numbers = "the number in front is the shard's in report.json; red has failed";
  return `${which}, a row per lane, over ${duration(secondsOfCopying(report))}; ${numbers}.`;
}

function hasFailed(attempt: AttemptReport): boolean {
  // 24, files that vanished meanwhile, is a warning.
  return attempt.exitCode !== 0 && attempt.exitCode !== 24;
}

function startOf(report: Report): number {
  const startMs = Date.parse(report.run.startedAt);
  return Number.isFinite(startMs) && startMs > 0 ? startMs : 0;
}

/**
 * The shard's number, and its project as far as there is room. The number in front also keeps a name from being read as one of the
 * diagram's own words (`section`, `title`, `click` …).
 */
function labelOf(attempt: AttemptReport, projects: readonly string[], room: number): string {
  const number = String(attempt.shard);
  const [first, ...others] = projects.map(projectName);
  if (first === undefined) return number;
  const words = others.length === 0 ? first : `${first} and ${others.length} more`;
  const characters = Math.min(40, room) - number.length - 1;
  // Two letters of a name tell nothing.
  return characters < Math.min(8, words.length)
    ? number
    : `${number} ${shorten(plain(words), characters).replace("…", "..")}`.trimEnd();
}

/** Only what no Mermaid grammar reads as its own: ASCII letters and digits, blank, dot, underscore, hyphen and other scripts' letters. */
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9 ._\p{L}\p{M}-]/gu, "_").replace(/-{2,}/g, "-");
}
