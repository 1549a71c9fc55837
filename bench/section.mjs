// The section of one workload in the results, as Markdown.

import { percent } from "./idle-lanes.mjs";
import { megabytes } from "./memory.mjs";
import { median } from "./statistics.mjs";
import { ratio } from "./targets.mjs";

/** The head of every section's first table, by which results.mjs finds the rows for the summary. */
export const targetsHead = "| Target | Reached | |";

const latencyNote = "source and destination each behind a mount that answers every request after 0.5 ms";

/**
 * The section of a workload. outcome is what its measure resolved to, for "compare" { contenders, targets }; line says when and
 * what was measured, where is the kind of file system that it was measured on.
 */
export function section(workload, outcome, { line, where }) {
  const tables = {
    compare: () => comparisonTable(outcome.contenders),
    parallelism: () => parallelismTable(outcome.rows),
    "idle-lanes": () => idleTable(outcome.rows),
    memory: () => memoryTable(outcome.rows),
  };
  return [
    `## ${workload.name}`,
    "",
    `${workload.title[0].toUpperCase()}${workload.title.slice(1)}; ${workload.latency ? latencyNote : `both on a ${where}`}.`,
    "",
    `<sub>${line}</sub>`,
    "",
    targetsHead,
    "| --- | --- | --- |",
    ...outcome.targets.map(({ text, reached, met }) => `| ${text} | ${reached} | ${verdict(met)} |`),
    "",
    ...tables[workload.measure](),
  ].join("\n");
}

function verdict(met) {
  if (met === undefined) return "not measured";
  return met ? "yes" : "**NO**";
}

function comparisonTable(contenders) {
  const rows = contenders.map((contender) => {
    const { title, setting, seconds, exact, peakBytes, problem, usual } = contender;
    if (problem !== undefined) return `| ${title} | ${setting} | ${problem} | | | | |`;
    const times = usual ? "**1**" : `${ratio(contenders, contender).toFixed(2)}`;
    const memory = peakBytes === undefined ? "" : megabytes(peakBytes);
    return `| ${title} | ${setting} | ${median(seconds).toFixed(2)} | ${rounds(seconds)} | ${times} | ${exact} | ${memory} |`;
  });
  const tried = contenders
    .filter((contender) => contender.tried?.length > 0)
    .map((contender) => `<sub>${contender.title}, each setting once: ${contender.tried.join("; ")}.</sub>`);
  return [
    "| Command | Setting | Seconds | Every round | Times as long as dailysync | Exact copy | Own memory |",
    "| --- | --- | --: | --- | --: | --- | --: |",
    ...rows,
    ...tried.flatMap((line) => ["", line]),
  ];
}

function parallelismTable(rows) {
  return [
    "| Parallelism | Most rsyncs at once | Seconds | Every round | Throughput, of the best fixed value's |",
    "| --- | --: | --: | --- | --: |",
    ...rows.map(
      ({ title, lanes, seconds, share }) =>
        `| ${title} | ${lanes} | ${median(seconds).toFixed(2)} | ${rounds(seconds)} | ${share.toFixed(2)} |`,
    ),
  ];
}

function idleTable(rows) {
  return [
    "| Command | Seconds | Longest idle lane, of the run | Every round |",
    "| --- | --: | --: | --- |",
    ...rows.map(
      ({ title, seconds, shares }) =>
        `| ${title} | ${median(seconds).toFixed(2)} | ${percent(median(shares))} | ${shares.map(percent).join(", ")} |`,
    ),
  ];
}

function memoryTable(rows) {
  return [
    "| Run | Seconds | Own memory at its highest |",
    "| --- | --: | --: |",
    ...rows.map(({ title, seconds, peakBytes }) => `| ${title} | ${seconds.toFixed(2)} | ${megabytes(peakBytes)} |`),
  ];
}

function rounds(seconds) {
  return seconds.map((figure) => figure.toFixed(2)).join(", ");
}
