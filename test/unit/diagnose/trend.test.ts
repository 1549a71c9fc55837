import { describe, expect, test } from "@jest/globals";
import { trend } from "../../../src/diagnose/trend.ts";
import type { VerdictName } from "../../../src/diagnose/verdict.ts";

const times = (count: number, name: VerdictName): VerdictName[] => new Array<VerdictName>(count).fill(name);

describe("trend", () => {
  test("a new verdict stands against the usual one, with the question that it raises", () => {
    expect(trend("source-latency", [...times(9, "destination-disk"), "cpu"])).toBe(
      "destination-disk in 9 of the last 10 runs; today source-latency: is the NAS slow?",
    );
  });

  test("the usual verdict is said to be the usual one", () => {
    expect(trend("cpu", times(4, "cpu"))).toBe("cpu in 4 of the last 4 runs, and today");
  });

  test("looks back at ten runs, and not at those that were too short", () => {
    expect(trend("cpu", [...times(20, "memory"), ...times(10, "cpu"), ...times(30, "too-short")])).toBe(
      "cpu in 10 of the last 10 runs, and today",
    );
  });

  test("says nothing of two runs, nor of a run that was too short itself", () => {
    expect(trend("cpu", times(2, "memory"))).toBeUndefined();
    expect(trend("too-short", times(9, "memory"))).toBeUndefined();
  });

  test("asks nothing where there is nothing to ask", () => {
    expect(trend("unknown", times(3, "cpu"))).toBe("cpu in 3 of the last 3 runs; today unknown");
  });
});
