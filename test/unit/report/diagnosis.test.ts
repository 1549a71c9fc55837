import { describe, expect, test } from "@jest/globals";
import { boundsOf } from "../../../src/diagnose/bounds.ts";
import { diagnose } from "../../../src/diagnose/diagnose.ts";
import { adviceSentence, verdictSentence } from "../../../src/report/diagnosis.ts";
import type { Report } from "../../../src/report/report.ts";
import { diagnosisSection } from "../../../src/report/summary/diagnosis.ts";
import { summary } from "../../../src/report/summary/summary.ts";
import { text } from "../../../src/report/text.ts";
import { disk, evidenceOf, type Given } from "../diagnose/evidence-of.ts";
import { exampleReport } from "./example.ts";

/** Markdown as it is read: without the tags and entities that keep it from being more than text. */
function read(markdown = ""): string {
  return markdown
    .replace(/<br>/g, "\n")
    .replace(/<[^>]+>/g, "")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** The example with the diagnosis that evidence leads to. */
function diagnosed(given: Given, trend?: string): Report {
  const evidence = evidenceOf(given);
  const diagnosis = diagnose(evidence);
  const bounds = boundsOf(evidence, diagnosis.verdicts);
  return { ...exampleReport(), diagnosis: { ...diagnosis, bounds, trend, evidence } };
}

const slowDisk: Given = {
  roles: { sender: { fileData: 96 } },
  source: disk("vdb", { busyPercent: 99, queue: 7.7, awaitMs: 300 }),
};

describe("the verdict", () => {
  test("stands in the summary behind the key figures, with its name, how sure it is, and what to do", () => {
    const [, , third] = summary(diagnosed(slowDisk)).split("\n\n");
    expect(read(third)).toContain("The source's disk vdb limits this run");
    expect(third).toMatch(/source.*high confidence.*<b>More rsyncs will not help/);
  });

  test("stands in the text for a terminal behind the headline", () => {
    const [, second, third] = text(diagnosed(slowDisk), { width: 100 }).split("\n");
    expect(second).toMatch(/^ {2}The source's disk vdb limits this run.*\(source-disk, high confidence\)$/);
    expect(third).toBe("  More rsyncs will not help: a faster device would.");
  });

  test("of a run that was too short is that alone", () => {
    const report = diagnosed({ seconds: { copy: 2 } });
    expect(verdictSentence(report)).toMatch(/^Too short to say what limits this run: it took 3.0 s/);
    expect(adviceSentence(report)).toBeUndefined();
    expect(diagnosisSection(report)).toBeUndefined();
  });

  test("is nothing where nothing was copied", () => {
    const report: Report = { ...exampleReport(), diagnosis: undefined };
    expect([verdictSentence(report), adviceSentence(report), diagnosisSection(report)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("the evidence", () => {
  test("is a table with each value beside its threshold, what is no limit, the trend and the bounds", () => {
    const section = read(diagnosisSection(diagnosed(slowDisk, "cpu in 9 of the last 10 runs; today source-disk")));
    expect(section).toMatch(/^### What limited the run\n\n\| Limit \|/);
    expect(section).toContain("✔ vdb busy: 99 % (at least 90 %)");
    expect(section).toMatch(/Not the limit.*CPUs busy 20 %/);
    expect(section).toContain("Verdicts so far: cpu in 9 of the last 10 runs");
    expect(section).toMatch(/a perfect plan could still gain 1\.3 s/);
    expect(section).not.toMatch(/One rsync would have taken/);
  });

  test("says what one rsync would have taken where rsyncs did not share a limit", () => {
    const nas = { fileSystem: "nfs4", kind: "network", idleAnswerMs: 5, answerMs: 5 } as const;
    const section = read(diagnosisSection(diagnosed({ roles: { sender: { fileMetadata: 90 } }, source: nas })));
    expect(section).toMatch(/One rsync would have taken about 2 min 35 s \(the time of all rsyncs/);
  });

  test("of hostile names stays text", () => {
    const film = "a|b`<img src=x>@me.mov";
    const report = diagnosed({
      schedule: {
        ...{ makespanSeconds: 40, laneSeconds: 55, idleLaneSeconds: 105, aloneSeconds: 30, underusedSeconds: 34 },
        longest: { id: 3, kind: "slice", seconds: 39, project: "::error::x", file: film, bytes: 1e9 },
      },
    });
    expect(report.diagnosis?.verdicts[0].name).toBe("skew");
    expect(summary(report)).not.toMatch(/<img|\|b`|@me/);
    expect(text(report)).not.toMatch(/^::/m);
  });
});
