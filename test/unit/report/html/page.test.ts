import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { mostBars } from "../../../../src/report/html/data.ts";
import { reportHtml } from "../../../../src/report/html/page.ts";
import type { PageData } from "../../../../src/report/html/page-data.ts";
import { exampleReport, hostileNames, project } from "../example.ts";
import { pastOf, reportOfMany } from "./reports.ts";

const pageOf = (report = exampleReport(), past = pastOf(0)) => reportHtml([{ report, past }]);
/** What stands in the page for its script. */
const dataIn = (page: string): PageData =>
  JSON.parse(/<script id="data" type="application\/json">(.*?)<\/script>/s.exec(page)?.[1] ?? "") as PageData;

describe("the page", () => {
  test("tells the headline, the verdict with its advice, the key figures and the projects without its script", () => {
    const page = pageOf(
      exampleReport({ result: "failure", projects: [project({ state: "failed" })], reasons: ["<why>"] }),
    );
    for (const words of ["Backup incomplete", "source-disk, high confidence", "1 h 02 min", "alpha", "&lt;why&gt;"])
      expect(page).toContain(words);
  });

  test("allows nothing but its own script and style, by their contents", () => {
    const page = pageOf();
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    const digest = (text = "") => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1];
    const script = /<script>(.*?)<\/script>/s.exec(page)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${digest(script)}; style-src ${digest(style)}`);
    expect(page).not.toMatch(/ style="| src=| on[a-z]+="/);
  });

  test("has the same elements whatever names are", () => {
    const withNames = (names: readonly string[]) => {
      const projects = names.map((name) =>
        project({ name, state: "failed", problems: [{ exitCode: 23, meaning: name, lines: [name] }] }),
      );
      const page = pageOf(
        exampleReport({ projects, result: "failure", reasons: names, notices: names, vanishedProjects: names }),
      );
      return [...page.matchAll(/<\/?[a-z][^>]*>/gi)].map(([tag]) => tag);
    };
    expect(withNames([...hostileNames, "\u2028"])).toEqual(
      withNames([...hostileNames, ""].map((_, index) => `n${index}`)),
    );
  });

  test("has headings without gaps in their levels, and no id twice", () => {
    const page = reportHtml([
      { report: reportOfMany(300), past: pastOf(9) },
      { report: exampleReport(), past: [] },
    ]);
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    levels.reduce((before, level) => {
      expect(level).toBeLessThanOrEqual(before + 1);
      return level;
    }, 0);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("the data", () => {
  test("has all projects, slowest first, and all tries with their numbers", () => {
    const [data] = dataIn(pageOf(reportOfMany(300, 600)));
    expect(data?.projects).toHaveLength(300);
    expect(data?.bars).toHaveLength(600);
    expect(Math.max(...(data?.bars ?? []).map(([, , , , , number]) => number))).toBeGreaterThan(1);
  });

  test("of very many tries has the failed, the repeated and the longest, and the page says so", () => {
    const report = reportOfMany(5000, 30_000);
    const page = pageOf(report);
    const [data] = dataIn(page);
    expect(data?.bars).toHaveLength(mostBars);
    expect(data?.projects).toHaveLength(5000);
    expect(page).toContain("longest 8,000 of 30,000 rsyncs");
    expect(page).toContain("And 4,800 quicker projects");
  });

  test("has the runs of the history, and a table of them", () => {
    const page = pageOf(exampleReport(), pastOf(9));
    expect(dataIn(page)[0]?.past).toHaveLength(9);
    expect(page).toContain("limited by source-disk 6 times, cpu 3 times");
  });
});
