import * as glob from "@actions/glob";
import { describe, expect, test } from "@jest/globals";
import { fromText } from "../../../src/byte-path.ts";
import { compilePatterns } from "../../../src/survey/patterns.ts";
import { emptyDirectories, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

describe("the last pattern that fits decides:", () => {
  test.each([
    [["*"], "alpha", true],
    [["*"], ".hidden", true],
    [["*"], "alpha/one", false],
    [["*/*"], "alpha/one", true],
    [["*/*"], "alpha", false],
    [["**"], "alpha/one/two", true],
    [["team-*"], "team-a", true],
    [["team-*"], "other", false],
    [["*", "!tmp"], "tmp", false],
    [["!tmp", "*"], "tmp", true],
    [["*", "!t*", "tmp"], "tmp", true],
    [["*", "!t*", "tmp"], "tap", false],
    [["!tmp"], "alpha", false],
    [["[ab]"], "a", true],
    [["[ab]"], "c", false],
    [["[!ab]"], "c", true],
    [["a?c"], "abc", true],
    [["{a,b}"], "{a,b}", true],
    [["{a,b}"], "a", false],
    [["+(a)"], "+(a)", true],
    [["+(a)"], "a", false],
    [["#x"], "#x", true],
    [["Alpha"], "alpha", false],
    [["a\\*"], "a*", true],
    [["a\\*"], "ab", false],
  ])("%j and %j: %j", (patterns, path, expected) => {
    expect(compilePatterns(patterns).matches(raw(path))).toBe(expected);
  });
});

test("text is matched as characters, not as bytes", () => {
  expect(compilePatterns(["?"]).matches(fromText("日"))).toBe(true);
  expect(compilePatterns(["ü*"]).matches(fromText("übung"))).toBe(true);
});

test("a byte that is not UTF-8 fits wildcards and no letter", () => {
  expect(compilePatterns(["caf*"]).matches(raw("caf\xe9"))).toBe(true);
  expect(compilePatterns(["caf?"]).matches(raw("caf\xe9"))).toBe(true);
  expect(compilePatterns(["café"]).matches(raw("caf\xe9"))).toBe(false);
});

describe("a directory may hold a match below it:", () => {
  test.each([
    [["*"], "alpha", false],
    [["*/*"], "alpha", true],
    [["*/*"], "alpha/one", false],
    [["team-*/*"], "team-a", true],
    [["team-*/*"], "other", false],
    [["team-*/*/src"], "team-a/one", true],
    [["team-*/*/src"], "team-a/one/src", false],
    [["**/src"], "any/where", true],
    [["alpha/**"], "alpha/one", true],
    [["alpha/**"], "beta", false],
    [["*", "!*/x"], "alpha", false],
    [["*", "b/c"], "b", true],
  ])("%j and %j: %j", (patterns, path, expected) => {
    expect(compilePatterns(patterns).mayMatchBelow(raw(path))).toBe(expected);
  });
});

describe("an exclusion is unused", () => {
  test.each([
    ["when nothing has its name", ["*", "!tpm"], ["alpha", "tmp"], ["!tpm"]],
    ["when it points inside a project", ["*", "!alpha/cache"], ["alpha"], ["!alpha/cache"]],
    ["when it comes before what it should take away", ["!tmp", "*"], ["tmp"], ["!tmp"]],
  ])("%s", (_name, patterns, paths, expected) => {
    const compiled = compilePatterns(patterns);
    for (const path of paths) compiled.matches(raw(path));
    expect(compiled.unusedExclusions()).toEqual(expected);
  });

  test("but not when it took something away, even what a later pattern brings back", () => {
    const compiled = compilePatterns(["*", "!t*", "tmp"]);
    expect(compiled.matches(raw("tmp"))).toBe(true);
    expect(compiled.unusedExclusions()).toEqual([]);
  });
});

describe("@actions/glob finds exactly what the compiled patterns match, for", () => {
  const paths = [
    "alpha/", "alpha/one/", "alpha/one/deep/", "alpha/two", "beta/", "beta/one", ".hidden/", ".hidden/x", "team-a/web/",
    "team-a/api/src", "team-b/", "-rf", "#x", "!bang", "{a,b}", "a", "b", "+(a)", "a*", "a?b", "[ab]", "axb", "back\\slash", "~",
    " blank", "new\nline/", fromText("ümläut/"), fromText("日"), "@(x)", "a b",
  ]; // biome-ignore format: a list of names
  test.each([
    [["*"]],
    [["*/*"]],
    [["**"]],
    [["**/one"]],
    [["*/**"]],
    [["alpha/**"]],
    [["alpha/**/deep"]],
    [["*", "!alpha"]],
    [["*", "!alpha/**"]],
    [["*", "!*a*", "alpha"]],
    [["!alpha", "*"]],
    [["team-*/*"]],
    [["*", "*/*"]],
    [["*", "!.*"]],
    [[".*"]],
    [["[ab]"]],
    [["[!ab]*"]],
    [["[ab"]],
    [["[[]ab]"]],
    [["{a,b}"]],
    [["+(a)"]],
    [["@(x)"]],
    [["#x"]],
    [["!!bang"]],
    [["*", "!!bang"]],
    [["a\\*"]],
    [["a\\?b"]],
    [["a?b"]],
    [["back\\\\slash"]],
    [["~"]],
    [["?"]],
    [["new?line"]],
    [["ü*"]],
    [["**/*"]],
    [["***"]],
    [["a*b"]],
    [["-*"]],
    [["ALPHA"]],
    [["absent"]],
  ])("%j", async (patterns) => {
    const root = emptyDirectory();
    plant(root, paths);
    const lines = patterns.map((one) => (one.startsWith("!") ? `!${root}/${one.slice(1)}` : `${root}/${one}`));
    const globber = await glob.create(lines.join("\n"), {
      followSymbolicLinks: false,
      implicitDescendants: false,
      matchDirectories: true,
    });
    const found = (await globber.glob()).filter((path) => path.startsWith(`${root}/`));
    const everything = await (await glob.create(`${root}/**`, { followSymbolicLinks: false })).glob();
    const below = everything.filter((path) => path.startsWith(`${root}/`)).map((path) => path.slice(root.length + 1));
    const compiled = compilePatterns(patterns);
    expect(below.filter((path) => compiled.matches(fromText(path))).sort()).toEqual(
      found.map((path) => path.slice(root.length + 1)).sort(),
    );
  });
});
