import { describe, expect, test } from "@jest/globals";
import { displayWidth, pad, shortenToWidth } from "../../../src/report/display-width.ts";
import { visible } from "../../../src/report/visible.ts";

describe("the columns of a text in a terminal:", () => {
  test.each([
    ["", 0],
    ["alpha", 5],
    ["café", 4],
    ["cafe\u0301", 4],
    ["données — 12", 12],
    ["プロジェクト", 12],
    ["ﾌﾟ", 2],
    ["项目-1", 6],
    ["한글", 4],
    ["🎉", 2],
    ["🇩🇪", 2],
    ["𠮷野家", 6],
    ["█▍░·…", 5],
    // Joiners and selectors are written out, as nobody sees them.
    [visible("a\u200db\ufe0f"), "a\\u200db\\ufe0f".length],
  ])("%j", (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe("shortened to a width", () => {
  test.each([
    ["alpha", 5, "alpha"],
    ["alphabet", 5, "al…et"],
    ["プロジェクト", 7, "プロ…ト"],
    ["🎉🎉🎉🎉", 3, "🎉…"],
    ["anything", 1, "…"],
  ])("%j in %d columns", (text, columns, expected) => {
    expect(shortenToWidth(text, columns)).toBe(expected);
  });

  test("nothing is ever wider, whatever it is made of", () => {
    const texts = ["プ".repeat(50), `${"a".repeat(40)}${"字".repeat(40)}`, "e\u0301".repeat(60), "🎉a字".repeat(30)];
    for (const text of texts)
      for (let columns = 1; columns < 60; columns++)
        expect(displayWidth(shortenToWidth(text, columns))).toBeLessThanOrEqual(columns);
  });
});

test("padding counts columns, not characters", () => {
  expect(pad("項目", 6)).toBe("項目  ");
  expect(pad("項目", 6, true)).toBe("  項目");
  expect(pad("toolong", 3)).toBe("toolong");
});
