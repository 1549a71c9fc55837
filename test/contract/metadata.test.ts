import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "@actions/languageservice";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { repository } from "../support/runner.ts";
import { textDocument } from "./text-document.ts";

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const filesIn = (directory: string) =>
  readdirSync(join(repository, directory))
    .filter((name) => name.endsWith(".yml"))
    .map((name) => `${directory}/${name}`);
const workflows = [...filesIn(".github/workflows"), ...filesIn("examples")];
const actions = ["action.yml", ".github/actions/backup/action.yml"];

// For the inputs and outputs of what a workflow calls: only ever our own action and reusable workflow, whoever OWNER is.
const ownFiles = {
  getFileContent: async ({ path }: { path: string }) => ({ name: path, content: read(path) }),
};

let documents = 0;
/** What GitHub's own language service finds wrong. It remembers what it saw under an address: each text gets its own. */
async function problemsOf(file: string, text: string): Promise<string[]> {
  documents++;
  // It takes a file for a workflow or an action by its path; examples are workflows that a person copies there.
  const path = file.startsWith("examples/") ? file.replace("examples", ".github/workflows") : file;
  const found = await validate(textDocument(`file:///${documents}/${path}`, text), { fileProvider: ownFiles });
  return found.map((problem) => `${file}:${problem.range.start.line + 1}: ${problem.message}`);
}

describe("GitHub's own checks", () => {
  test.each([...actions, ...workflows])("%s is valid", async (file) => {
    expect(await problemsOf(file, read(file))).toEqual([]);
  });

  test("the schedule of docs/schedules.md is valid, its time zone too", async () => {
    const [, schedule = ""] = /```yaml\n(on:\n.*?)```/s.exec(read("docs/schedules.md")) ?? [];
    expect(schedule).toContain("timezone:");
    const job = 'jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: "true"\n';
    expect(await problemsOf("examples/schedule.yml", schedule + job)).toEqual([]);
    expect(await problemsOf("examples/schedule.yml", schedule.replace("timezone", "timezon") + job)).not.toEqual([]);
  });

  test("they would find something", async () => {
    expect(await problemsOf("action.yml", read("action.yml").replace("node24", "node23"))).not.toEqual([]);
    const broken = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo \${{ nope.x }}\n`;
    expect(await problemsOf("examples/broken.yml", broken)).toEqual([
      "examples/broken.yml:6: Unrecognized named-value: 'nope'",
    ]);
  });
});

describe("action.yml", () => {
  const action = parse(read("action.yml")) as Action;

  test("runs the committed bundle on node24", () => {
    expect(action.runs).toEqual({ using: "node24", main: "dist/index.cjs" });
  });

  test("every input and output is described, every optional input has a default, which is text", () => {
    for (const [name, { description, required, default: value }] of Object.entries(action.inputs)) {
      expect([name, description?.endsWith(".")]).toEqual([name, true]);
      expect([name, required === true ? "undefined" : "string"]).toEqual([name, typeof value]);
    }
    for (const [name, { description }] of Object.entries(action.outputs))
      expect([name, description?.endsWith(".")]).toEqual([name, true]);
  });

  test("README, the reusable workflow and its copy of the action say what it says", () => {
    const { stderr, status } = spawnSync(process.execPath, ["scripts/derive.mjs", "--check"], {
      cwd: repository,
      encoding: "utf8",
    });
    expect([stderr, status]).toEqual(["", 0]);
  });
});

test("the schema of report.json is what its type says", () => {
  const { stderr, status } = spawnSync(process.execPath, ["scripts/schema.mjs", "--check"], {
    cwd: repository,
    encoding: "utf8",
  });
  expect([stderr, status]).toEqual(["", 0]);
});

describe("workflows", () => {
  const isPage = (name: string) => name.endsWith(".md");
  const pages = [
    "README.md",
    ...readdirSync(join(repository, "docs"))
      .filter(isPage)
      .map((name) => `docs/${name}`),
  ];
  const uses = [...workflows, ...pages].flatMap((file) =>
    [...read(file).matchAll(/^\s*(?:- )?uses: (\S+)(.*)$/gm)].map(([, reference = "", rest = ""]) => ({
      file,
      reference,
      rest,
    })),
  );

  test("refer to other people's actions by a full commit with its version behind it", () => {
    const others = uses.filter(({ reference }) => !/^(\.\/|\$\/|OWNER\/dailysync[@/])/.test(reference));
    expect(others.length).toBeGreaterThan(0);
    for (const { file, reference, rest } of others)
      expect(`${file} ${reference}${rest}`).toMatch(/ [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("refer to dailysync from outside by its major version", () => {
    const version = (parse(read("package.json")) as { version: string }).version;
    const own = uses.filter(({ reference }) => reference.startsWith("OWNER/"));
    expect(own.length).toBeGreaterThan(0);
    for (const { reference } of own) expect(reference.split("@")[1]).toBe(`v${version.split(".")[0]}`);
  });

  test.each(workflows)("%s grants nothing at its top and gives every job a time limit", (file) => {
    const { permissions, jobs } = parse(read(file)) as Workflow;
    expect(permissions).toEqual({});
    for (const [name, job] of Object.entries(jobs))
      if (job.uses === undefined && name !== "tell")
        expect([name, job["timeout-minutes"]]).not.toEqual([name, undefined]);
  });

  test.each(workflows)("%s never lets an input into a script", (file) => {
    const { jobs } = parse(read(file)) as Workflow;
    const scripts = Object.values(jobs).flatMap((job) => (job.steps ?? []).map((step) => step.run ?? ""));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  });

  // Those of the others make no backups.
  test.each(workflows.filter((file) => !/\/(ci|codeql)\.yml$/.test(file)))(
    "%s never cancels a backup that runs",
    (file) => {
      const { concurrency, jobs } = parse(read(file)) as Workflow;
      for (const { "cancel-in-progress": cancel } of [
        concurrency,
        ...Object.values(jobs).map((job) => job.concurrency),
      ].filter((group) => group !== undefined))
        expect(cancel).toBe(false);
    },
  );

  test("inputs that they give are inputs that there are", () => {
    const action = parse(read("action.yml")) as Action;
    const backup = parse(read(".github/workflows/backup.yml")) as { on: { workflow_call: { inputs: object } } };
    for (const file of workflows)
      for (const job of Object.values((parse(read(file)) as Workflow).jobs)) {
        const known = new Set(
          job.uses === undefined ? Object.keys(action.inputs) : Object.keys(backup.on.workflow_call.inputs),
        );
        const given = [job, ...(job.steps ?? [])]
          .filter((part) => /^(OWNER\/dailysync|\.\/|\$\/)/.test(part.uses ?? ""))
          .flatMap((part) => Object.keys(part.with ?? {}));
        expect([file, given.filter((name) => !known.has(name))]).toEqual([file, []]);
      }
  });
});

interface Action {
  readonly inputs: Record<string, { description?: string; required?: boolean; default?: unknown }>;
  readonly outputs: Record<string, { description?: string }>;
  readonly runs: { using: string; main: string };
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
}

interface Job extends Step {
  readonly "timeout-minutes"?: unknown;
  readonly concurrency?: { "cancel-in-progress"?: unknown };
  readonly steps?: Step[];
}

interface Workflow {
  readonly permissions?: unknown;
  readonly concurrency?: { "cancel-in-progress"?: unknown };
  readonly jobs: Record<string, Job>;
}
