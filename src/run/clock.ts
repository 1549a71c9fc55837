/** Milliseconds between two looks at the clock. */
const lookEveryMs = 1000;

/** The two clocks: of the day, which may be set, and of the process, which may not; both in milliseconds. */
export interface Clocks {
  readonly day: () => number;
  readonly process: () => number;
}

const realClocks: Clocks = { day: () => Date.now(), process: () => performance.now() };

/**
 * Watches for the clock of the day to be set back by more than so many seconds. An rsync with a bandwidth limit takes the time that it
 * has to sleep from that clock (io.c, sleep_for_bwlimit), and sleeps for as long as the clock was set back: a year, it may be.
 *
 * @param setBack called once, with the seconds
 * @returns ends the watch
 */
export function watchForClockSetBack(
  moreThanSeconds: number,
  setBack: (seconds: number) => void,
  { day, process }: Clocks = realClocks,
): () => void {
  const difference = (): number => day() - process();
  let before = difference();
  const timer = setInterval(() => {
    const now = difference();
    const seconds = (before - now) / 1000;
    before = now;
    if (seconds <= moreThanSeconds) return;
    clearInterval(timer);
    setBack(seconds);
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
