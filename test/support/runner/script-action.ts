import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const actionYml = `name: fixture
description: runs the script that it is given
inputs:
  script: { description: JavaScript, required: true }
  two words: { description: a name with a space, default: 7 }
  rsync-args: { description: a name with a hyphen }
runs:
  using: node24
  main: index.cjs
`;
const indexCjs = `const fs = require("node:fs");
const append = (variable, text) => fs.appendFileSync(process.env[variable], text);
const run = new (Object.getPrototypeOf(async function () {}).constructor)("require", "append", process.env.INPUT_SCRIPT);
run(require, append);
`;

/**
 * Makes an action whose one required input is the script that it runs: a runner can be tested against what a step can do at all.
 *
 * @returns its directory, which the caller removes
 */
export function scriptAction(): string {
  const directory = mkdtempSync(join(tmpdir(), "script-action-"));
  writeFileSync(join(directory, "action.yml"), actionYml);
  writeFileSync(join(directory, "index.cjs"), indexCjs);
  return directory;
}
