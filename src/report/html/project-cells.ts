import { bytes, count, duration, rate, transferRate } from "../format.ts";
import type { ProjectRow, ReportData } from "./page-data.ts";

/** The columns of the table of projects, in the page as it is written and as it is sorted: heading, and whether of numbers. */
export const projectColumns = [
  ["Project", false],
  ["rsync time", true],
  ["Files", true],
  ["Size", true],
  ["Changed files", true],
  ["Transferred", true],
  ["Rate", true],
  ["State", false],
] as const;

/** What each column is sorted by. */
export function projectKeys([name, state, seconds, files, size, changed, moved]: ProjectRow): (string | number)[] {
  return [name, seconds, files, size, changed, moved, transferRate(moved, seconds) ?? -1, state];
}

/** What each column shows. */
export function projectCells(row: ProjectRow, states: ReportData["states"]): string[] {
  const [name, state, seconds, files, size, changed, moved] = row;
  const { icon, word } = states[state] ?? { icon: "", word: state };
  const speed = transferRate(moved, seconds);
  return [
    name,
    duration(seconds),
    count(files),
    bytes(size),
    count(changed),
    bytes(moved),
    speed === undefined ? "–" : rate(speed),
    `${icon} ${word}`,
  ];
}
