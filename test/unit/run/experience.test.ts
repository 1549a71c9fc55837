import { expect, test } from "@jest/globals";
import {
  beliefOf,
  experience,
  measured,
  nothingMeasured,
  surveyBelief,
  type Timed,
} from "../../../src/run/experience.ts";
import { meanOf } from "../../../src/run/log-normal.ts";

const after = (...ended: readonly Timed[]) => ended.reduce(measured, nothingMeasured);
const times = (count: number, one: Timed): Timed[] => Array.from({ length: count }, () => one);

test("before anything was measured the weights are believed, or what an earlier run took", () => {
  expect(meanOf(experience(nothingMeasured, [], surveyBelief))).toBeCloseTo(1);
  const known = experience(nothingMeasured, [], beliefOf(70, 10));
  expect(meanOf(known)).toBeCloseTo(7);
  expect(known.evidence).toBe(3);
});

test("what was measured outweighs it", () => {
  const known = experience(after(...times(100, { weight: 2, seconds: 6 })), [], surveyBelief);
  expect(meanOf(known)).toBeGreaterThan(2.9);
  expect(meanOf(known)).toBeLessThan(3.2);
  expect(known.spread).toBeLessThan(0.2);
  expect(known.evidence).toBeCloseTo(100.5);
});

test("heavy rsyncs tell more than light ones, whose time is mostly their start", () => {
  const known = experience(
    after(...times(50, { weight: 0.001, seconds: 0.1 }), ...times(5, { weight: 10, seconds: 20 })),
    [],
    surveyBelief,
  );
  expect(meanOf(known)).toBeLessThan(2.5);
});

test("one that takes longer than those that have ended is news; one that has just begun is none", () => {
  const ended = after(...times(5, { weight: 1, seconds: 1 }));
  const pace = (seconds: number) => meanOf(experience(ended, [{ weight: 10, seconds }], surveyBelief));
  expect(pace(0)).toBeCloseTo(meanOf(experience(ended, [], surveyBelief)), 1);
  expect(pace(50)).toBeGreaterThan(2);
});

test("one that tells of its bytes is as good as one that has ended", () => {
  const known = experience(nothingMeasured, [{ weight: 10, seconds: 20, share: 0.5 }], surveyBelief);
  expect(known.mean).toBeGreaterThan(Math.log(2));
  expect(known.evidence).toBeGreaterThan(1);
});

test("a weight or time of nothing spoils no sum", () => {
  const known = experience(after({ weight: 0, seconds: 0 }), [{ weight: 0, seconds: 0 }], surveyBelief);
  expect(Number.isFinite(known.mean) && Number.isFinite(known.spread)).toBe(true);
});

test("without earlier runs of the kind, or without work, the weights are all that there is", () => {
  expect(beliefOf(undefined, 10)).toBe(surveyBelief);
  expect(beliefOf(-5, 10)).toBe(surveyBelief);
  expect(beliefOf(10, 0)).toBe(surveyBelief);
});
