import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { repository } from "../support/runner.ts";
import { emptyDirectories } from "../support/tree.ts";

const emptyDirectory = emptyDirectories();
const read = (file: string) => readFileSync(join(repository, file), "utf8");

/** A copy of the script beside a version and a changelog of its own. */
function release(changelog: string, version: string, words: readonly string[], input = "") {
  const directory = emptyDirectory();
  mkdirSync(join(directory, "scripts"));
  cpSync(join(repository, "scripts/release.mjs"), join(directory, "scripts/release.mjs"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ version }));
  writeFileSync(join(directory, "CHANGELOG.md"), changelog);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/release.mjs", ...words], {
    cwd: directory,
    encoding: "utf8",
    input,
  });
  return { status, stdout, stderr };
}

const changelog = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-27

### Added

- Something.

## [1.1.0] - 2026-11-20

- Else.
`;

describe("the notes of a release", () => {
  test("are its section of the changelog", () => {
    expect(release(changelog, "1.2.0", ["notes", "v1.2.0"])).toEqual({
      status: 0,
      stdout: "### Added\n\n- Something.\n",
      stderr: "",
    });
  });

  test.each([
    ["a tag that is no version", changelog, "1.2.0", "v1", '"v1" is no tag of a release'],
    ["a tag of another version", changelog, "1.2.0", "v1.3.0", "package.json has version 1.2.0"],
    ["a version that the changelog does not have", changelog, "1.3.0", "v1.3.0", "has no section [1.3.0]"],
    ["a section without its day", "## [1.2.0]\n", "1.2.0", "v1.2.0", "has no date"],
  ])("there are none for %s", (_what, text, version, tag, complaint) => {
    const { status, stderr } = release(text, version, ["notes", tag]);
    expect(status).toBe(1);
    expect(stderr).toContain(complaint);
  });
});

test.each([
  ["v1.2.0", "v1.0.0 v1.1.9 v1.2.0 v2.0.0 v1", "v1\n"],
  ["v1.10.0", "v1.9.0 v1.10.0", "v1\n"],
  ["v1.2.1", "v1.2.1 v1.3.0", ""],
  ["v1.2.0-beta.1", "v1.1.0 v1.2.0-beta.1", ""],
  ["v1.2.0", "v1.2.0 v1.3.0-beta.1", "v1\n"],
  ["v0.9.0", "v0.9.0", "v0\n"],
])("%s, among the tags %s, moves: %j", (tag, tags, moved) => {
  const input = tags.replaceAll(" ", "\n");
  expect(release(changelog, "1.2.0", ["major", tag], input)).toEqual({ status: 0, stdout: moved, stderr: "" });
});

describe("the changelog", () => {
  const headings = read("CHANGELOG.md").match(/^##.*$/gm) ?? [];

  test("has the form of Keep a Changelog: versions with their days, below them kinds of changes", () => {
    expect(headings[0]).toBe("## [Unreleased]");
    for (const heading of headings)
      expect(heading).toMatch(
        /^(## \[Unreleased\]|## \[\d+\.\d+\.\d+(-[\w.]+)?\] - \d{4}-\d\d-\d\d|### (Added|Changed|Deprecated|Removed|Fixed|Security))$/,
      );
  });
});

describe("the release workflow", () => {
  const workflow = parse(read(".github/workflows/release.yml")) as ReleaseWorkflow;

  test("starts with a tag of a version, not with that of a major version", () => {
    const patterns = workflow.on.push.tags.map(
      (pattern) => new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}$`),
    );
    const starts = (tag: string) => patterns.some((pattern) => pattern.test(tag));
    expect(["v1.0.0", "v1.10.2", "v2.0.0-beta.1"].map(starts)).toEqual([true, true, true]);
    expect(["v1", "v1.0", "1.0.0", "dist-v1.0.0"].map(starts)).toEqual([false, false, false, false]);
  });

  test("publishes only what was tested and attested, and no job has more rights than its own", () => {
    const { test: tests, attest, publish } = workflow.jobs;
    expect([attest?.needs, publish?.needs]).toEqual(["test", "attest"]);
    expect(tests?.permissions).toEqual({ contents: "read" });
    expect(attest?.permissions).toEqual({ contents: "read", "id-token": "write", attestations: "write" });
    expect(publish?.permissions).toEqual({ contents: "write" });
  });
});

test("Dependabot looks after packages and actions, and waits before it takes a new version", () => {
  const { updates } = parse(read(".github/dependabot.yml")) as { updates: Update[] };
  expect(updates.map((update) => update["package-ecosystem"]).sort()).toEqual(["github-actions", "npm"]);
  for (const { cooldown } of updates) expect(cooldown["default-days"]).toBeGreaterThanOrEqual(7);
});

test("the licences of what is bundled let it be passed on", () => {
  const licences = [...read("dist/licenses.txt").matchAll(/^\S+@\d\S* \((.*)\)$/gm)].map(([, licence]) => licence);
  expect(licences.length).toBeGreaterThan(3);
  expect(licences.filter((licence) => !/^(MIT|ISC|0BSD|BSD-[23]-Clause|BlueOak-1\.0\.0)$/.test(licence ?? ""))).toEqual(
    [],
  );
});

interface ReleaseWorkflow {
  readonly on: { readonly push: { readonly tags: readonly string[] } };
  readonly jobs: Record<string, { readonly needs?: string; readonly permissions: Record<string, string> }>;
}

interface Update {
  readonly "package-ecosystem": string;
  readonly cooldown: { readonly "default-days": number };
}
