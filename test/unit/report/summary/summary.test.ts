import { describe, expect, test } from "@jest/globals";
import { refusedReport } from "../../../../src/report/refused.ts";
import type { ProjectReport, Report } from "../../../../src/report/report.ts";
import { summary } from "../../../../src/report/summary/summary.ts";
import { exampleReport, hostileNames, project } from "../example.ts";

const refusal = refusedReport({
  problems: ["source: /data/prdo does not exist", "destination: is required"],
  source: "/data/prdo",
  destination: "",
  startedAt: new Date(1000),
  endedAt: new Date(1200),
  runId: "1",
  dailysyncVersion: "1.0.0",
  dryRun: false,
  url: undefined,
});

/** Projects of which every third failed, named by a list in turn. */
function manyProjects(number: number, names: readonly string[]): ProjectReport[] {
  return Array.from({ length: number }, (_, index) => {
    const name = names[index % names.length] ?? "";
    const failed = index % 3 === 0;
    return project({
      name,
      seconds: number - index,
      state: failed ? "failed" : "complete",
      problems: failed
        ? [{ exitCode: 23, meaning: "partial transfer", lines: [`cannot read ${name}`, "```", name] }]
        : [],
    });
  });
}

function fullReport(names: readonly string[], number = names.length): Report {
  const projects = manyProjects(number, names);
  return exampleReport({
    result: "failure",
    reasons: names.slice(0, 50).map((name) => `the project ${name} failed`),
    notices: names.slice(0, 50).map((name) => `look at ${name}`),
    source: `/data/${names[0]}`,
    projects,
    notCovered: { paths: names, total: names.length + 1 },
    vanishedProjects: names,
    deletedProjects: names,
    deletions: {
      ...{ pending: 99, destinationEntries: 100, limit: 50, refused: `too many, ${names[0]}` },
      projects: names.map((name) => ({ name, pending: 2, paths: names.slice(0, 3) })),
    },
    wouldChange: { changes: names, changesTotal: names.length },
    rsync: { version: "3.5.0", arguments: names },
  });
}

/** The summary's skeleton: names, sentences and outputs gone, everything that has a meaning left. */
function skeleton(markdown: string): string {
  return markdown
    .replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, "BLOCK")
    .replace(/<code>[^<]*(?:<span>[^<]*<\/span>[^<]*)*<\/code>/g, "NAME")
    .replace(/^((?:> )?- (?:ℹ️ )?)(?!NAME).*$/gm, "$1SENTENCE")
    .replace(/^(### Not deleted: .*\n\n).*$/gm, "$1SENTENCE")
    .replace(/^ {4}(\d+.*?|\.) :(crit, )?\d+, \d+$/gm, "    BAR $2");
}

describe("names", () => {
  test("that are hostile leave the page exactly as harmless ones do", () => {
    const harmless = hostileNames.map((_, index) => `project-${index}`);
    expect(skeleton(summary(fullReport(hostileNames)))).toBe(skeleton(summary(fullReport(harmless))));
  });

  test("have a row of the table each, with the same number of cells", () => {
    const rows = summary(fullReport(hostileNames)).match(/^\| <code>.*$/gm) ?? [];
    expect(rows).toHaveLength(hostileNames.length);
    for (const row of rows) expect(row.split("|")).toHaveLength(11);
  });
});

describe("size", () => {
  const worst = hostileNames.map((name, index) => `${index}${name}${"@$".repeat(100)}`);
  test.each([
    [0, hostileNames],
    [1, hostileNames],
    [7, hostileNames],
    [300, hostileNames],
    [5000, ["alpha", "beta/gamma"]],
    [5000, hostileNames],
    [5000, worst],
  ])("%d projects make a whole page below 900 KiB", (number, names) => {
    const markdown = summary(fullReport(names, number));
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(900 * 1024);
    expect(markdown.match(/<details>/g)?.length).toBe(markdown.match(/<\/details>/g)?.length);
    // Without the whole blocks no fence is left over: none was cut, none broken out of.
    expect(skeleton(markdown).replace(/^```mermaid\n[\s\S]*?\n```$/gm, "")).not.toMatch(/^`{3,}/m);
    expect(markdown).toContain("Details: phases");
  });

  test("5,000 ordinary projects all have their row, 50 of them at sight", () => {
    const markdown = summary(exampleReport({ projects: manyProjects(5000, ["alpha-project-name"]) }));
    expect(markdown.match(/^\| <code>/gm)).toHaveLength(5000);
    expect(markdown).toContain("<summary>4,950 more projects</summary>");
  });

  test.each([400_000, 100_000, 20_000, 2000, 100])(
    "a budget of %d bytes is kept, and what is left out is said",
    (budget) => {
      const markdown = summary(fullReport(hostileNames, 5000), budget);
      expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(budget + 50);
      expect(markdown).toMatch(/^## ❌ Backup incomplete: 1,667 of 5,000 projects failed\n/);
      expect(markdown).toContain("in report.json");
    },
  );
});

describe("what a person reads first", () => {
  const failed = project({ state: "failed" });
  test.each<[string, Report]>([
    ["✅ Backup complete", exampleReport()],
    ["⚠️ Backup complete, with warnings", exampleReport({ result: "degraded", reasons: ["3 files vanished"] })],
    [
      "❌ Backup incomplete: 1 of 2 projects failed",
      exampleReport({ result: "failure", projects: [failed, project()] }),
    ],
    [
      "❌ Backup incomplete: 1 of 1 project failed, and the loose files",
      exampleReport({ result: "failure", projects: [failed, { ...failed, name: "" }] }),
    ],
    [
      "❌ Backup incomplete: the loose files failed",
      exampleReport({ result: "failure", projects: [project(), { ...failed, name: "" }] }),
    ],
    ["❌ Backup failed", exampleReport({ result: "failure" })],
    ["❌ Backup refused, nothing was written", refusal],
    [
      "⏹️ Backup cancelled: 1 of 2 projects finished",
      exampleReport({ result: "cancelled", projects: [project(), project({ state: "unfinished" })] }),
    ],
    ["⏹️ Backup cancelled before anything was copied", { ...refusal, result: "cancelled" }],
    ["✅ Dry run complete, nothing was written", exampleReport({ run: { ...exampleReport().run, dryRun: true } })],
  ])("%s", (words, report) => {
    expect(summary(report).split("\n")[0]).toBe(`## ${words}`);
  });

  test("behind it come time against the usual, projects and bytes, then the verdict", () => {
    const [, figures, verdict] = summary(exampleReport()).split("\n\n");
    expect(figures).toBe(
      "**1 h 02 min** (median of 14 runs: 1 h 02 min) · 1 project · 28.6 MiB transferred of 4.66 GiB · 5 rsyncs at once",
    );
    expect(verdict).toContain("high confidence");
  });

  test("a refused run shows its problems and no empty tables", () => {
    const markdown = summary(refusal);
    expect(markdown).toContain("> - source<span>&#58;</span> /data/prdo does not exist\n> - destination");
    expect(markdown).not.toMatch(/### /);
    expect(markdown).not.toContain("0 B");
  });
});

describe("sections", () => {
  test("projects come slowest first, with a bar against the slowest", () => {
    const markdown = summary(
      exampleReport({
        projects: [
          project({ name: "quick", seconds: 5 }),
          project({ name: "slow", seconds: 20 }),
          project({ name: "", seconds: 1 }),
        ],
      }),
    );
    const rows = (markdown.match(/^\| <(code|i)>.*$/gm) ?? []).map((row) => row.split(" | ").slice(0, 3).join(" "));
    expect(rows).toEqual([
      "| <code>slow</code> 20 s ██████████",
      "| <code>quick</code> 5.0 s ██▌",
      "| <i>loose files</i> 1.0 s ▌",
    ]);
  });

  test("a failed project is told with its exit in words and what rsync said", () => {
    const problems = [{ exitCode: 23, meaning: "partial transfer", lines: ["Permission denied"] }];
    const markdown = summary(exampleReport({ result: "failure", projects: [project({ state: "failed", problems })] }));
    expect(markdown).toContain("exit 23<span>&#58;</span> partial transfer\n\n```text\nPermission denied\n```");
  });

  test("refused deletions are listed with the reason; those that went ahead are folded", () => {
    const projects = [
      { name: "alpha", pending: 1200, paths: ["alpha/a", "alpha/b"] },
      { name: "", pending: 1, paths: ["b"] },
    ];
    const deletions = { pending: 1201, destinationEntries: 9000, limit: 1, refused: "over the limit", projects };
    expect(summary(exampleReport({ deletions }))).toContain(
      [
        "### Not deleted: 1,201 entries of 9,000 at the destination, limit 1\n\nover the limit\n",
        "- <code>alpha</code>: 1,200 entries",
        "  - <code>alpha/a</code>",
        "  - <code>alpha/b</code>",
        "- loose files: 1 entry",
        "  - <code>b</code>",
        "\nAnd 1,198 more that are not listed here.",
      ].join("\n"),
    );
    expect(summary(exampleReport({ deletions: { ...deletions, refused: undefined, limit: 5 } }))).toContain(
      "limit 5\n\n<details><summary>Which</summary>\n\n- <code>alpha</code>: 1,200 entries",
    );
  });

  test("where what was replaced is stands below the totals, whatever its name", () => {
    const versions = { directories: ["/v/<b>`x`|@me"], removed: [] };
    const markdown = summary(exampleReport({ versions }));
    expect(markdown).toContain("\n\nWhat was deleted or replaced is in ");
    expect(markdown).not.toMatch(/<b>`|`x`|@me/);
  });

  test("a dry run says what would happen", () => {
    const run = { ...exampleReport().run, dryRun: true };
    const markdown = summary(exampleReport({ run, wouldChange: { changes: [">f+++++++++ a|b"], changesTotal: 1 } }));
    expect(markdown).toContain("### Would be copied or changed: 1 entry\n\n- <code>&#62;f&#43;");
    expect(markdown).toContain("**Would be transferred:**");
    expect(markdown).not.toContain(" transferred of ");
  });

  test("the machine's figures come with mean and peak, and name the devices and what is missing", () => {
    const resources = exampleReport().resources;
    if (resources === undefined) throw new Error("the example has resources");
    const markdown = summary(
      exampleReport({ resources: { ...resources, missing: ["/proc/net/dev could not be read"] } }),
    );
    expect(markdown).toContain("| CPU busy | 65 % | 90 % |");
    expect(markdown).toContain("- Source: <code>ext4</code> mounted at <code>/data</code>, device <code>sda1</code>");
    expect(markdown).toContain(
      "<code>nfs4</code> mounted at <code>/data/prod&#95;backup</code>, no block device of its own",
    );
    expect(markdown).toContain("Not measured: /proc/net/dev could not be read");
  });
});
