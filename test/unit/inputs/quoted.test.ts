import { expect, test } from "@jest/globals";
import { quoted } from "../../../src/inputs/quoted.ts";

test.each([
  ["plain text, ünïcode", '"plain text, ünïcode"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ["a\nb\tc\0d", '"a\\nb\\tc\\u0000d"'],
  ["\u001b[31m", '"\\u001b[31m"'],
  ["\u007f\u0085", '"\\u{7f}\\u{85}"'],
  ["a\u00a0b\u2028c\u202ed", '"a\\u{a0}b\\u{2028}c\\u{202e}d"'],
  ["\ud800", '"\\ud800"'],
])("%j is shown as %s", (value, shown) => {
  expect(quoted(value)).toBe(shown);
});

test("a long value is cut", () => {
  expect(quoted("x".repeat(1000))).toBe(`"${"x".repeat(200)}…"`);
});
