import * as core from "@actions/core";
import { logLine } from "../report/log-line.ts";
import { chooseProjects } from "./choose-projects.ts";
import { type Every, every, following } from "./following.ts";
import { nowAndThen } from "./heartbeat.ts";
import type { Log } from "./log.ts";

/** Annotations of a kind that GitHub shows for one step. */
const mostAnnotations = 10;
/** Milliseconds between two looks at what goes on. */
const lookMs = 1000;

type Annotate = (message: string, properties?: core.AnnotationProperties) => void;

/** The log of a step on a GitHub runner: no line of it can be read as a command but those that are meant as one. */
export function runnerLog(again: Every = every): Log {
  const info = (line: string): void => core.info(logLine(line));
  /** Beyond what GitHub shows it is a line of the log, where it is found. */
  const annotation = (kind: string, annotate: Annotate): Log["error"] => {
    let made = 0;
    return (text, title) => {
      made++;
      if (made > mostAnnotations) info(`${kind}: ${text}`);
      else annotate(logLine(text), title === undefined ? {} : { title });
    };
  };
  const tell = nowAndThen(info);
  const isTold = chooseProjects();
  return {
    info,
    // In one piece: a group cannot be in another, and what comes between its lines would be in it.
    finished: (end) => {
      if (!isTold(end)) return;
      const details = end.details();
      core.startGroup(logLine(end.title));
      for (const line of details) info(line);
      core.endGroup();
    },
    // The runner shows it when debug logging is on.
    debug: (line) => core.debug(logLine(line)),
    notice: annotation("notice", core.notice),
    warning: annotation("warning", core.warning),
    error: annotation("error", core.error),
    follow: following(lookMs, (activity) => activity && tell(activity), again),
  };
}
