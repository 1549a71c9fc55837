import { type BytePath, join, toDisplay } from "../byte-path.ts";
import { boundsOf } from "../diagnose/bounds.ts";
import { evidenceOf } from "../diagnose/collect.ts";
import { diagnose } from "../diagnose/diagnose.ts";
import { trend } from "../diagnose/trend.ts";
import { trendsOf } from "../history/trends.ts";
import { quoted } from "../inputs/quoted.ts";
import { pathsKept } from "../paths-kept.ts";
import { lanesNeeded } from "../plan/shard.ts";
import type { RunRecord } from "../record.ts";
import type { ShardEnd } from "../run/shard-run.ts";
import { addTallies, emptyTally, type Tally } from "../run/tally.ts";
import { counted, someOf } from "./format.ts";
import { projectReports } from "./project-reports.ts";
import { refusedReport } from "./refused.ts";
import {
  type AttemptReport,
  type DiagnosisReport,
  type ProjectReport,
  type Report,
  type Result,
  reportVersion,
  type ShardReport,
} from "./report.ts";

/** Names in a sentence. */
const namedAtOnce = 3;

/** Makes the report from what is known of a run; pure. */
export function assembleReport(record: RunRecord, endedAt: Date): Report {
  const { inputs, startedAt } = record;
  if (record.problems.length > 0 || (record.cancelled && record.selection === undefined))
    return refusedReport({
      problems: record.cancelled ? ["cancelled before anything was copied"] : record.problems,
      source: inputs.source,
      destination: inputs.destination,
      startedAt,
      endedAt,
      runId: record.id,
      dailysyncVersion: record.version,
      dryRun: inputs.dryRun,
      url: record.url,
      result: record.cancelled ? "cancelled" : "failure",
      rsyncVersion: record.rsync?.version,
    });

  const projects = projectReports(record);
  const failed = projects.filter(({ state }) => state === "failed");
  const unfinished = projects.filter(({ state }) => state === "unfinished");
  const reasons = [
    ...(record.cancelled ? cancellation(record, unfinished) : []),
    ...(failed.length > 0 ? [`${projectsAndLoose(failed)} could not be backed up completely${namesOf(failed)}`] : []),
    ...(!record.cancelled && unfinished.length > 0
      ? [`${projectsAndLoose(unfinished)} not started or not finished`]
      : []),
    ...record.reasons,
    ...sharedFailures(record.ends),
  ];
  const warnings = [...record.warnings, ...warningSentences(record, projects)];
  const result = resultOf(record, reasons, warnings);
  const total = projects.reduce<Tally>((sum, one) => addTallies(sum, one), emptyTally);
  const loose = projects.filter(({ name }) => name === "").length;
  const run = {
    id: record.id,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    seconds: Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1000,
    dryRun: inputs.dryRun,
    url: record.url,
  };
  return {
    reportVersion,
    dailysyncVersion: record.version,
    run,
    result,
    reasons: result === "degraded" ? warnings : reasons,
    notices: [...(result === "degraded" ? [] : warnings), ...record.notices],
    previousRun: previousRun(record),
    trends: trendsOf({ run, result, work: record.work, projects }, record.history),
    source: inputs.source,
    sourceIdentity: record.sourceIdentity,
    destination: inputs.destination,
    parallelism: {
      lanes: mostAtOnce(record),
      chosenBy: record.parallelism?.chosenBy ?? "nothing was started",
      usableCpus: record.usableCpus,
      work: record.work,
      steps: record.tuner?.steps ?? [],
      rates: record.tuner?.rates() ?? [],
    },
    totals: {
      projects: projects.length - loose,
      failedProjects: failed.length,
      files: total.files,
      directories: (record.survey?.projects ?? []).reduce((sum, one) => sum + one.totalDirectories, 0),
      filesTransferred: total.filesTransferred,
      filesDeleted: total.filesDeleted,
      bytes: total.bytes,
      bytesTransferred: total.bytesTransferred,
    },
    phases: record.phases,
    diagnosis: diagnosisReport(record),
    projects,
    notCovered: {
      paths: (record.selection?.notCovered ?? []).slice(0, pathsKept).map(toDisplay),
      total: record.selection?.notCovered.length ?? 0,
    },
    ...vanishedProjects(record),
    deletions: record.deletions,
    versions: record.versions,
    wouldChange: inputs.dryRun
      ? {
          changes: record.changes.map(({ change, path }) => `${change} ${toDisplay(path)}`),
          changesTotal: record.changesTotal,
        }
      : undefined,
    verification: record.verification?.(),
    shards: shardReports(record),
    attempts: attemptReports(record.ends),
    rsync: { version: record.rsync?.version, arguments: record.rsyncArguments },
    machine: record.machine,
    resources: record.resources,
  };
}

/** What a cancelled run left: projects, or after them only the reading back or the wait for the storage, which says so itself if it had begun. */
function cancellation({ reasons, verification }: RunRecord, unfinished: readonly ProjectReport[]): string[] {
  if (unfinished.length > 0)
    return [`cancelled: ${projectsAndLoose(unfinished)} not finished; the next run completes what is missing`];
  if (verification !== undefined)
    return [`cancelled while the copy was read back: ${counted(verification().files, "file")} were, and are equal`];
  return reasons.length > 0 ? [] : ["cancelled: everything is copied, but may still be in memory"];
}

/**
 * Vanished projects, kept or deleted: which, the folder that they lay in says, because one whose folder is gone from the source too
 * is never deleted.
 */
function vanishedProjects({ selection, deletions }: RunRecord): Pick<Report, "vanishedProjects" | "deletedProjects"> {
  const vanished = selection?.vanished ?? [];
  const mayGo = new Set(
    (selection?.folders ?? []).flatMap(({ path, extraneous }) => extraneous.map((name) => join(path, name))),
  );
  const isDeleted = (path: BytePath): boolean =>
    deletions !== undefined && deletions.refused === undefined && mayGo.has(path);
  return {
    vanishedProjects: vanished.filter((path) => !isDeleted(path)).map(toDisplay),
    deletedProjects: vanished.filter(isDeleted).map(toDisplay),
  };
}

/** The most rsyncs that ran at once. */
function mostAtOnce({ plan, tuner }: RunRecord): number {
  if (plan === undefined) return 0;
  return lanesNeeded({ ...plan, lanes: Math.max(plan.lanes, ...(tuner?.steps ?? []).map(({ lanes }) => lanes)) });
}

/** So many projects, and the loose files apart, which are none. */
function projectsAndLoose(projects: readonly ProjectReport[]): string {
  const named = projects.filter(({ name }) => name !== "").length;
  if (named === projects.length) return counted(named, "project");
  return named === 0 ? "the loose files" : `${counted(named, "project")} and the loose files`;
}

function resultOf(record: RunRecord, reasons: readonly string[], warnings: readonly string[]): Result {
  if (record.cancelled) return "cancelled";
  if (reasons.length > 0) return "failure";
  return warnings.length > 0 ? "degraded" : "success";
}

/** The first names, for a sentence's end; the loose files have none. */
function namesOf(projects: readonly ProjectReport[]): string {
  const names = projects.flatMap(({ name }) => (name === "" ? [] : [quoted(name)]));
  return names.length === 0 ? "" : `: ${someOf(names, namedAtOnce)}`;
}

/** What went wrong in rsyncs that belong to no project. */
function sharedFailures(ends: readonly ShardEnd[]): string[] {
  return ends
    .filter(({ shard, state }) => shard.portions.length === 0 && state === "failed")
    .map(({ shard, meaning, attempts }) => {
      const what =
        shard.kind === "relink"
          ? "hard links between shards could not be made"
          : "directories could not all be made ready";
      const line = attempts.at(-1)?.messages.lines[0];
      return `${what}: rsync ${meaning.words}${line === undefined ? "" : `: ${line}`}`;
    });
}

function warningSentences({ ends, skipped, inputs }: RunRecord, projects: readonly ProjectReport[]): string[] {
  const vanished = ends.reduce((sum, { attempts }) => sum + (attempts.at(-1)?.messages.vanished ?? 0), 0);
  return [
    ...(projects.some(({ state }) => state === "warning")
      ? [`${counted(vanished, "source file")} vanished before ${vanished === 1 ? "it" : "they"} could be copied`]
      : []),
    ...(skipped.size > 0 && !inputs.rsyncArgs.some(isWithoutSpecialFiles) ? [skippedSentence([...skipped])] : []),
  ];
}

/** Who asks rsync to leave devices and the like out gets what they asked for. */
function isWithoutSpecialFiles(argument: string): boolean {
  return /^--no-(D|devices|specials|l|links|a|archive)$/.test(argument);
}

function skippedSentence(paths: readonly BytePath[]): string {
  const names = someOf(
    paths.map((path) => quoted(toDisplay(path))),
    namedAtOnce,
  );
  const all = `${counted(paths.length, "device")}${paths.length < pathsKept ? "" : " or more"}`;
  return `${all} ${paths.length === 1 ? "was" : "were"} not copied, because this account may not make devices: ${names}; run as root or with CAP_MKNOD, or exclude them`;
}

function shardReports({ plan, ends }: RunRecord): ShardReport[] {
  const states = new Map(ends.map(({ shard, state }) => [shard.id, state]));
  const words = { complete: "complete", vanished: "warning", failed: "failed", cancelled: "unfinished" } as const;
  return (plan?.stages.flat() ?? []).map(({ id, kind, names, portions }) => {
    const state = states.get(id);
    return {
      id,
      kind,
      projects: portions.map(({ project }) => toDisplay(project)),
      names: names.length,
      entries: portions.reduce((sum, { entries }) => sum + entries, 0),
      state: state === undefined ? "unfinished" : words[state],
    };
  });
}

function attemptReports(ends: readonly ShardEnd[]): AttemptReport[] {
  return ends
    .flatMap(({ shard, attempts }) =>
      attempts.map(({ lane, startedAtMs, endedAtMs, exitCode, bytesTransferred }) => ({
        shard: shard.id,
        lane,
        startedAtSeconds: startedAtMs / 1000,
        endedAtSeconds: endedAtMs / 1000,
        exitCode,
        bytesTransferred,
      })),
    )
    .sort((a, b) => a.startedAtSeconds - b.startedAtSeconds);
}

function diagnosisReport(record: RunRecord): DiagnosisReport | undefined {
  const evidence = evidenceOf(record);
  if (evidence === undefined) return undefined;
  const diagnosis = diagnose(evidence);
  const earlier = record.history.runs.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict]));
  return {
    ...diagnosis,
    bounds: boundsOf(evidence, diagnosis.verdicts),
    trend: trend(diagnosis.verdicts[0].name, earlier),
    evidence,
  };
}

function previousRun({ history }: RunRecord): Report["previousRun"] {
  const last = history.runs.at(-1);
  return last === undefined ? undefined : { startedAt: last.startedAt, seconds: last.seconds, result: last.result };
}
