import { describe, expect, test } from "@jest/globals";
import { quoted, someNames } from "../../../src/inputs/quoted.ts";
import { raw } from "../../support/tree.ts";

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

describe("names for a message", () => {
  test.each([
    [[], ""],
    [["a"], '"a"'],
    [["a", "b", "c", "d", "e"], '"a", "b", "c", "d", "e"'],
    [["a", "b", "c", "d", "e", "f", "g"], '"a", "b", "c", "d", "e" and 2 more'],
    [["new\nline", "caf\xe9"], String.raw`"new\nline", "caf\\xe9"`],
  ])("%j", (paths, expected) => {
    expect(someNames(paths.map(raw))).toBe(expected);
  });
});
