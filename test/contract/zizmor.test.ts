import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "@jest/globals";
import { testUnless } from "../support/privileges.ts";
import { repository } from "../support/runner.ts";
import { emptyDirectories } from "../support/tree.ts";

const emptyDirectory = emptyDirectories();
const noZizmor = spawnSync("zizmor", ["--version"]).status === 0 ? undefined : "zizmor is not installed";
const config = join(repository, ".github/zizmor.yml");

/** What zizmor says, without asking the network anything. */
function zizmor(...paths: readonly string[]) {
  const { status, stdout } = spawnSync("zizmor", ["--offline", "--no-progress", "--config", config, ...paths], {
    cwd: repository,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, findings: stdout.match(/^(error|warning|help|info)\[[\w-]+\]/gm) ?? [] };
}

describe("zizmor", () => {
  testUnless(noZizmor)("finds nothing wrong with workflows, actions and examples", async () => {
    const examples = readdirSync(join(repository, "examples")).map((name) => `examples/${name}`);
    expect(zizmor(".github", "action.yml", ...examples)).toEqual({ status: 0, findings: [] });
  });

  testUnless(noZizmor)("would find an input in a script and an action by its tag", async () => {
    const file = join(emptyDirectory(), "release.yml");
    copyFileSync(join(repository, ".github/workflows/release.yml"), file);
    const text = readFileSync(file, "utf8")
      .replace('notes "$GITHUB_REF_NAME"', "notes $" + "{{ github.ref_name }}")
      .replace(/actions\/checkout@[0-9a-f]{40}/, "actions/checkout@v7");
    writeFileSync(file, text);
    const { status, findings } = zizmor(file);
    expect(status).not.toBe(0);
    expect(findings).toEqual(expect.arrayContaining(["error[template-injection]", "error[unpinned-uses]"]));
  });
});
