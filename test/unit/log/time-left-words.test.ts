import { describe, expect, test } from "@jest/globals";
import { timeLeftWords } from "../../../src/log/time-left-words.ts";

describe("the time left in words:", () => {
  test.each([
    [1, 3, "a few seconds left"],
    [2, 33, "up to 30 s left"],
    [2, 70, "up to 1 min left"],
    [18, 22, "about 20 s left"],
    [18, 42, "20 s to 40 s left"],
    [55, 130, "1 min to 2 min left"],
    [599, 610, "about 10 min left"],
    [1250, 1900, "20 min to 30 min left"],
    [3300, 5500, "55 min to 1 h 30 min left"],
    [7000, 11_000, "2 h to 3 h left"],
    [30_000, 60_000, "8 h to 17 h left"],
    [170_000, 300_000, "1 d 23 h to 3 d left"],
  ])("%d to %d seconds", (least, most, expected) => {
    expect(timeLeftWords({ least, likely: (least + most) / 2, most })).toBe(expected);
  });

  test("is not known while it would be a guess", () => {
    expect(timeLeftWords(undefined)).toBe("time left not known yet");
  });
});
