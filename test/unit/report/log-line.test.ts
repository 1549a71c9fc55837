import { describe, expect, test } from "@jest/globals";
import { logLine } from "../../../src/report/log-line.ts";
import { shorten, visible } from "../../../src/report/visible.ts";
import { hostileNames } from "./example.ts";

/** The runner's two rules (actions/runner, ActionCommand.cs); .NET trims more blanks than JavaScript, and its comparison skips what is invisible. */
function isCommand(line: string): boolean {
  const compared = line.replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, "");
  return compared.trimStart().startsWith("::") || compared.includes("##[");
}

describe("no name can become a workflow command", () => {
  const tricks = [
    ...hostileNames,
    "   ::error::x",
    "\t::error::x",
    "\u3000::error::x",
    "\u00a0::error::x",
    ":\u00ad:error::x",
    "##\ufe0f[error]x",
    "###[error]x",
    "####[error]x",
    "##[##[error]x",
    ":::error::x",
  ];
  test.each(tricks.map((trick) => [trick]))("%j", (trick) => {
    expect(isCommand(logLine(trick))).toBe(false);
    expect(isCommand(logLine(`[alpha] ${trick}`))).toBe(false);
    expect(logLine(trick)).not.toMatch(/[\r\n]/);
  });

  test("what means nothing to the runner stays as it is", () => {
    expect(logLine("a::b # [c] C:/x été 日本 😀")).toBe("a::b # [c] C:/x été 日本 😀");
  });
});

describe("everything invisible is written out", () => {
  test.each([
    ["a\nb\r\tc", "a\\nb\\r\\tc"],
    ["\x1b[31m", "\\x1b[31m"],
    ["\0\x7f\x85", "\\x00\\x7f\\x85"],
    ["\u202egnp", "\\u202egnp"],
    ["\u2028", "\\u2028"],
    ["\ufeff\u200b", "\\ufeff\\u200b"],
    ["\ud800x", "\\ud800x"],
    ["\u{e0041}", "\\u{e0041}"],
    ["a\u00a0b", "a\\xa0b"],
    ["全角\u3000空白 é", "全角\u3000空白 é"],
  ])("%j is shown as %s", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

describe("what is too long loses its middle", () => {
  test.each([
    ["abcdef", 6, "abcdef"],
    ["abcdefg", 6, "abc…fg"],
    ["abcdef", 1, "…"],
    ["😀😀😀😀", 3, "😀…😀"],
    ["😀😀😀", 3, "😀😀😀"],
  ])("%s in %d characters is %s", (text, longest, shown) => {
    expect(shorten(text, longest)).toBe(shown);
  });
});
