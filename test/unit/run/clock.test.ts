import { expect, test } from "@jest/globals";
import { watchForClockSetBack } from "../../../src/run/clock.ts";

/** Clocks of which the one of the day shows these moments, one at each look, and then goes on with the other. */
function clocks(...moments: readonly number[]) {
  let looks = 0;
  return {
    day: () => moments[Math.min(looks++, moments.length - 1)] ?? 0,
    process: () => 0,
    looks: () => looks,
  };
}

test("a clock that is set back is told of once, with the seconds", async () => {
  const heard: number[] = [];
  const set = clocks(1_000_000, 1_000_000, 940_000, 100_000);
  await new Promise<void>((noticed) =>
    watchForClockSetBack(
      10,
      (seconds) => {
        heard.push(seconds);
        noticed();
      },
      set,
    ),
  );
  expect(heard).toEqual([60]);
});

test("one that is set forward or back by little is not told of", async () => {
  const heard: number[] = [];
  const set = clocks(1_000_000, 990_000, 5_000_000);
  const end = watchForClockSetBack(10, (seconds) => heard.push(seconds), set);
  while (set.looks() < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  end();
  expect(heard).toEqual([]);
});
