import { displayWidth, pad, shortenToWidth } from "../report/display-width.ts";
import { bytes, count, duration } from "../report/format.ts";
import { visible } from "../report/visible.ts";
import { figures } from "./heartbeat.ts";
import type { Activity, CopyingState, LaneState } from "./log.ts";
import { timeLeftWords } from "./time-left-words.ts";

/** A line of the view; none holds anything that a terminal would act on. */
export interface ViewLine {
  readonly text: string;
  readonly style: "bold" | "plain" | "dim";
}

/** Columns of the overall bar. */
const bar = { most: 30, least: 8 };

/** What a terminal of so many columns and rows shows of an activity: no line is wider, nor are there more than fit. */
export function viewLines(activity: Activity, columns: number, rows: number): ViewLine[] {
  const width = Math.max(1, columns);
  const lines = activity.kind === "phase" ? [phaseLine(activity)] : copyingLines(activity, width, Math.max(1, rows));
  return lines.slice(0, Math.max(1, rows)).map(({ text, style }) => ({ text: cut(visible(text), width), style }));
}

function phaseLine({ name, elapsedSeconds, soFar }: Extract<Activity, { kind: "phase" }>): ViewLine {
  const text = [name, ...(soFar === undefined ? [] : [soFar]), whole(elapsedSeconds)].join(" · ");
  return { text, style: "bold" };
}

function copyingLines(state: CopyingState, width: number, rows: number): ViewLine[] {
  const [share = "", ...others] = figures(state);
  const left = timeLeftWords(state.left);
  const words = `${share} · ${left}`;
  const room = width - displayWidth(words) - 1;
  const drawn = room >= bar.least ? `${drawBar(state.fraction, Math.min(bar.most, room))} ` : "";
  const head: ViewLine[] = [
    { text: `${drawn}${words}`, style: "bold" },
    { text: fitting([...others, `${whole(state.elapsedSeconds)} so far`], width), style: "plain" },
  ];
  return [...head, ...laneLines(state.lanes, width, rows - head.length)];
}

/** As many lanes as fit, by number; where not all do, those that have been at it longest, which is what a person waits for. */
function laneLines(lanes: readonly LaneState[], width: number, rows: number): ViewLine[] {
  if (rows <= 0) return [];
  const longestFirst = [...lanes].sort((one, other) => other.seconds - one.seconds || one.lane - other.lane);
  const chosen =
    lanes.length <= rows ? lanes : longestFirst.slice(0, rows - 1).sort((one, other) => one.lane - other.lane);
  const rest = lanes.length - chosen.length;
  const cells = chosen.map(({ lane, project, part, seconds, bytes: moved }) => ({
    lane: String(lane + 1),
    project: visible(project),
    part: visible(part),
    seconds: whole(seconds),
    bytes: moved === undefined ? "" : bytes(moved),
  }));
  const widest = (of: (cell: (typeof cells)[number]) => string): number =>
    Math.max(0, ...cells.map((cell) => displayWidth(of(cell))));
  const [number, time, moved] = [
    widest(({ lane }) => lane),
    widest(({ seconds }) => seconds),
    widest((cell) => cell.bytes),
  ];
  // Name and part share what the figures leave: a name needs no more than it has.
  const names = Math.max(2, width - number - time - moved - "  ".length * 4 - "  ".length);
  const project = Math.min(
    widest((cell) => cell.project),
    Math.max(1, Math.floor(names / 2)),
  );
  const part = Math.min(
    widest((cell) => cell.part),
    Math.max(1, names - project),
  );
  return [
    ...cells.map(
      (cell): ViewLine => ({
        text: [
          `  ${pad(cell.lane, number, true)}`,
          pad(shortenToWidth(cell.project, project), project),
          pad(shortenToWidth(cell.part, part), part),
          pad(cell.seconds, time, true),
          pad(cell.bytes, moved, true),
        ]
          .join("  ")
          .trimEnd(),
        style: "plain",
      }),
    ),
    ...(rest > 0
      ? [{ text: `  and ${count(rest)} more ${rest === 1 ? "lane" : "lanes"}`, style: "dim" as const }]
      : []),
  ];
}

function drawBar(fraction: number, width: number): string {
  const done = Math.floor(fraction * width);
  return "█".repeat(done) + "░".repeat(width - done);
}

/** The first of the parts, as many as fit side by side. */
function fitting(parts: readonly string[], width: number): string {
  return parts.reduce((line, part) => {
    const longer = line === "" ? part : `${line} · ${part}`;
    return displayWidth(longer) <= width ? longer : line;
  }, "");
}

/** Cut at its end. */
function cut(text: string, width: number): string {
  let line = "";
  let used = 0;
  for (const character of text) {
    used += displayWidth(character);
    if (used > width) break;
    line += character;
  }
  return line;
}

/** Whole seconds: tenths would only flicker. */
function whole(seconds: number): string {
  return seconds < 9.5 ? `${Math.round(seconds)} s` : duration(seconds);
}
