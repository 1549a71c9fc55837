import { describe, expect, test } from "@jest/globals";
import { codeBlock, folded, name, prose, table } from "../../../../src/report/summary/markdown.ts";
import { shorten, visible } from "../../../../src/report/visible.ts";
import { hostileNames } from "../example.ts";

/** What a browser shows of our Markdown: tags gone, entities decoded. */
function shown(markdown: string): string {
  return markdown
    .replace(/<\/?(?:code|span)>/g, "")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll("\u00a0", " ");
}

describe("a name", () => {
  // Letters, digits and a few harmless marks, other scripts, entities, entities between tags: nothing that has a meaning.
  const harmless = /^<code>(?:[A-Za-z0-9 ./-]|[^\p{ASCII}\p{C}]|&#\d{2,3};|<span>&#\d{2};<\/span>)*<\/code>$/u;

  test.each(hostileNames.map((hostile) => [hostile]))("%j is shown as it is and means nothing", (hostile) => {
    const markdown = name(hostile);
    expect(markdown).toMatch(harmless);
    expect(markdown).not.toMatch(/www\.| {2}/i);
    expect(shown(markdown)).toBe(shorten(visible(hostile), 120));
  });

  test.each([
    ["a|b", "<code>a&#124;b</code>"],
    ["`x`", "<code>&#96;x&#96;</code>"],
    ["a\nb", "<code>a&#92;nb</code>"],
    ["@octocat", "<code><span>&#64;</span>octocat</code>"],
    ["a  b ", "<code>a &#160;b&#160;</code>"],
    ["", "<code></code>"],
  ])("%j becomes %s", (text, markdown) => {
    expect(name(text)).toBe(markdown);
  });

  test("is shortened in the middle, before it is encoded", () => {
    expect(shown(name(`a${"|".repeat(300)}z`))).toBe(`a${"|".repeat(59)}…${"|".repeat(58)}z`);
  });
});

describe("a sentence", () => {
  const harmless = /^(?:[A-Za-z0-9 ./-]|[^\p{ASCII}\p{C}]|&#\d{2,3};|<span>(?:&#\d{2};|[-0-9A-Fa-f])<\/span>)*$/u;

  test.each(hostileNames.map((hostile) => [hostile]))("with %j in it shows it and means nothing", (hostile) => {
    const markdown = prose(`could not read ${hostile}`, 10_000);
    expect(markdown).toMatch(harmless);
    expect(markdown).not.toMatch(/www\./i);
    expect(shown(markdown)).toBe(visible(`could not read ${hostile}`));
  });

  // GitHub's filters look at one piece of text at a time, after entities are decoded.
  const pieces = (markdown: string) => markdown.split(/<[^>]*>/).map(shown);
  test.each([
    ["a mention", "ask @octocat now", /@\w/],
    ["an issue", "see #123 and o/r#4", /#\d/],
    ["an issue by its prefix", "see GH-123", /GH-\d/],
    ["an emoji", "a :smile: b", /:\w+:/],
    ["a mail address", "to a@b.example", /\w@\w/],
    ["an address", "at https://a.example", /https:/],
    ["an address without scheme", "at WWW.a.example", /www\./i],
    ["a commit", "at 0123abcdef0123abcdef0123abcdef0123abcdef", /\b[0-9a-f]{7,40}\b/],
    ["mathematics", "is $x^2$", /\$.+\$/],
  ])("never has %s in one piece of text", (_, sentence, pattern) => {
    // The last letters of a commit's hash are no longer one: they stand behind a tag, not at a word's start.
    const whole = pieces(prose(sentence)).filter((piece) => pattern.test(piece));
    expect(whole.filter((piece) => !sentence.includes("abcdef") || piece.trim().length === 40)).toEqual([]);
    expect(sentence).toMatch(pattern);
  });

  test.each(["- x", "+ x", "* x", "1. x", "12) x", "# x", "> x", "=== x", "[!NOTE]", "\tcode"])(
    "that starts with %j does not start a block",
    (sentence) => {
      expect(prose(sentence)).not.toMatch(/^(?:[-+*#>=[\t]|\d+[.)])/);
    },
  );
});

describe("a code block", () => {
  test.each([
    ["no backticks", ["plain"], "```"],
    ["a fence of three", ["```", "x"], "````"],
    ["a longer fence", ["a `````` b"], "```````"],
    ["a fence after a newline", ["a\n```\nb"], "````"],
    ["tildes", ["~~~"], "```"],
  ])("with %s in it is closed by nothing inside", (_, lines, fence) => {
    const block = codeBlock(lines).split("\n");
    expect(block).toHaveLength(lines.length + 2);
    expect(block[0]).toBe(`${fence}text`);
    expect(block.at(-1)).toBe(fence);
    const closing = block.slice(1, -1).filter((line) => line.trim().startsWith(fence));
    expect(closing).toEqual([]);
  });

  test("shortens endless lines", () => {
    expect(codeBlock(["x".repeat(5000)]).length).toBeLessThan(400);
  });
});

test("a table has a rule under its headings that aligns numbers to the right", () => {
  expect(table(["a", "b"], [["1", "2"]], new Set([1]))).toBe("| a | b |\n| :-- | --: |\n| 1 | 2 |");
});

test("a folded part has blank lines around its body, so that Markdown works inside", () => {
  expect(folded("more", "- x")).toBe("<details><summary>more</summary>\n\n- x\n\n</details>");
});
