/** What was counted up to a moment. */
export interface Counted {
  readonly seconds: number;
  readonly bytes: number;
  readonly files: number;
}

/** A rate is that of so many seconds: long enough to be calm, short enough to be news. */
const windowSeconds = 10;

/** Rates of the last ten seconds, from counts that are told now and then. */
export function startRates(): (now: Counted) => { readonly bytesPerSecond: number; readonly filesPerSecond: number } {
  let counts: Counted[] = [{ seconds: 0, bytes: 0, files: 0 }];
  return (now) => {
    // The newest of those that are old enough stays: from it on the window is whole.
    const first = counts.findLastIndex(({ seconds }) => now.seconds - seconds >= windowSeconds);
    counts = [...counts.slice(Math.max(0, first)), now];
    const [oldest = now] = counts;
    const seconds = now.seconds - oldest.seconds;
    // What a second try begins anew is no negative rate.
    const rate = (count: number): number => (seconds > 0 ? Math.max(0, count) / seconds : 0);
    return { bytesPerSecond: rate(now.bytes - oldest.bytes), filesPerSecond: rate(now.files - oldest.files) };
  };
}
