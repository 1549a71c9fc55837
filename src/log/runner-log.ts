import * as core from "@actions/core";
import { logLine } from "../report/log-line.ts";
import type { Log } from "./log.ts";
import { nowAndThen } from "./progress-line.ts";

/** The log of a step on a GitHub runner: no line of it can be read as a command but those that are meant as one. */
export function runnerLog(): Log {
  const info = (line: string): void => core.info(logLine(line));
  return {
    info,
    finished: info,
    // The runner shows it when debug logging is on.
    debug: (line) => core.debug(logLine(line)),
    warning: (text) => core.warning(logLine(text)),
    error: (text) => core.error(logLine(text)),
    progress: nowAndThen(info),
  };
}
