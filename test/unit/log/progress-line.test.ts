import { describe, expect, test } from "@jest/globals";
import type { ProgressState } from "../../../src/log/log.ts";
import { nowAndThen, progressLine } from "../../../src/log/progress-line.ts";

function state(given: Partial<ProgressState> = {}): ProgressState {
  return {
    fraction: 0.426,
    bytesTransferred: 10 * 1024 ** 2,
    elapsedSeconds: 10,
    secondsLeft: 75,
    projectsDone: 3,
    projects: 12,
    ...given,
  };
}

describe("the line of the progress:", () => {
  test.each([
    ["on the way", {}, "42 % · 3 of 12 projects · 10.0 MiB copied · 1.00 MiB/s · about 1 min 15 s left"],
    [
      "at the start",
      { fraction: 0, bytesTransferred: 0, elapsedSeconds: 0, secondsLeft: undefined, projectsDone: 0 },
      "0 % · 0 of 12 projects · 0 B copied · 0 B/s · time left not known yet",
    ],
    ["all but done is not all", { fraction: 0.9999 }, /^99 % /],
    ["at the end", { fraction: 1, secondsLeft: 0 }, /^100 % .* about 0 s left$/],
  ])("%s", (_name, given, expected) => {
    expect(progressLine(state(given))).toMatch(expected);
  });
});

test("now and then is every thirty seconds", () => {
  const shown: string[] = [];
  const show = nowAndThen((line) => shown.push(line));
  const times: number[] = [];
  for (let seconds = 0; seconds <= 100; seconds++) {
    const before = shown.length;
    show(state({ elapsedSeconds: seconds }));
    if (shown.length > before) times.push(seconds);
  }
  expect(times).toEqual([30, 60, 90]);
});
