import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { history } from "../../src/commands/history.ts";
import { init } from "../../src/commands/init.ts";
import { report } from "../../src/commands/report.ts";
import { repository } from "../support/runner.ts";

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const under = (directory: string, ending: RegExp) =>
  readdirSync(join(repository, directory))
    .filter((name) => ending.test(name))
    .map((name) => `${directory}/${name}`);
const pages = ["README.md", "SUPPORT.md", "CONTRIBUTING.md", "SECURITY.md", ...under("docs", /\.md$/)];
const examples = under("examples", /\.yml$/);
const forms = under(".github/ISSUE_TEMPLATE", /\.yml$/);
const action = parse(read("action.yml")) as { inputs: Record<string, { default?: string }>; outputs: object };
const [inputs, outputs] = [new Set(Object.keys(action.inputs)), new Set(Object.keys(action.outputs))];

describe("inputs and outputs that documents name", () => {
  /** What stands between backticks in the form of an input, and is a key of something else. */
  const otherKeys = new Set([
    "cancelled",
    "run",
    "uses",
    "permissions",
    "queue",
    "cancel-in-progress",
    "id",
    "timezone",
    "schedule",
  ]);

  test.each(pages)("%s names inputs with values only where there is such an input", (page) => {
    const named = [...read(page).matchAll(/`([a-z][a-z-]+): [^`\n]+`/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !inputs.has(name) && !otherKeys.has(name))).toEqual([]);
  });

  test.each(pages)("%s gives the command only flags that there are", (page) => {
    const flags = new Set([
      ...[...inputs].flatMap((name) => [name, `no-${name}`]),
      ...[history, init, report].flatMap((command) => Object.keys(command.flags)),
      ...["help", "version"],
    ]);
    const lines = read(page).match(/^.*(cli\.cjs|`dailysync |dailysync init).*$/gm) ?? [];
    const given = lines.flatMap((line) => [
      ...(/(?:cli\.cjs|dailysync) (.*)$/.exec(line)?.[1] ?? "").matchAll(/(?<=\s)--([a-z-]+)/g),
    ]);
    // In a table of the same line may stand what belongs to rsync or gh.
    const others = new Set(["super", "checksum", "outdir", "force", "repo", "only", "parallelism"]);
    expect(given.map(([, name = ""]) => name).filter((name) => !flags.has(name) && !others.has(name))).toEqual([]);
  });

  test.each([...pages, ...examples])("%s asks a step only for outputs that there are", (file) => {
    const asked = [...read(file).matchAll(/steps\.backup\.outputs\.([a-z-]+)/g)].map(([, name = ""]) => name);
    expect(asked.filter((name) => !outputs.has(name))).toEqual([]);
  });
});

describe("versions that are needed", () => {
  const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
  const [, oldest = ""] = /const oldest = \[(.*)\] as const;/.exec(read("src/preflight/rsync.ts")) ?? [];
  const everywhere = [...pages, ...forms, ...under(".github/workflows", /\.yml$/), "src/preflight/rsync.ts"];
  /** Everything that a pattern finds in any of the files, each once. */
  const found = (pattern: RegExp): string[] => [
    ...new Set(everywhere.flatMap((file) => [...read(file).matchAll(pattern)].map(([, version = ""]) => version))),
  ];

  test("of Node are those of package.json", () => {
    expect(engines.node).toBe(">=20");
    expect(found(/\bNode (\d+) or later/g)).toEqual(["20"]);
    expect(read("src/inputs/help.ts")).not.toMatch(/\bNode (?!20\b)\d+/);
    expect(read("scripts/build.mjs")).toContain('const target = "node20"');
  });

  // In brackets stands what a single option needs.
  test("of rsync are what the check before a run asks for", () => {
    expect(found(/(?<!\()\b(?:rsync,? |rsync \| )(\d+\.\d+\.\d+) or later/g)).toEqual([oldest.replaceAll(", ", ".")]);
    expect(found(/older than (3\.\d+\.\d+)/g)).toEqual([oldest.replaceAll(", ", ".")]);
  });

  test("of the runner are the first with Node 24 and, for the reusable workflow, the first with $/", () => {
    const versions = found(/\b(2\.3\d\d\.\d+)\b/g).sort();
    // The third is what github.com itself asks for.
    expect(versions).toEqual(["2.327.1", "2.329.0", "2.336.0"]);
    for (const file of ["README.md", "SUPPORT.md", "docs/setup.md", "docs/troubleshooting.md"])
      expect([file, read(file).includes("2.327.1")]).toEqual([file, true]);
    for (const file of ["README.md", "SUPPORT.md", ".github/workflows/backup.yml"])
      expect([file, read(file).includes("2.336.0")]).toEqual([file, true]);
  });

  test("of coreutils are the same everywhere", () => {
    expect(found(/coreutils (\d+\.\d+)/g)).toEqual(["8.24"]);
    expect(read("src/run/flush.ts")).toContain("coreutils 8.24 or later");
  });

  test("the tests run on the oldest Node and on the action's", () => {
    const ci = parse(read(".github/workflows/ci.yml")) as {
      jobs: { test: { strategy: { matrix: { node: number[] } } } };
    };
    expect(ci.jobs.test.strategy.matrix.node).toEqual([20, 24]);
  });
});

test("docs/nas.md has advice in the words of the diagnosis", () => {
  const advice = [...read("docs/nas.md").matchAll(/^\| `([^`]+)` \| (?!keep|yes|no|on |where|leave)/gm)]
    .map(([, words = ""]) => words)
    .filter((words) => words.includes(" "));
  const sources = under("src/diagnose", /\.ts$/).map(read).join("\n");
  expect(advice.length).toBeGreaterThan(6);
  for (const words of advice)
    for (const part of words.split("…").filter((one) => one.trim().length > 3))
      expect([words, sources.includes(part.trim())]).toEqual([words, true]);
});

test("docs/README.md lists every page", () => {
  const index = read("docs/README.md");
  expect(
    under("docs", /\.md$/).filter((page) => !/README/.test(page) && !index.includes(`](${page.slice(5)})`)),
  ).toEqual([]);
});
