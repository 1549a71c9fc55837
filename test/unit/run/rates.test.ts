import { expect, test } from "@jest/globals";
import { startRates } from "../../../src/run/rates.ts";

test("rates are those of the last ten seconds", () => {
  const rates = startRates();
  expect(rates({ seconds: 0, bytes: 0, files: 0 })).toEqual({ bytesPerSecond: 0, filesPerSecond: 0 });
  for (let seconds = 1; seconds < 20; seconds++) rates({ seconds, bytes: 100 * seconds, files: seconds });
  expect(rates({ seconds: 20, bytes: 2000, files: 20 })).toEqual({ bytesPerSecond: 100, filesPerSecond: 1 });
  for (let seconds = 21; seconds < 30; seconds++) rates({ seconds, bytes: 2000, files: 20 });
  expect(rates({ seconds: 30, bytes: 2000, files: 20 })).toEqual({ bytesPerSecond: 0, filesPerSecond: 0 });
});

test("a rate is not negative when a second try begins anew", () => {
  const rates = startRates();
  rates({ seconds: 5, bytes: 1000, files: 9 });
  expect(rates({ seconds: 16, bytes: 0, files: 0 })).toEqual({ bytesPerSecond: 0, filesPerSecond: 0 });
});
