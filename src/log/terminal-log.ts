import { logLine } from "../report/log-line.ts";
import type { Log } from "./log.ts";
import { nowAndThen, progressLine } from "./progress-line.ts";

/** Where a terminal log writes; process.stdout and process.stderr fit. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Erases the line that the cursor is in. */
const erase = "\r\x1b[K";

/** The log of a command: on a terminal the progress is one line that is overwritten, elsewhere a line every 30 s. */
export function terminalLog(output: Screen, errors: Screen, debug: boolean): Log & { readonly end: () => void } {
  const live = output.isTTY === true;
  let drawn = false;
  const clear = (): void => {
    if (drawn) output.write(erase);
    drawn = false;
  };
  const line = (screen: Screen, text: string): void => {
    clear();
    screen.write(`${logLine(text)}\n`);
  };
  const info = (text: string): void => line(output, text);
  return {
    info,
    finished: live ? () => undefined : info,
    debug: (text) => {
      if (debug) line(errors, text);
    },
    warning: (text) => line(errors, `warning: ${text}`),
    error: (text) => line(errors, `error: ${text}`),
    progress: live
      ? (state) => {
          drawn = true;
          output.write(`${erase}${progressLine(state).slice(0, (output.columns ?? 80) - 1)}`);
        }
      : nowAndThen(info),
    end: clear,
  };
}
