// The file of results: a summary of all targets and a section for every workload, of which a run replaces its own alone.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { targetsHead } from "./section.mjs";
import { workloads } from "./workloads.mjs";

const sections = /<!-- workload (\S+) -->\n([\s\S]*?)\n<!-- \/workload -->/g;

/** Puts a section into the file, in place of the one that its workload had, and makes the summary anew. */
export function writeSection(file, name, text, { machine, versions }) {
  const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
  const known = new Map([...kept.matchAll(sections)].map(([, of, section]) => [of, section]));
  known.set(name, text);
  const inOrder = workloads.filter((workload) => known.has(workload.name));
  const summary = inOrder.flatMap((workload) =>
    targetRows(known.get(workload.name)).map((row) => `| [${workload.name}](#${workload.name}) ${row}`),
  );
  const parts = [
    "# Results of the benchmark",
    "Made by `npm run bench`; what is measured and how is in the [contributors' guide](../CONTRIBUTING.md#the-benchmark).",
    `- Machine: ${machine}\n- Versions of the latest run: ${versions}`,
    ["| Workload | Target | Reached | |", "| --- | --- | --- | --- |", ...summary].join("\n"),
    ...inOrder.map((workload) => `<!-- workload ${workload.name} -->\n${known.get(workload.name)}\n<!-- /workload -->`),
  ];
  writeFileSync(file, `${parts.join("\n\n")}\n`);
}

/** The rows of a section's table of targets. */
function targetRows(section) {
  const lines = section.split("\n");
  const rows = lines.slice(lines.indexOf(targetsHead) + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end === -1 ? undefined : end);
}
