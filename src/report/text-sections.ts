import { findingWords } from "../diagnose/words.ts";
import { diagnosisLines } from "./diagnosis.ts";
import { count, counted, percent } from "./format.ts";
import type { DeletionReport, Report } from "./report.ts";
import { resourceRows, samplingWords, storageWords } from "./resources.ts";
import { columns } from "./text-columns.ts";
import { verificationLists } from "./verification.ts";
import { projectName } from "./words.ts";

export type Style = "red" | "green" | "yellow" | "bold" | "dim";

/** Makes a line safe for a log and colours it if colours were asked for. */
export type Paint = (line: string, style: Style | undefined) => string;

/** A line for what is not shown, if there is any. */
export function more(left: number, paint: Paint): string[] {
  return left > 0 ? [paint(`  and ${count(left)} more in report.json`, "dim")] : [];
}

/** The lists of paths that differ, were left out, kept, deleted, or in a dry run would change. */
export function listLines(report: Report, most: number, paint: Paint): string[] {
  const { notCovered, vanishedProjects, deletedProjects, deletions, wouldChange, run } = report;
  const list = (title: string, paths: readonly string[], total: number): string[] => {
    if (total === 0) return [];
    const shown = paths.slice(0, most);
    return [
      "",
      paint(title, "bold"),
      ...shown.map((path) => paint(`  ${path}`, undefined)),
      ...more(total - shown.length, paint),
    ];
  };
  return [
    ...verificationLists(report).flatMap(({ title, paths, total }) => list(title, paths, total)),
    ...list(
      `Not backed up, as the patterns leave them out: ${count(notCovered.total)}`,
      notCovered.paths,
      notCovered.total,
    ),
    ...list("Kept, though the source no longer has them:", vanishedProjects, vanishedProjects.length),
    ...list(
      `${run.dryRun ? "Would be deleted" : "Deleted"}, as the source no longer has them:`,
      deletedProjects,
      deletedProjects.length,
    ),
    // Deletions that were asked for and within the limit are no news; the totals count them.
    ...(deletions === undefined || deletions.pending === 0 || (deletions.refused === undefined && !run.dryRun)
      ? []
      : deletionLines(deletions, most, paint)),
    ...(wouldChange === undefined
      ? []
      : list(
          `Would be copied or changed: ${count(wouldChange.changesTotal)}`,
          wouldChange.changes,
          wouldChange.changesTotal,
        )),
  ];
}

/** The projects that lose something, with how much and with the first of it. */
function deletionLines(deletions: DeletionReport, most: number, paint: Paint): string[] {
  const { projects, pending } = deletions;
  const lines: string[] = [];
  let listed = 0;
  for (const { name, pending: entries, paths } of projects.slice(0, most)) {
    const shown = paths.slice(0, most - listed);
    listed += shown.length;
    lines.push(
      `  ${projectName(name)}: ${counted(entries, "entry", "entries")}`,
      ...shown.map((path) => `    ${path}`),
    );
  }
  return [
    "",
    paint(deletionTitle(deletions), "bold"),
    ...lines.map((line) => paint(line, undefined)),
    ...more(pending - listed, paint),
  ];
}

function deletionTitle({ pending, destinationEntries, limit, refused }: DeletionReport): string {
  const figures = `${count(pending)} of ${counted(destinationEntries, "entry", "entries")}, limit ${count(limit)}`;
  return refused === undefined ? `Would be deleted: ${figures}` : `Not deleted: ${figures}`;
}

/** What the verdict stands on. */
export function diagnosisText({ diagnosis }: Report, paint: Paint): string[] {
  if (diagnosis === undefined) return [];
  const [{ name, evidence }] = diagnosis.verdicts;
  if (name === "too-short") return [];
  const others = diagnosis.verdicts.slice(1).map((one) => `${one.name} (${percent(one.share)}, ${one.confidence})`);
  return [
    "",
    paint("What limited the run", "bold"),
    ...evidence.map((finding) => paint(`  ${finding.supports ? "✔" : "–"} ${findingWords(finding)}`, undefined)),
    ...(others.length === 0 ? [] : [paint(`  Also: ${others.join(", ")}`, undefined)]),
    ...diagnosisLines(diagnosis).map((line) => paint(`  ${line}`, "dim")),
  ];
}

/** What the machine did meanwhile. */
export function machineLines({ resources }: Report, width: number, paint: Paint): string[] {
  if (resources === undefined) return [];
  const rows = resourceRows(resources);
  const plain = (name: string) => name;
  const table = columns<(typeof rows)[number]>(
    [
      { heading: "The machine meanwhile", cell: ({ label }) => label },
      { heading: "mean", cell: ({ mean }) => mean, alignRight: true },
      { heading: "peak", cell: ({ peak }) => peak, alignRight: true },
    ],
    rows,
    width,
  );
  return [
    ...(rows.length === 0 ? [] : ["", ...table.map((line, index) => paint(line, index === 0 ? "bold" : undefined))]),
    paint(`Source on ${storageWords(resources.source, plain)}`, "dim"),
    paint(`Destination on ${storageWords(resources.destination, plain)}`, "dim"),
    paint(samplingWords(resources), "dim"),
    ...resources.missing.slice(0, 10).map((words) => paint(`Not measured: ${words}`, "dim")),
  ];
}
