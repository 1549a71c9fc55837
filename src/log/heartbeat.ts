import { bytes, count, counted, rate } from "../report/format.ts";
import type { Activity, CopyingState } from "./log.ts";
import { timeLeftWords } from "./time-left-words.ts";

/** Seconds between two lines of a log; after ten minutes of an activity those of a minute are enough. */
const usualSeconds = 30;
const laterSeconds = 60;
const laterAfterSeconds = 600;

/** How far a run is, in one line. */
export function heartbeatLine(activity: Activity): string {
  if (activity.kind === "phase") {
    const { name, soFar } = activity;
    return soFar === undefined ? `${name} …` : `${name}: ${soFar}`;
  }
  return [...figures(activity), `${counted(activity.lanes.length, "lane")} busy`, timeLeftWords(activity.left)].join(
    " · ",
  );
}

/** Share, projects, amounts and rates of the copying, the most important first. */
export function figures(state: CopyingState): string[] {
  return [
    `${Math.floor(state.fraction * 100)} %`,
    `${count(state.projectsDone)} of ${counted(state.projects, "project")}`,
    `${bytes(state.bytesTransferred)} in ${counted(state.filesTransferred, "file")} copied`,
    `${rate(state.bytesPerSecond)}, ${count(state.filesPerSecond)} files/s`,
  ];
}

/** Lets a line through every 30 s of an activity, and every minute after ten minutes. */
export function nowAndThen(show: (line: string) => void): (activity: Activity) => void {
  let last = { name: "", seconds: 0 };
  return (activity) => {
    const name = activity.kind === "phase" ? activity.name : activity.kind;
    const { elapsedSeconds: seconds } = activity;
    if (name !== last.name || seconds < last.seconds) last = { name, seconds: 0 };
    // A little early is better than a whole round late.
    if (seconds - last.seconds < (seconds > laterAfterSeconds ? laterSeconds : usualSeconds) - 0.5) return;
    last = { name, seconds };
    show(heartbeatLine(activity));
  };
}
