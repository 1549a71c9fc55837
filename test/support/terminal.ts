import headless from "@xterm/headless";
import type { Screen } from "../../src/log/live-view.ts";

/** A terminal that shows what is written to it, with what has scrolled out of it. */
export interface Terminal extends Screen {
  readonly isTTY: true;
  readonly columns: number;
  readonly rows: number;
  resize(columns: number, rows: number): void;
  /** All lines from the first that scrolled out to the last that is not empty, without the blanks at their ends. */
  lines(): Promise<string[]>;
  /** Where the cursor is: the row from the first line that scrolled out, and the column. */
  cursor(): Promise<{ readonly row: number; readonly column: number }>;
  /** All that was written, as it was sent. */
  sent(): string;
}

/** Behind a terminal driver, which turns a newline into a return and a newline. */
export function terminal(columns: number, rows: number): Terminal {
  const emulator = new headless.Terminal({ cols: columns, rows, convertEol: true, allowProposedApi: true });
  let sent = "";
  const settled = (): Promise<void> => new Promise((resolve) => emulator.write("", resolve));
  return {
    isTTY: true,
    get columns() {
      return emulator.cols;
    },
    get rows() {
      return emulator.rows;
    },
    write(text) {
      sent += text;
      emulator.write(text);
    },
    resize: (toColumns, toRows) => {
      emulator.resize(toColumns, toRows);
    },
    async lines() {
      await settled();
      const { active } = emulator.buffer;
      const all = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "");
      return all.slice(0, all.findLastIndex((line) => line !== "") + 1);
    },
    async cursor() {
      await settled();
      const { baseY, cursorX, cursorY } = emulator.buffer.active;
      return { row: baseY + cursorY, column: cursorX };
    },
    sent: () => sent,
  };
}
