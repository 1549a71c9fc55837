import { bytes, duration, rate } from "../report/format.ts";
import type { ProgressState } from "./log.ts";

/** How far a run is, in one line: share, what was moved and how fast, time left. */
export function progressLine({
  fraction,
  bytesTransferred,
  elapsedSeconds,
  secondsLeft,
  projectsDone,
  projects,
}: ProgressState): string {
  return [
    `${Math.floor(fraction * 100)} %`,
    `${projectsDone} of ${projects} projects`,
    `${bytes(bytesTransferred)} copied`,
    rate(elapsedSeconds > 0 ? bytesTransferred / elapsedSeconds : 0),
    secondsLeft === undefined ? "time left not known yet" : `about ${duration(secondsLeft)} left`,
  ].join(" · ");
}

/** Seconds between two progress lines where they cannot overwrite each other. */
const quietSeconds = 30;

/** Lets a progress line through every 30 s. */
export function nowAndThen(show: (line: string) => void): (state: ProgressState) => void {
  let shownAt = 0;
  return (state) => {
    if (state.elapsedSeconds - shownAt < quietSeconds) return;
    shownAt = state.elapsedSeconds;
    show(progressLine(state));
  };
}
