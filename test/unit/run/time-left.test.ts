import { describe, expect, test } from "@jest/globals";
import type { Experience } from "../../../src/run/experience.ts";
import { type Remains, timeLeft } from "../../../src/run/time-left.ts";

/** An rsync takes about its weight. */
const exact: Experience = { mean: 0, spread: 0.15, evidence: 100 };
const vague: Experience = { mean: 0, spread: 0.7, evidence: 1 };
const none = { shards: 0, weight: 0, heaviest: 0 };

describe("the time left, in seconds:", () => {
  test.each<[string, Remains, Experience, number, number]>([
    ["nothing to do", { lanes: 4, running: [], stages: [none] }, exact, 0, 0],
    [
      "all lanes share what waits",
      { lanes: 4, running: [], stages: [{ shards: 400, weight: 400, heaviest: 1 }] },
      exact,
      95,
      108,
    ],
    [
      "one heavy shard that waits is not shared",
      { lanes: 4, running: [], stages: [{ shards: 2, weight: 110, heaviest: 100 }] },
      exact,
      95,
      108,
    ],
    [
      "idle lanes take nothing from one that runs",
      { lanes: 64, running: [{ weight: 100, seconds: 40 }], stages: [none] },
      exact,
      55,
      65,
    ],
    [
      "the longest of those that run decides",
      { lanes: 4, running: [10, 20, 200].map((weight) => ({ weight, seconds: 5 })), stages: [none] },
      exact,
      185,
      205,
    ],
    [
      "an overdue rsync is not about to end: the longer it takes, the longer it will",
      { lanes: 4, running: [{ weight: 10, seconds: 100 }], stages: [none] },
      vague,
      10,
      40,
    ],
    [
      "half of the bytes, half of the time, whatever was thought",
      { lanes: 1, running: [{ weight: 1, seconds: 60, share: 0.5 }], stages: [none] },
      vague,
      50,
      70,
    ],
    [
      "one whose bytes are all there still runs",
      { lanes: 1, running: [{ weight: 100, seconds: 100, share: 1 }], stages: [none] },
      exact,
      1,
      20,
    ],
    [
      "a stage waits for the one before",
      { lanes: 4, running: [{ weight: 100, seconds: 50 }], stages: [none, { shards: 1, weight: 30, heaviest: 30 }] },
      exact,
      75,
      85,
    ],
  ])("%s", (_name, remains, known, least, most) => {
    const { likely } = timeLeft(remains, known);
    expect(likely).toBeGreaterThanOrEqual(least);
    expect(likely).toBeLessThanOrEqual(most);
  });

  test("is never nothing while an rsync runs", () => {
    for (const seconds of [0, 0.9, 1, 10, 1e6, 1e12])
      for (const share of [undefined, 0.5, 0.999_999, 1])
        for (const known of [exact, vague]) {
          const left = timeLeft({ lanes: 8, running: [{ weight: 1, seconds, share }], stages: [none] }, known);
          expect(left.least).toBeGreaterThanOrEqual(1);
          expect(left.likely).toBeGreaterThanOrEqual(left.least);
          expect(left.most).toBeGreaterThanOrEqual(left.likely);
          expect(left.most).toBeLessThan(Number.POSITIVE_INFINITY);
        }
  });

  test("is a wider range where less is known", () => {
    const remains = { lanes: 4, running: [], stages: [{ shards: 40, weight: 400, heaviest: 20 }] };
    const width = (known: Experience): number => {
      const { least, most } = timeLeft(remains, known);
      return most / least;
    };
    expect(width(exact)).toBeLessThan(1.2);
    expect(width(vague)).toBeGreaterThan(1.5);
  });
});
