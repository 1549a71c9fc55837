import { describe, expect, test } from "@jest/globals";
import { outputs } from "../../../src/report/outputs.ts";
import type { VerificationReport } from "../../../src/report/report.ts";
import { summary } from "../../../src/report/summary/summary.ts";
import { text } from "../../../src/report/text.ts";
import { secondsOfCopying, verificationWords } from "../../../src/report/verification.ts";
import { headline } from "../../../src/report/words.ts";
import { exampleReport } from "./example.ts";

const nothing = { paths: [], total: 0 };

function verification(given: Partial<VerificationReport> = {}): VerificationReport {
  return {
    ...{ mode: "full", complete: true, seconds: 31, files: 1200, bytes: 5 * 2 ** 30, sample: undefined },
    ...{ mismatches: nothing, unreadable: nothing, changedMeanwhile: nothing, notThere: nothing, notCompared: 0 },
    ...given,
  };
}

const sample = {
  ...{ position: "YQ==", roundStartedAt: "2026-11-15T02:00:00.000Z", runs: 7, bytes: 3500, percent: 35, runsLeft: 13 },
  lastRound: { startedAt: "2026-10-26T02:00:00.000Z", endedAt: "2026-11-15T02:00:00.000Z" },
};

test("a run says what it read back, in summary and text", () => {
  const report = exampleReport({ verification: verification() });
  const words = "Read back in 31 s: everything; 1,200 files (5.00 GiB) are equal to the source";
  expect(verificationWords(report)).toEqual([words]);
  expect(text(report)).toContain(words);
  expect(summary(report)).toContain("Read back in 31 s");
  expect(headline(report)).toBe("Backup complete");
});

test("a sample says how far the round is", () => {
  expect(verificationWords(exampleReport({ verification: verification({ mode: "sample", sample }) }))[1]).toBe(
    "35 % of the source has been read back in 7 runs since 2026-11-15, the rest takes about 13 runs like this one; the round before began on 2026-10-26 and ended on 2026-11-15",
  );
});

describe("what is wrong is in the first line, and listed", () => {
  const bad = { paths: ["alpha/`x`"], total: 1 };

  test.each([
    [
      { mismatches: bad },
      "Everything is copied, but 1 file at the destination differs from the source",
      "though size and time agree",
    ],
    [
      { unreadable: bad },
      "Everything is copied, but 1 path could not be read back",
      "Could not be read to be compared",
    ],
    [
      { mode: "changed", notThere: bad },
      "Everything is copied, but 1 file of it is gone",
      "though this run copied them",
    ],
  ] as const)("%j", (given, first, title) => {
    const report = exampleReport({ result: "failure", reasons: ["r"], verification: verification(given) });
    expect(headline(report)).toBe(first);
    expect(text(report)).toContain("alpha/`x`");
    for (const shown of [text(report), summary(report)]) expect(shown).toContain(title);
  });

  test("what is new is no trouble", () => {
    const report = exampleReport({ verification: verification({ notThere: bad }) });
    expect(headline(report)).toBe("Backup complete");
    expect(text(report)).toContain("Not at the destination: 1 file");
  });
});

test("the outputs count files, and are empty where nothing was to be read back", () => {
  const { "files-verified": verified, "files-mismatched": mismatched } = outputs(
    exampleReport({ verification: verification({ mismatches: { paths: [], total: 3 } }) }),
    undefined,
  );
  expect([verified, mismatched]).toEqual(["1200", "3"]);
  expect(outputs(exampleReport(), undefined)).toMatchObject({
    "files-verified": "",
    "files-mismatched": "",
  });
});

test("speeds are those of the copying alone", () => {
  const report = exampleReport({ verification: verification({ seconds: 731 }) });
  expect(secondsOfCopying(report)).toBe(report.run.seconds - 731);
});
