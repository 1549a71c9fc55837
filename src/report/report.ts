import type { Bounds } from "../diagnose/bounds.ts";
import type { Diagnosis } from "../diagnose/diagnose.ts";
import type { Evidence } from "../diagnose/evidence.ts";
import type { Trends } from "../history/trends.ts";
import type { Inventory, Measurement } from "../measure/measurement.ts";
import type { Work } from "../plan/pace.ts";
import type { ShardKind } from "../plan/shard.ts";
import type { SourceIdentity } from "../preflight/source-identity.ts";
import type { LaneRate, TuningStep } from "../run/tuner.ts";
import type { SampleProgress } from "../verify/sample.ts";

/**
 * The version of report.json's format: additions keep it, removals and changes of meaning raise it. Older reports of the same version can
 * still be shown, so what is added is a list (empty where it is missing) or may be undefined. Its JSON Schema is made from these types.
 */
export const reportVersion = 1;

/**
 * ISO 8601, UTC.
 * @format date-time
 */
export type Moment = string;

/**
 * How a run ended.
 * - `success`: everything below the source that was asked for is at the destination.
 * - `degraded`: so is everything that still existed; files vanished during the run or something else needs a look.
 * - `failure`: something is missing at the destination, or the run was refused.
 * - `cancelled`: stopped from outside; what was finished is there.
 */
export type Result = "success" | "degraded" | "failure" | "cancelled";

/** Whether all that was asked for, and still existed, is at the destination (in a dry run: would be). */
export function isBackup(result: Result): boolean {
  return result === "success" || result === "degraded";
}

/** How a project ended. `unfinished`: cancelled, or not started after a failure with fail-fast. */
export type ProjectState = "complete" | "warning" | "failed" | "unfinished";

/** One thing that went wrong in one rsync. */
export interface ShardProblem {
  /** rsync's exit code; undefined when it was ended by a signal or never started. */
  readonly exitCode: number | undefined;
  /** The exit code or signal in words. */
  readonly meaning: string;
  /** The first lines that rsync wrote to its error output, as text, unescaped. */
  readonly lines: readonly string[];
}

export interface ProjectReport {
  /** Path below the source, as text; empty for the loose files. */
  readonly name: string;
  readonly state: ProjectState;
  /** Seconds that one rsync was expected to take. */
  readonly expectedSeconds: number;
  /** Seconds that rsyncs spent on the project, summed over lanes; of an rsync that served several projects, a share by entries. */
  readonly seconds: number;
  /** Seconds from the start of the run to its first rsync's start and its last one's end; undefined if none started. */
  readonly startedAtSeconds: number | undefined;
  readonly endedAtSeconds: number | undefined;
  /** Entries below it at the source; undefined where not all of them could be seen. */
  readonly entries: number | undefined;
  /** Entries that are no directories. */
  readonly files: number;
  readonly filesTransferred: number;
  readonly filesDeleted: number;
  readonly bytes: number;
  readonly bytesTransferred: number;
  readonly problems: readonly ShardProblem[];
}

/** One try of one rsync, a bar in the timeline. */
export interface AttemptReport {
  readonly shard: number;
  /** The slot of the limiter, from 0. */
  readonly lane: number;
  readonly startedAtSeconds: number;
  readonly endedAtSeconds: number;
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly bytesTransferred: number;
}

/** One shard: what one rsync copied. */
export interface ShardReport {
  readonly id: number;
  /** What kind of part it was; see ShardKind. */
  readonly kind: ShardKind;
  /** Names of the projects it belongs to (empty name: loose files). */
  readonly projects: readonly string[];
  /** How many directories or files rsync was given by name. */
  readonly names: number;
  /** Entries as the survey counted them. */
  readonly entries: number;
  readonly state: ProjectState;
}

/** What would have been or was deleted. */
export interface DeletionReport {
  /** Entries that the destination has and the source lacks, counted before anything was deleted. */
  readonly pending: number;
  /** Entries at the destination in those projects. */
  readonly destinationEntries: number;
  /** How many the run was allowed to delete. */
  readonly limit: number;
  /** Why nothing was deleted, in a sentence; undefined if deletions went ahead. */
  readonly refused: string | undefined;
  /** The projects that lose something, those that lose most first. */
  readonly projects: readonly ProjectDeletions[];
}

/** What one project would have lost or lost; the one without a name is for the loose files. */
export interface ProjectDeletions {
  readonly name: string;
  readonly pending: number;
  /** Of the first 1,000 paths of the run those in this project, below the destination, as text. */
  readonly paths: readonly string[];
}

/** What backup-dir has of this run, and what went from it. */
export interface VersionsReport {
  /** Directories with what the run deleted or replaced, absolute: one, or none where there was nothing of the kind. */
  readonly directories: readonly string[];
  /** Names in backup-dir of the directories of earlier runs that were removed because `keep` was over. */
  readonly removed: readonly string[];
}

/** What a dry run would do. */
export interface DryRunReport {
  /** The first 1,000 paths that would be copied or changed, as text, with rsync's itemized change in front. */
  readonly changes: readonly string[];
  readonly changesTotal: number;
}

/** Paths as text, below the source: the first 1,000, and how many there are. */
export interface PathList {
  readonly paths: readonly string[];
  readonly total: number;
}

/** What was read back and compared with the source by checksums. */
export interface VerificationReport {
  readonly mode: "changed" | "sample" | "full";
  /** Whether it came to its end: of a sample that of its budget. Not after a cancellation, or where an rsync did not come to all files. */
  readonly complete: boolean;
  readonly seconds: number;
  /** Files that were read back and are equal. */
  readonly files: number;
  readonly bytes: number;
  /** Files whose contents differ although size and time agree, so that no later run would copy them. */
  readonly mismatches: PathList;
  /** Files that could not be read, with the side and the error's code behind the path. */
  readonly unreadable: PathList;
  /** Files that differ in size or time too: written since they were copied; the next run copies them. */
  readonly changedMeanwhile: PathList;
  /** Files that the destination does not have: with `changed` they were copied; else they are new. */
  readonly notThere: PathList;
  /** Files that were to be read back and were gone at the source, or that filters or rsync-args keep out. */
  readonly notCompared: number;
  /** How far samples have come; undefined in the other modes. */
  readonly sample: SampleReport | undefined;
}

export interface SampleReport extends SampleProgress {
  /** Share of the source's bytes that this round has read back, 0–100. */
  readonly percent: number;
  /** Runs like this one until the round is over; undefined where this one read nothing. */
  readonly runsLeft: number | undefined;
}

/** What limited a run, and what that stands on. */
export interface DiagnosisReport extends Diagnosis {
  readonly bounds: Bounds | undefined;
  /** How the verdict compares with those of the last runs; undefined while there are too few. */
  readonly trend: string | undefined;
  /** What the diagnosis was made from: diagnosing it again gives the same. */
  readonly evidence: Evidence;
}

/** Everything that is known of a run; report.json is this, and every other form is made from it. */
export interface Report {
  readonly reportVersion: typeof reportVersion;
  readonly dailysyncVersion: string;
  readonly run: {
    readonly id: string;
    readonly startedAt: Moment;
    readonly endedAt: Moment;
    readonly seconds: number;
    readonly dryRun: boolean;
    /** The workflow run's address; undefined outside a workflow. */
    readonly url: string | undefined;
  };
  readonly result: Result;
  /** Why the result is not success: one sentence each. */
  readonly reasons: readonly string[];
  /** What a person should know although nothing failed: one sentence each. */
  readonly notices: readonly string[];
  /** The run before this one with the same source and destination; undefined for the first. */
  readonly previousRun: { readonly startedAt: Moment; readonly seconds: number; readonly result: Result } | undefined;
  /** How it compares with the runs before; undefined for a run that was refused. */
  readonly trends: Trends | undefined;
  readonly source: string;
  /** What the source is, by which another one in its place is noticed; undefined where it was not found. */
  readonly sourceIdentity: SourceIdentity | undefined;
  readonly destination: string;
  readonly parallelism: {
    /** The most rsyncs that ran at once. */
    readonly lanes: number;
    readonly chosenBy: string;
    /** Undefined where nothing was surveyed. */
    readonly usableCpus: number | undefined;
    /** What most of the work was; undefined where nothing was surveyed. */
    readonly work: Work | undefined;
    /** How the number was changed while the run went on. */
    readonly steps: readonly TuningStep[];
    /** What each number of lanes achieved: estimated seconds of one rsync's work that were done in a second. */
    readonly rates: readonly LaneRate[];
  };
  readonly totals: {
    readonly projects: number;
    readonly failedProjects: number;
    readonly files: number;
    readonly directories: number;
    readonly filesTransferred: number;
    readonly filesDeleted: number;
    readonly bytes: number;
    readonly bytesTransferred: number;
  };
  readonly phases: readonly { readonly name: string; readonly startedAtSeconds: number; readonly seconds: number }[];
  /** What limited the run; undefined where nothing was copied or measured. */
  readonly diagnosis: DiagnosisReport | undefined;
  readonly projects: readonly ProjectReport[];
  /** Paths below the source that no pattern matched: the first 1,000, and how many in all. */
  readonly notCovered: { readonly paths: readonly string[]; readonly total: number };
  /** Projects that the destination has and the source no longer has: kept. */
  readonly vanishedProjects: readonly string[];
  /** Those of them that were not: with delete-projects, within the limit. */
  readonly deletedProjects: readonly string[];
  readonly deletions: DeletionReport | undefined;
  /** Undefined without backup-dir, and where nothing was there that could have been replaced. */
  readonly versions: VersionsReport | undefined;
  readonly wouldChange: DryRunReport | undefined;
  /** Undefined unless something was to be read back and the run came that far. */
  readonly verification: VerificationReport | undefined;
  readonly shards: readonly ShardReport[];
  readonly attempts: readonly AttemptReport[];
  readonly rsync: { readonly version: string | undefined; readonly arguments: readonly string[] };
  readonly machine: Inventory | undefined;
  readonly resources: Measurement | undefined;
}
