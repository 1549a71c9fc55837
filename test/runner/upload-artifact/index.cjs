const { copyFileSync, globSync, mkdirSync } = require("node:fs");
const { basename, join } = require("node:path");

const { INPUT_NAME: name = "", INPUT_PATH: path = "", ARTIFACTS = "" } = process.env;
// artifact-name-and-path: toolkit's rules for names; an upload fails with any of these.
if (name === "" || /["/\\:<>|*?\r\n]/.test(name)) throw new Error(`no name of an artifact: ${JSON.stringify(name)}`);
const patterns = path.split("\n").map((line) => line.trim());
const files = globSync(patterns.filter((pattern) => pattern !== ""));
if (files.length === 0 && process.env["INPUT_IF-NO-FILES-FOUND"] === "error") throw new Error(`no files: ${path}`);
const directory = join(ARTIFACTS, name);
// Like the real one, it refuses a name that the run has used.
mkdirSync(directory);
for (const file of files) copyFileSync(file, join(directory, basename(file)));
console.log(`kept ${files.length} files as ${name}`);
