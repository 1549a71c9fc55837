import { type Report, reportVersion } from "./report.ts";

/** What is known of a run that was refused. */
export interface Refusal {
  /** Why, one sentence each. */
  readonly problems: readonly string[];
  /** As the inputs gave them; empty when they are what is missing. */
  readonly source: string;
  readonly destination: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly runId: string;
  readonly dailysyncVersion: string;
  readonly dryRun: boolean;
  /** The workflow run's address. */
  readonly url: string | undefined;
  /** `cancelled` when it was stopped before anything started; a failure unless given. */
  readonly result?: "failure" | "cancelled";
  readonly rsyncVersion?: string | undefined;
}

/** The report of a run that ended before anything started: its problems are the reasons, all figures are zero. */
export function refusedReport(refusal: Refusal): Report {
  return {
    reportVersion,
    dailysyncVersion: refusal.dailysyncVersion,
    run: {
      id: refusal.runId,
      startedAt: refusal.startedAt.toISOString(),
      endedAt: refusal.endedAt.toISOString(),
      seconds: Math.max(0, refusal.endedAt.getTime() - refusal.startedAt.getTime()) / 1000,
      dryRun: refusal.dryRun,
      url: refusal.url,
    },
    result: refusal.result ?? "failure",
    reasons: refusal.problems,
    notices: [],
    previousRun: undefined,
    trends: undefined,
    source: refusal.source,
    sourceIdentity: undefined,
    destination: refusal.destination,
    parallelism: {
      lanes: 0,
      chosenBy: "nothing was started",
      usableCpus: undefined,
      work: undefined,
      steps: [],
      rates: [],
    },
    totals: {
      projects: 0,
      failedProjects: 0,
      files: 0,
      directories: 0,
      filesTransferred: 0,
      filesDeleted: 0,
      bytes: 0,
      bytesTransferred: 0,
    },
    phases: [],
    diagnosis: undefined,
    projects: [],
    notCovered: { paths: [], total: 0 },
    vanishedProjects: [],
    deletedProjects: [],
    deletions: undefined,
    versions: undefined,
    wouldChange: undefined,
    verification: undefined,
    shards: [],
    attempts: [],
    rsync: { version: refusal.rsyncVersion, arguments: [] },
    machine: undefined,
    resources: undefined,
  };
}
