import { describe, expect, test } from "@jest/globals";
import { batch, slices, type WeighedName } from "../../../src/plan/batch.ts";
import type { Piece } from "../../../src/plan/split.ts";
import { seeded } from "../../support/random.ts";
import { raw } from "../../support/tree.ts";

function pieces(weights: readonly number[]): Piece[] {
  return weights.map((weight, index) => ({
    ...{ project: raw("p"), path: raw(String(index)), entries: 1, bytes: 0 },
    weight,
  }));
}

function files(weights: readonly number[]): WeighedName[] {
  return weights.map((weight, index) => ({ path: raw(String(index)), weight }));
}

describe("batches", () => {
  test.each([
    ["of nothing are none", [], 10, []],
    ["are filled up to the target", [4, 6, 5, 5, 1], 10, [[4, 6], [5, 5], [1]]],
    ["keep the order, although another might fill better", [7, 7, 3], 10, [[7], [7, 3]]],
    ["give a piece beyond the target a batch of its own", [1, 50, 1], 10, [[1], [50], [1]]],
    ["are one where there is no bound", [4, 6, 5], Number.POSITIVE_INFINITY, [[4, 6, 5]]],
  ])("%s", (_name, weights, target, expected) => {
    const batches = batch(pieces(weights), target);
    expect(batches.map((one) => one.map(({ weight }) => weight))).toEqual(expected);
    expect(batches.flat().map(({ path }) => path)).toEqual(weights.map((_, index) => String(index)));
  });
});

describe("slices", () => {
  test("are balanced by weight, the heaviest files first", () => {
    const shared = slices(files([10, 90, 20, 40, 50, 30]), 3).map((slice) => slice.map(({ weight }) => weight));
    expect(shared).toEqual([[90], [50, 20, 10], [40, 30]]);
  });

  test.each([
    ["no file makes no slice", [], 3, 0],
    ["fewer files than slices leave none empty", [5, 5], 4, 2],
    ["a count of none is one", [5, 5], 0, 1],
  ])("%s", (_name, weights, count, expected) => {
    expect(slices(files(weights), count)).toHaveLength(expected);
  });

  test("share out files of the same weight evenly", () => {
    const lengths = slices(files(Array.from({ length: 12 }, () => 2e-3)), 3).map(({ length }) => length);
    expect(lengths).toEqual([4, 4, 4]);
  });

  test.each(Array.from({ length: 20 }, (_, seed) => seed))(
    "(seed %d) hold each file once, none heavier than it must",
    (seed) => {
      const random = seeded(seed);
      const given = files(Array.from({ length: 1 + random.whole(60) }, () => random.whole(1000)));
      const count = 1 + random.whole(8);
      const shared = slices(given, count);
      expect(
        shared
          .flat()
          .map(({ path }) => path)
          .sort(),
      ).toEqual(given.map(({ path }) => path).sort());
      const weights = shared.map((slice) => slice.reduce((sum, { weight }) => sum + weight, 0));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const heaviest = Math.max(...given.map(({ weight }) => weight));
      // Filling the lightest first never overshoots the mean by more than one file.
      expect(Math.max(...weights)).toBeLessThanOrEqual(total / count + heaviest);
    },
  );
});
