// The file of results: a table of all cases and a section for each, of which a run replaces its own alone.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cases } from "./cases.mjs";
import { count, countInWords } from "./judge.mjs";

const sections = /<!-- case (\S+) (\{.*\}) -->\n([\s\S]*?)\n<!-- \/case -->/g;

/** The head of the table. */
export const head = "| Cause | Verdict | Confidence | Share | Right |\n| --- | --- | --- | --: | --- |";

/** Puts what a case came to into the file. */
export function writeCase(file, { name, right, together, made }, outcome, { line, machine }) {
  const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
  const known = new Map(
    [...kept.matchAll(sections)].map(([, of, json, text]) => [of, { outcome: JSON.parse(json), text }]),
  );
  const expected = right.map((verdict) => `\`${verdict}\``).join(" or ");
  const verdicts = outcome.sentence === undefined ? [] : ["", `> ${outcome.sentence}`];
  const others = (outcome.others ?? []).length === 0 ? [] : ["", `Further verdicts: ${outcome.others.join(", ")}.`];
  const asked = together ? `${expected}, and both among the verdicts` : expected;
  known.set(name, {
    // Neither is needed to make the table anew.
    outcome: { ...outcome, sentence: undefined, others: undefined },
    text: [
      `## ${name}`,
      "",
      `${made[0].toUpperCase()}${made.slice(1)}. Right: ${asked}.`,
      ...verdicts,
      ...others,
      "",
      `<sub>${line}</sub>`,
    ].join("\n"),
  });
  const inOrder = cases.filter((one) => known.has(one.name)).map((one) => ({ name: one.name, ...known.get(one.name) }));
  const rows = inOrder.map((one) => row(`[${one.name}](#${one.name})`, one.outcome));
  const parts = [
    "# Does the diagnosis name what limits a run?",
    "Made by `npm run bench -- diagnosis`, which creates each cause and lets dailysync run into it; how is in the [contributors' guide](../CONTRIBUTING.md#the-benchmark).",
    `- ${countInWords(count(inOrder.map((one) => one.outcome)))}\n- Latest run: ${machine}`,
    [head, ...rows].join("\n"),
    ...inOrder.map((one) => `<!-- case ${one.name} ${JSON.stringify(one.outcome)} -->\n${one.text}\n<!-- /case -->`),
  ];
  writeFileSync(file, `${parts.join("\n\n")}\n`);
}

/** The table's row of a case. */
export function row(cause, { verdict, confidence = "", share, right, named, skipped, problem }) {
  if (skipped !== undefined) return `| ${cause} | skipped: ${skipped} | | | not counted |`;
  if (problem !== undefined) return `| ${cause} | ${problem} | | | **NO** |`;
  const both = named === undefined ? "" : `, ${named} of 2 named`;
  const percent = share === undefined ? "" : `${share} %`;
  return `| ${cause} | ${verdict} | ${confidence} | ${percent} | ${right ? "yes" : "**NO**"}${both} |`;
}
