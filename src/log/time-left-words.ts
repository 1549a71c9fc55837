import { duration } from "../report/format.ts";
import type { TimeLeft } from "../run/time-left.ts";

/** Below so many seconds nothing but that it is soon over can be promised. */
const fewSeconds = 8;
/** Numbers that people use for a time: up to so many seconds in steps of so many. */
const steps: readonly (readonly [upTo: number, step: number])[] = [
  [60, 10],
  [600, 60],
  [3600, 300],
  [6 * 3600, 1800],
  [48 * 3600, 3600],
];
const day = 24 * 3600;

/** The time left for a person: a range, or one time where both ends of it round to the same. */
export function timeLeftWords(left: TimeLeft | undefined): string {
  if (left === undefined) return "time left not known yet";
  const [least, most] = [rounded(left.least), rounded(left.most)];
  if (most === 0) return "a few seconds left";
  if (least === 0) return `up to ${plain(most)} left`;
  if (least === most) return `about ${plain(least)} left`;
  return `${plain(least)} to ${plain(most)} left`;
}

/** `2 min` instead of `2 min 00 s`. */
function plain(seconds: number): string {
  return duration(seconds).replace(/ 00 (s|min|h)$/, "");
}

/** Rounded to what a person would say; 0 for a few seconds. */
function rounded(seconds: number): number {
  if (seconds < fewSeconds) return 0;
  const [, step] = steps.find(([upTo]) => seconds < upTo) ?? [0, day];
  return Math.max(step, Math.round(seconds / step) * step);
}
