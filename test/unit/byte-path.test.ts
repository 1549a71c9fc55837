import { describe, expect, test } from "@jest/globals";
import { byDepth, fromBytes, fromText, isText, join, parents, toBytes, toDisplay } from "../../src/byte-path.ts";
import { raw } from "../support/tree.ts";

test("every byte survives the way into a path and back", () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  expect(toBytes(fromBytes(bytes)).equals(bytes)).toBe(true);
  expect(fromBytes(bytes)).toHaveLength(256);
});

test("bytes are read from their own part of a shared buffer only", () => {
  expect(fromBytes(Buffer.from("abcdef").subarray(2, 4))).toBe("cd");
});

test("text becomes its UTF-8 bytes", () => {
  expect(fromText("ü日")).toBe("\xc3\xbc\xe6\x97\xa5");
});

test.each([
  ["", "a", "a"],
  [".", "a", "a"],
  ["a", "", "a"],
  ["a", "b", "a/b"],
  ["a/", "b", "a/b"],
  ["/", "b", "/b"],
  ["a", "b/c", "a/b/c"],
  ["", "", ""],
  ["..", "a", "../a"],
])("%j and %j are joined to %j", (left, right, joined) => {
  expect(join(raw(left), raw(right))).toBe(joined);
});

test.each([
  ["", []],
  ["a", []],
  ["a/b", ["a"]],
  ["a/b/c", ["a/b", "a"]],
  ["/a/b", ["/a"]],
  ["a/\xe9/\n", ["a/\xe9", "a"]],
])("the parents of %j are %j, nearest first", (path, expected) => {
  expect(parents(raw(path))).toEqual(expected);
});

test.each([
  ["nothing", [], []],
  [
    "paths with all that is above them, from the top, each once",
    ["a/b/c", "a/b", "d"],
    [["a", "d"], ["a/b"], ["a/b/c"]],
  ],
  ["what is above a single path", ["x/y/z"], [["x"], ["x/y"], ["x/y/z"]]],
])("by depth: %s", (_name, paths, levels) => {
  expect(byDepth(paths.map(raw)).map((level) => [...level].sort())).toEqual(levels);
});

describe("what can stand as text:", () => {
  test.each([
    ["nothing", "", true],
    ["plain ASCII", "alpha-1", true],
    ["control characters", "a\n\x00\x7f", true],
    ["two bytes", "\xc3\xbc", true],
    ["three bytes", "\xe6\x97\xa5", true],
    ["four bytes", "\xf0\x9f\x98\x80", true],
    ["a byte order mark", "\xef\xbb\xbfa", true],
    ["a lone Latin-1 letter", "caf\xe9", false],
    ["a continuation without a start", "\x80", false],
    ["an overlong slash", "\xc0\xaf", false],
    ["half of a surrogate pair", "\xed\xa0\x80", false],
    ["a character that is cut off", "a\xe6\x97", false],
    ["what no encoding has", "\xff\xfe", false],
  ])("%s", (_name, path, expected) => {
    expect(isText(raw(path))).toBe(expected);
  });
});

describe("for a person", () => {
  test.each([
    ["plain", "plain"],
    ["\xc3\xbcml", "üml"],
    ["caf\xe9", "caf\\xe9"],
    ["caf\xe9\xc3\xbc", "caf\\xe9ü"],
    ["\xff\xfe", "\\xff\\xfe"],
    ["a\xe6\x97", "a\\xe6\\x97"],
    ["\xe6\x97a", "\\xe6\\x97a"],
    ["\xf0\x9f\x98\x80\x80", "😀\\x80"],
    ["new\nline", "new\nline"],
    ["\xef\xbb\xbfa", "\ufeffa"],
  ])("%j reads %j", (path, expected) => {
    expect(toDisplay(raw(path))).toBe(expected);
  });
});
