import { logLine } from "../report/log-line.ts";
import { chooseProjects } from "./choose-projects.ts";
import { type Every, every, following } from "./following.ts";
import { nowAndThen } from "./heartbeat.ts";
import { liveView, type Screen } from "./live-view.ts";
import type { Activity, Log } from "./log.ts";

/** How the log of a command behaves. */
export interface TerminalOptions {
  readonly debug: boolean;
  readonly colour: boolean;
  /** Whether the terminal can move its cursor: not where TERM is dumb. */
  readonly canMove: boolean;
}

/** Milliseconds between two pictures of the view. */
const redrawMs = 200;
/** What is over before that, in seconds, is not worth a picture. */
const shortest = 0.3;
/** Milliseconds between two looks where there are only lines now and then. */
const lookMs = 1000;

/** The log of a command: on a terminal the progress is a view that is drawn again and again, elsewhere a line now and then. */
export function terminalLog(
  output: Screen,
  errors: Screen,
  { debug, colour, canMove }: TerminalOptions,
  again: Every = every,
): Log & { readonly end: () => void } {
  const isLive = output.isTTY === true && canMove;
  const view = liveView(output, colour);
  let latest: Activity | undefined;
  let isOver = false;
  /** Above the view, which is drawn again below it at once. */
  const line = (screen: Screen, text: string): void => {
    view.clear();
    screen.write(`${logLine(text)}\n`);
    if (isLive && latest !== undefined) view.draw(latest);
  };
  const info = (text: string): void => line(output, text);
  const draw = (activity: Activity | undefined): void => {
    if (isOver) return;
    if (activity === undefined) {
      latest = undefined;
      view.clear();
    } else if (activity.elapsedSeconds >= shortest) {
      latest = activity;
      view.draw(activity);
    }
  };
  const tell = nowAndThen(info);
  const isTold = chooseProjects();
  return {
    info,
    finished: (end) => {
      if (!isLive && isTold(end)) info(end.title);
    },
    debug: (text) => {
      if (debug) line(errors, text);
    },
    // The report says it.
    notice: () => undefined,
    warning: (text) => line(errors, `warning: ${text}`),
    error: (text) => line(errors, `error: ${text}`),
    follow: isLive
      ? following(redrawMs, draw, again)
      : following(lookMs, (activity) => activity && !isOver && tell(activity), again),
    end: () => {
      isOver = true;
      latest = undefined;
      view.clear();
    },
  };
}
