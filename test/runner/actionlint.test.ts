import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect } from "@jest/globals";
import { testUnless } from "../support/privileges.ts";
import { repository } from "../support/runner.ts";

const actionlint = process.env["ACTIONLINT"] ?? "actionlint";
const noActionlint = spawnSync(actionlint, ["-version"]).status === 0 ? undefined : "actionlint is not installed";

/** What it finds wrong. Without shellcheck and pyflakes, which one machine has and another has not. */
const problems = (files: readonly string[], input = "") => {
  const words = ["-no-color", "-oneline", "-shellcheck=", "-pyflakes=", "--", ...files];
  const { stdout, stderr } = spawnSync(actionlint, words, { cwd: repository, encoding: "utf8", input });
  return stdout + stderr;
};

testUnless(noActionlint)("actionlint finds nothing wrong with the workflows and the examples", async () => {
  const files = [".github/workflows", "examples"].flatMap((directory) =>
    readdirSync(`${repository}/${directory}`).map((name) => `${directory}/${name}`),
  );
  expect(problems(files)).toBe("");
  // It would.
  expect(problems(["-"], "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: echo }]\n")).toContain(
    'label "x" is unknown',
  );
});
