import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { diagnose } from "../../../src/diagnose/diagnose.ts";
import type { Evidence } from "../../../src/diagnose/evidence.ts";
import { repository } from "../../support/runner.ts";

/** Evidence of real runs into causes that were created for real; `npm run bench -- diagnosis --record` makes the files anew. */
interface Recorded {
  readonly cause: string;
  /** Verdicts of which any is right. */
  readonly expected: readonly string[];
  readonly evidence: Evidence;
}

const directory = join(repository, "test/fixtures/diagnosis");
const recorded = readdirSync(directory).map(
  (file) => JSON.parse(readFileSync(join(directory, file), "utf8")) as Recorded,
);

describe("of a recorded run", () => {
  test("there are as many as there are causes", () => {
    expect(recorded.length).toBeGreaterThanOrEqual(18);
  });

  test.each(recorded.map((one) => [one.cause, one] as const))("%s is named", (_, { expected, evidence }) => {
    const [verdict] = diagnose(evidence).verdicts;
    expect(expected).toContain(verdict.name);
  });

  test.each(recorded.map((one) => [one.cause, one] as const))(
    "%s is said with figures and what to do",
    (_, { evidence }) => {
      for (const { sentence, advice, evidence: findings, share } of diagnose(evidence).verdicts) {
        expect(sentence).toMatch(/^[A-Z][^\n]*\d[^\n]*\.$/);
        expect(advice).not.toMatch(/\.$|undefined|NaN|Infinity/);
        expect(`${sentence}${JSON.stringify(findings)}`).not.toMatch(/undefined|NaN|Infinity|null/);
        expect(findings.some(({ supports }) => supports)).toBe(true);
        expect(share).toBeGreaterThan(0);
      }
    },
  );

  test.each(recorded.map((one) => [one.cause, one] as const))(
    "%s without a look at its processes is said with less confidence, and nothing breaks",
    (_, { evidence }) => {
      const { verdicts } = diagnose({ ...evidence, rsyncs: undefined });
      for (const { confidence } of verdicts) expect(confidence).not.toBe("high");
    },
  );
});
