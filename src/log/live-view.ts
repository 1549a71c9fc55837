import { displayWidth } from "../report/display-width.ts";
import type { Activity } from "./log.ts";
import { type ViewLine, viewLines } from "./view.ts";

/** Where a terminal log writes; process.stdout and process.stderr fit. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Lines at the bottom of a terminal that are drawn again where they are. */
export interface LiveView {
  draw(activity: Activity): void;
  /** Takes the lines off the screen: what is written next stands where they began. */
  clear(): void;
}

const usual = { columns: 80, rows: 24 };
const colours = { bold: "\x1b[1m", dim: "\x1b[2m", plain: "" } as const;

/**
 * Draws with nothing but moves upwards and erasures, in one write: the cursor is never hidden, so that however the process ends, the
 * terminal is as it was. It rests in the line below the view; a line never reaches the last column, where terminals disagree.
 */
export function liveView(screen: Screen, colour: boolean): LiveView {
  let drawn: readonly ViewLine[] = [];
  let shown = "";

  /** To where the view begins. A terminal that has become narrower has broken its lines. */
  const toStart = (columns: number): string => {
    const rows = drawn.reduce((sum, { text }) => sum + Math.max(1, Math.ceil(displayWidth(text) / columns)), 0);
    return rows === 0 ? "" : `\r\x1b[${rows}A`;
  };
  const size = (): { readonly columns: number; readonly rows: number } => ({
    columns: screen.columns || usual.columns,
    rows: screen.rows || usual.rows,
  });
  return {
    draw(activity) {
      const { columns, rows } = size();
      const lines = viewLines(activity, columns - 1, rows - 1);
      const text = lines
        .map(({ text: line, style }) => (colour && style !== "plain" ? `${colours[style]}${line}\x1b[0m` : line))
        .map((line) => `${line}\x1b[K\n`)
        .join("");
      const frame = `${columns}x${rows}\n${text}`;
      if (frame === shown) return;
      screen.write(`${toStart(columns)}${text}\x1b[J`);
      drawn = lines;
      shown = frame;
    },
    clear() {
      if (drawn.length > 0) screen.write(`${toStart(size().columns)}\x1b[J`);
      drawn = [];
      shown = "";
    },
  };
}
