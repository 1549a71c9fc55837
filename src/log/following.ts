import type { Activity } from "./log.ts";

/** Calls something again and again until what it returns is called; it keeps no process alive. */
export type Every = (milliseconds: number, call: () => void) => () => void;

export const every: Every = (milliseconds, call) => {
  const timer = setInterval(call, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
};

/**
 * Asks the innermost activity again and again while there is one.
 *
 * @param tell is told its state, and undefined when the last one has ended
 */
export function following(
  milliseconds: number,
  tell: (activity: Activity | undefined) => void,
  again: Every,
): (activity: () => Activity) => () => void {
  const activities: (() => Activity)[] = [];
  let stop: (() => void) | undefined;
  return (activity) => {
    activities.push(activity);
    stop ??= again(milliseconds, () => {
      const current = activities.at(-1);
      if (current !== undefined) tell(current());
    });
    return () => {
      const at = activities.lastIndexOf(activity);
      if (at < 0) return;
      activities.splice(at, 1);
      if (activities.length > 0) return;
      stop?.();
      stop = undefined;
      tell(undefined);
    };
  };
}
