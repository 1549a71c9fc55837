/** What `preserve` can ask for beyond `rsync -a`. */
export const preservable = ["hard-links", "acls", "xattrs", "atimes", "sparse"] as const;
export type Preservable = (typeof preservable)[number];

/** How much a run may delete: a number of entries, or a share of the destination's entries. */
export type DeletionLimit =
  | { readonly kind: "entries"; readonly entries: number }
  | { readonly kind: "percent"; readonly percent: number };

/** What is read back at the end of a run and compared with the source. */
export const verifications = ["none", "changed", "sample", "full"] as const;
export type Verification = (typeof verifications)[number];

/** How much of everything a sample reads back. */
export type VerifyBudget =
  | { readonly kind: "seconds"; readonly seconds: number }
  | { readonly kind: "percent"; readonly percent: number };

/** Every input, checked and in the form that the stages use. Paths are absolute, without a trailing slash. */
export interface Inputs {
  /** The directory whose projects are backed up. */
  readonly source: string;
  /** The directory that receives them; it may not exist yet. */
  readonly destination: string;
  /** Patterns below source, one each, `!` in front excludes. Never empty. */
  readonly projects: readonly string[];
  /** How many rsyncs at once, 1–256, or `auto`. */
  readonly parallelism: number | "auto";
  readonly delete: boolean;
  readonly maxDelete: DeletionLimit;
  /** Whether whole projects that vanished from the source are deleted too. */
  readonly deleteProjects: boolean;
  /** Whether it is right that the source is another directory than before, or that projects have become empty. */
  readonly sourceChangedOk: boolean;
  /** Where what is deleted or replaced goes, absolute; undefined: nowhere. */
  readonly backupDir: string | undefined;
  /** Days that it stays there; 0: for ever. */
  readonly keepDays: number;
  /** rsync exclude patterns, anchored at source. */
  readonly exclude: readonly string[];
  /** rsync filter rules. */
  readonly filter: readonly string[];
  readonly preserve: ReadonlySet<Preservable>;
  /** Whether what is mounted inside a project is left out. */
  readonly oneFileSystem: boolean;
  /** Further arguments for every rsync, one each. */
  readonly rsyncArgs: readonly string[];
  /** Bytes a second for the whole run; undefined: unlimited. */
  readonly bandwidthLimit: number | undefined;
  /** Retries per shard for failures that can pass. */
  readonly retries: number;
  /** Seconds without I/O after which an rsync gives up; 0: never. */
  readonly timeout: number;
  readonly failFast: boolean;
  /** Whether the run ends only when the destination's storage has everything. */
  readonly sync: boolean;
  readonly verify: Verification;
  readonly verifyBudget: VerifyBudget;
  readonly requireMount: "source" | "destination" | "both" | undefined;
  /** A name that must be in the destination itself; undefined: none. */
  readonly marker: string | undefined;
  /** Seconds to wait for another run with the same destination. */
  readonly lockWait: number;
  readonly dryRun: boolean;
  readonly reportDir: string;
  readonly stateDir: string;
  /** Receives metrics for Prometheus; undefined: nothing does. */
  readonly metricsFile: string | undefined;
}
