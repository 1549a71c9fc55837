import { describe, expect, test } from "@jest/globals";
import { meaningOf } from "../../../src/rsync/exit-code.ts";

const every = [...Array.from({ length: 36 }, (_, code) => code), 124, 125, 126, 127, 255, undefined];
const again = [10, 11, 12, 30, 35, 255, undefined];

describe("exit", () => {
  test.each(every)("%s says how bad it is, whether to try again, and why in words", (code) => {
    const { words, severity, retry } = meaningOf(code, true);
    expect(severity).toBe(code === 0 ? "ok" : code === 24 ? "vanished" : "failure");
    expect(retry).toBe(again.includes(code) ? "again" : code === 23 ? "once" : "never");
    expect(words).toMatch(/^[a-z]/);
  });
});

test("each code that rsync's manual knows has words of its own", () => {
  const known = [0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 25, 30, 35];
  const words = known.map((code) => meaningOf(code, true).words);
  expect(new Set(words).size).toBe(known.length);
  expect(words.filter((one) => /exit code/.test(one))).toEqual([]);
});

test("a code that nobody knows is named", () => {
  expect(meaningOf(77, false).words).toContain("77");
});

test.each([0, 24])("%i without statistics is a failure: whatever ended so has not done what rsync does", (code) => {
  const { words, severity, retry } = meaningOf(code, false);
  expect([severity, retry]).toEqual(["failure", "once"]);
  expect(words).toContain(`exit ${code}`);
});
