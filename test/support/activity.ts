import type { Every } from "../../src/log/following.ts";
import type { CopyingState, LaneState } from "../../src/log/log.ts";

/** A copying on its way; what a test is about is given. */
export function copying(given: Partial<CopyingState> = {}): CopyingState {
  return {
    kind: "copying",
    fraction: 0.426,
    elapsedSeconds: 63,
    bytesTransferred: 10 * 1024 ** 2,
    filesTransferred: 12_345,
    bytesPerSecond: 1024 ** 2,
    filesPerSecond: 412.4,
    left: { least: 70, likely: 100, most: 250 },
    projectsDone: 3,
    projects: 12,
    lanes: [],
    shardsWaiting: 7,
    ...given,
  };
}

/** Lanes that are busy, the first the longest. */
export function busyLanes(count: number, given: Partial<LaneState> = {}): LaneState[] {
  return Array.from({ length: count }, (_, lane) => ({
    ...{ lane, project: `project ${lane}`, part: "12 directories", seconds: count - lane, bytes: 1024 ** 2 },
    ...given,
  }));
}

/** Time that passes when a test says so. */
export function clock(): { readonly every: Every; readonly tick: () => void; readonly running: () => number } {
  const calls = new Set<() => void>();
  return {
    every: (_milliseconds, call) => {
      const own = (): void => call();
      calls.add(own);
      return () => calls.delete(own);
    },
    tick: () => {
      for (const call of calls) call();
    },
    running: () => calls.size,
  };
}
