import { commands } from "../commands/commands.ts";
import { actionDescription, definitionOf, type InputDefinition, inputNames } from "./definition.ts";

const columns = 100;

/** What `dailysync --help` prints: made from action.yml, at most 100 columns wide, with a newline at the end. */
export function helpText(): string {
  return `${[
    [
      "Usage: dailysync --source DIR --destination DIR [FLAG]...",
      ...commands.map(({ name, usage }) => `       dailysync ${name} ${usage}`),
    ].join("\n"),
    wrapped(actionDescription, ""),
    wrapped(
      "A value follows its flag or an equals sign: --retries 3, --retries=3. A flag without a value is switched off with no- in front: --no-delete.",
      "",
    ),
    ...commands.map(({ name, purpose }) =>
      wrapped(`dailysync ${name} ${purpose} dailysync ${name} --help says how.`, ""),
    ),
    ...inputNames.map((name) => describe(definitionOf(name))),
    "  -h, --help\n      Print this text.",
    "  -V, --version\n      Print the version.",
    [
      "Exit status:",
      "  0    everything is backed up (warnings are possible)",
      "  1    the run failed or was refused",
      "  2    a flag or an input is wrong",
      "  130  the run was interrupted",
    ].join("\n"),
    [
      "Example:",
      "  dailysync --source /data/prod --destination /data/prod_backup --delete \\",
      "    --exclude '*.tmp' --exclude /alpha/cache/",
    ].join("\n"),
  ].join("\n\n")}\n`;
}

function describe(definition: InputDefinition): string {
  const flag = { text: "=VALUE", lines: "=VALUE", boolean: "" }[definition.kind];
  const remarks = [
    ...(definition.required ? ["required"] : []),
    ...(definition.kind === "lines" ? ["repeat the flag for more"] : []),
    ...(definition.default === "" ? [] : [`default: ${definition.default}`]),
  ];
  const heading = `  --${definition.name}${flag}${remarks.length === 0 ? "" : ` (${remarks.join("; ")})`}`;
  return `${heading}\n${wrapped(definition.description, "      ")}`;
}

/** Breaks a paragraph at blanks, so that with its indentation no line has more than 100 columns where words allow it. */
export function wrapped(paragraph: string, indentation: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/\s+/)) {
    if (line !== "" && indentation.length + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((text) => indentation + text).join("\n");
}
