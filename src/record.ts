import { randomUUID } from "node:crypto";
import type { BytePath } from "./byte-path.ts";
import { type History, readHistory } from "./history/history.ts";
import type { Inputs } from "./inputs/inputs.ts";
import type { Inventory, Measurement } from "./measure/measurement.ts";
import type { Work } from "./plan/pace.ts";
import type { Parallelism } from "./plan/parallelism.ts";
import type { Plan } from "./plan/shard.ts";
import type { RsyncBinary } from "./preflight/rsync.ts";
import type { SourceIdentity } from "./preflight/source-identity.ts";
import type { DeletionReport, VerificationReport, VersionsReport } from "./report/report.ts";
import type { ShardEnd } from "./run/shard-run.ts";
import type { Tuner } from "./run/tuner.ts";
import type { Latencies } from "./survey/latency.ts";
import type { Selection } from "./survey/projects.ts";
import type { Survey } from "./survey/survey.ts";

/** A stretch of the run, for the report. */
export interface Phase {
  readonly name: string;
  /** From the start of the run. */
  readonly startedAtSeconds: number;
  readonly seconds: number;
}

/**
 * What is known of a run so far. It grows as the run goes on, so that a report can be made from it at any moment: a
 * cancelled run has seconds to say what it finished.
 */
export interface RunRecord {
  readonly id: string;
  readonly version: string;
  readonly url: string | undefined;
  readonly startedAt: Date;
  readonly inputs: Inputs;
  /** What earlier runs of the same source and destination have left. */
  readonly history: History;
  /** Why the run was refused. */
  problems: readonly string[];
  cancelled: boolean;
  rsync: RsyncBinary | undefined;
  rsyncArguments: readonly string[];
  parallelism: Parallelism | undefined;
  work: Work | undefined;
  usableCpus: number | undefined;
  /** What the storage took to answer before anything ran. */
  latencies: Latencies | undefined;
  /** Seconds that one rsync is expected to take for a project. */
  expected: (project: BytePath) => number;
  tuner: Pick<Tuner, "steps" | "rates"> | undefined;
  /** What the source is; undefined until it was looked at. */
  sourceIdentity: SourceIdentity | undefined;
  selection: Selection | undefined;
  survey: Survey | undefined;
  plan: Plan | undefined;
  deletions: DeletionReport | undefined;
  versions: VersionsReport | undefined;
  readonly ends: ShardEnd[];
  /** What was read back so far; undefined until that began. */
  verification: (() => VerificationReport) | undefined;
  /** Of a dry run: the first changes, as rsync itemizes them. */
  readonly changes: { readonly change: string; readonly path: BytePath }[];
  changesTotal: number;
  /** What rsync passed over because it is no file and this account may not make it; the first 1,000. */
  readonly skipped: Set<BytePath>;
  /** Why the result cannot be success, beside failed projects. */
  readonly reasons: string[];
  /** Why a complete run is only degraded. */
  readonly warnings: string[];
  readonly notices: string[];
  readonly phases: Phase[];
  machine: Inventory | undefined;
  resources: Measurement | undefined;
}

/** The record of a run that is about to start. */
export function newRecord(inputs: Inputs, version: string, url: string | undefined): RunRecord {
  const history = readHistory(inputs.stateDir, inputs.source, inputs.destination);
  return {
    id: randomUUID(),
    version,
    url,
    startedAt: new Date(),
    inputs,
    history,
    problems: [],
    cancelled: false,
    rsync: undefined,
    rsyncArguments: [],
    parallelism: undefined,
    work: undefined,
    usableCpus: undefined,
    latencies: undefined,
    expected: () => 0,
    tuner: undefined,
    sourceIdentity: undefined,
    selection: undefined,
    survey: undefined,
    plan: undefined,
    deletions: undefined,
    versions: undefined,
    verification: undefined,
    ends: [],
    changes: [],
    changesTotal: 0,
    skipped: new Set(),
    reasons: [],
    warnings: [],
    notices: history.ignored === undefined ? [] : [history.ignored],
    phases: [],
    machine: undefined,
    resources: undefined,
  };
}
