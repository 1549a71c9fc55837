import { expect, test } from "@jest/globals";
import { excessAbove, meanLogarithmAbove, meanOf, shareAbove } from "../../../src/run/log-normal.ts";

const known = { mean: 0, spread: 1 };

test("the share above a value is that of the bell", () => {
  expect(shareAbove(0, known)).toBe(1);
  expect(shareAbove(1, known)).toBeCloseTo(0.5, 6);
  // One and two standard deviations, from any table.
  expect(shareAbove(Math.E, known)).toBeCloseTo(0.158_655, 5);
  expect(shareAbove(Math.E ** -2, known)).toBeCloseTo(0.977_25, 5);
  expect(shareAbove(Math.E ** 8, known) / 6.221e-16).toBeCloseTo(1, 3);
});

test("from nothing on the excess is the mean, and what has lasted long lasts longer", () => {
  expect(excessAbove(0, known)).toBe(meanOf(known));
  expect(excessAbove(1, known)).toBeCloseTo((Math.exp(0.5) * 0.841_345) / 0.5 - 1, 4);
  expect(excessAbove(100, known)).toBeGreaterThan(excessAbove(10, known));
});

test("the logarithms above a value have the mean of a bell that is cut", () => {
  expect(meanLogarithmAbove(0, known)).toBe(0);
  expect(meanLogarithmAbove(1, known)).toBeCloseTo(0.797_885, 5);
});

test("so far out that nothing is known, it goes on as it did", () => {
  const narrow = { mean: 0, spread: 0.15 };
  expect(excessAbove(1e9, narrow)).toBe(1e9);
  expect(meanLogarithmAbove(1e9, narrow)).toBeCloseTo(Math.log(1e9));
});
