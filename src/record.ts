import { randomUUID } from "node:crypto";
import type { BytePath } from "./byte-path.ts";
import { type PastRun, readHistory } from "./history/history.ts";
import type { Inputs } from "./inputs/inputs.ts";
import type { Inventory, Measurement } from "./measure/measurement.ts";
import type { Plan } from "./plan/shard.ts";
import type { RsyncBinary } from "./preflight/rsync.ts";
import type { DeletionReport } from "./report/report.ts";
import type { ShardEnd } from "./run/shard-run.ts";
import type { Selection } from "./survey/projects.ts";
import type { Survey } from "./survey/survey.ts";

/** A stretch of the run, for the report. */
export interface Phase {
  readonly name: string;
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
  /** The earlier runs of the same source and destination, oldest first. */
  readonly history: readonly PastRun[];
  /** Why the run was refused. */
  problems: readonly string[];
  cancelled: boolean;
  rsync: RsyncBinary | undefined;
  rsyncArguments: readonly string[];
  lanes: number;
  lanesChosenBy: string;
  selection: Selection | undefined;
  survey: Survey | undefined;
  plan: Plan | undefined;
  deletions: DeletionReport | undefined;
  readonly ends: ShardEnd[];
  /** Of a dry run: the first changes, as rsync itemizes them. */
  readonly changes: { readonly change: string; readonly path: BytePath }[];
  changesTotal: number;
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
  return {
    id: randomUUID(),
    version,
    url,
    startedAt: new Date(),
    inputs,
    history: readHistory(inputs.stateDir, inputs.source, inputs.destination),
    problems: [],
    cancelled: false,
    rsync: undefined,
    rsyncArguments: [],
    lanes: 0,
    lanesChosenBy: "",
    selection: undefined,
    survey: undefined,
    plan: undefined,
    deletions: undefined,
    ends: [],
    changes: [],
    changesTotal: 0,
    reasons: [],
    warnings: [],
    notices: [],
    phases: [],
    machine: undefined,
    resources: undefined,
  };
}
