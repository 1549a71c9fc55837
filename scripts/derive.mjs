// Writes what is derived from action.yml, so that an input is described in one place: the tables in README.md, the inputs and
// outputs of the reusable workflow, and the copy of action.yml that it uses. In README.md and backup.yml only what stands
// between the markers is made here. `npm run build` calls it; --check writes nothing and fails if something would change.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));
const action = parse(readFileSync(join(root, "action.yml"), "utf8"));
const inputs = Object.entries(action.inputs);
const outputs = Object.entries(action.outputs);

const derived = {
  "README.md": (before) =>
    replaceBetween(before, {
      "<!-- inputs -->": `\n\n${inputTable()}\n\n`,
      "<!-- outputs -->": `\n\n${outputTable()}\n\n`,
    }),
  ".github/actions/backup/action.yml": nestedAction,
  ".github/workflows/backup.yml": (before) =>
    replaceBetween(before, {
      "# <inputs>": block(6, Object.fromEntries(inputs.map(([name, input]) => [name, workflowInput(input)]))),
      "# <outputs>": block(
        6,
        Object.fromEntries(outputs.map(([name, output]) => [name, workflowOutput(name, output)])),
      ),
      "# <job-outputs>": block(6, references(outputs, "steps.backup.outputs")),
      "# <with>": block(10, references(inputs, "inputs")),
    }),
};

const changed = Object.entries(derived).filter(([file, make]) => {
  const path = join(root, file);
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const after = make(before);
  if (after !== before && !process.argv.includes("--check")) writeFileSync(path, after);
  return after !== before;
});
if (changed.length > 0 && process.argv.includes("--check")) {
  console.error(`error: not as action.yml says: ${changed.map(([file]) => file).join(", ")}; run: npm run build`);
  process.exitCode = 1;
}

/** Puts each text between its marker and the marker's end: `# <x>` and `# </x>`, `<!-- x -->` and `<!-- /x -->`. */
function replaceBetween(text, replacements) {
  return Object.entries(replacements).reduce((result, [start, content]) => {
    const end = start.replace(/\w/, "/$&");
    const [from, to] = [result.indexOf(start), result.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`a file lacks the markers ${start} … ${end}`);
    return result.slice(0, from + start.length) + content + result.slice(to);
  }, text);
}

/**
 * action.yml once more, elsewhere. A workflow can name an action of its own repository at its own commit only with a path
 * ($/path): the runner refuses a bare $/, so the action at the root has no such name.
 */
function nestedAction() {
  const { branding, ...rest } = action;
  const directory = dirname(join(root, ".github/actions/backup/action.yml"));
  const runs = { ...rest.runs, main: relative(directory, join(root, rest.runs.main)) };
  const origin = "# Made from action.yml at the root by npm run build: change it there. For backup.yml only.\n";
  return origin + stringify({ ...rest, runs }, { lineWidth: 120 });
}

/** What workflow_call calls an input; its types follow from the defaults. */
function workflowInput({ description, required, default: value = "" }) {
  const text = description.trim();
  if (required) return { description: text, type: "string", required: true };
  if (/^(true|false)$/.test(value)) return { description: text, type: "boolean", default: value === "true" };
  if (/^\d+$/.test(value)) return { description: text, type: "number", default: Number(value) };
  return { description: text, type: "string", default: String(value) };
}

function workflowOutput(name, { description }) {
  return { description: description.trim(), value: `\${{ jobs.backup.outputs.${name} }}` };
}

function references(entries, context) {
  return Object.fromEntries(entries.map(([name]) => [name, `\${{ ${context}.${name} }}`]));
}

/** YAML for between two markers of that indentation, which ends with the end marker's own. */
function block(indentation, content) {
  const lines = stringify(content, { lineWidth: 120 - indentation })
    .trimEnd()
    .split("\n");
  const margin = " ".repeat(indentation);
  return `\n${lines.map((line) => (line === "" ? "" : margin + line)).join("\n")}\n${margin}`;
}

function inputTable() {
  return table(
    ["Input", "Default", "Meaning"],
    inputs.map(([name, input]) => [code(name), defaultOf(input), cell(input.description)]),
  );
}

function outputTable() {
  return table(
    ["Output", "Meaning"],
    outputs.map(([name, output]) => [code(name), cell(output.description)]),
  );
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function defaultOf({ required, default: value }) {
  if (required) return "required";
  return value === undefined || value === "" ? "" : code(String(value));
}

function code(text) {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

/** A description as one table cell: on one line, and what Markdown would read as its own is text (not the _ in a word). */
function cell(text) {
  return text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[\\`*[\]<>|~#]|\b_\B|\B_\b/g, "\\$&");
}
