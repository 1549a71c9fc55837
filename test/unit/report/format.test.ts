import { describe, expect, test } from "@jest/globals";
import { bytes, count, counted, duration, milliseconds, percent, rate } from "../../../src/report/format.ts";

describe("bytes have three significant digits and a binary unit", () => {
  test.each([
    [0, "0 B"],
    [1, "1 B"],
    [999, "999 B"],
    [1000, "0.98 KiB"],
    [1024, "1.00 KiB"],
    [1536, "1.50 KiB"],
    [10_239, "10.0 KiB"],
    [1023 * 1024, "1.00 MiB"],
    [5 * 1024 ** 3, "5.00 GiB"],
    [123.4 * 1024 ** 4, "123 TiB"],
    [5000 * 1024 ** 5, "5000 PiB"],
    [-5, "0 B"],
  ])("%d is %s", (value, words) => {
    expect(bytes(value)).toBe(words);
  });

  test("a rate is bytes a second", () => {
    expect(rate(1.5 * 1024 ** 2)).toBe("1.50 MiB/s");
  });
});

describe("durations carry into the next unit instead of showing 60", () => {
  test.each([
    [0, "0 s"],
    [0.001, "0.01 s"],
    [0.04, "0.04 s"],
    [0.099, "0.1 s"],
    [3.24, "3.2 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [245, "4 min 05 s"],
    [3599.6, "1 h 00 min"],
    [3731, "1 h 02 min"],
    [86_399, "1 d 00 h"],
    [2 * 86_400 + 3 * 3600, "2 d 03 h"],
    [-1, "0 s"],
  ])("%d s is %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});

describe("counts", () => {
  test.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [1_234_567, "1,234,567"],
  ])("%d is grouped as %s", (value, words) => {
    expect(count(value)).toBe(words);
  });

  test("the noun agrees with the number", () => {
    expect([counted(1, "file"), counted(0, "file"), counted(2, "entry", "entries")]).toEqual([
      "1 file",
      "0 files",
      "2 entries",
    ]);
  });

  test.each([
    [0, "0 %"],
    [0.44, "0.4 %"],
    [9.96, "10 %"],
    [37.5, "38 %"],
    [100, "100 %"],
  ])("%d of a hundred is %s", (value, words) => {
    expect(percent(value)).toBe(words);
  });
});

test("milliseconds have a digit behind the point while it tells something", () => {
  expect([0.04, 0.3, 9.94, 9.96, 430.8].map(milliseconds)).toEqual(["0.0 ms", "0.3 ms", "9.9 ms", "10 ms", "431 ms"]);
});
