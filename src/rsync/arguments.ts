import type { Preservable } from "../inputs/inputs.ts";
import type { Shard } from "../plan/shard.ts";

/** What every rsync of a run has in common. */
export interface RsyncSettings {
  readonly source: string;
  readonly destination: string;
  readonly delete: boolean;
  /** The most that the whole run may delete; undefined until it was counted. */
  readonly mostDeletions?: number;
  readonly dryRun: boolean;
  /** Where what is deleted or replaced goes, in the structure of the destination; undefined: nowhere. */
  readonly replacedTo?: string | undefined;
  readonly preserve: ReadonlySet<Preservable>;
  readonly oneFileSystem: boolean;
  readonly filter: readonly string[];
  readonly exclude: readonly string[];
  readonly rsyncArgs: readonly string[];
  /** Bytes a second for this one process; undefined: unlimited. */
  readonly bandwidthLimit: number | undefined;
  readonly timeout: number;
}

/** What one rsync is asked to tell on its standard output, beside its statistics. */
export type Detail =
  /** Nothing. */
  | "nothing"
  /** The progress of the whole. */
  | "progress"
  /** A line for every entry that changes. */
  | "changes"
  /** A line for every entry. */
  | "entries";

const preserveOptions: Record<Preservable, string> = {
  "hard-links": "--hard-links",
  acls: "--acls",
  xattrs: "--xattrs",
  atimes: "--atimes",
  sparse: "--sparse",
};

/** The prefix of the lines that `Detail` asks for; rsync escapes control characters in names, so no name can begin a line. */
export const itemPrefix = "item ";

/**
 * The arguments of one rsync; its names come on standard input, NUL-separated, except for `whole`.
 *
 * Pure. `-a` is `-rlptgoD` (rsync's manual); shards differ from it only in how deep they go.
 *
 * @param folderRules file with rules for the folders' entries (see folderRules), for the kinds `loose`, `loose-sweep` and `whole`
 */
export function rsyncArguments(
  settings: RsyncSettings,
  { kind, fresh, portions }: Pick<Shard, "kind" | "fresh" | "portions">,
  detail: Detail,
  folderRules: string | undefined,
): string[] {
  const { source, destination } = settings;
  const args = ["-lptgoD", kind === "deep" || kind === "whole" ? "--recursive" : "--dirs"];
  if (kind !== "whole") args.push("--from0", "--files-from=-");
  // Removes nothing where only files are listed (slice), but lets a directory that must make way for a file go with its contents.
  if (settings.delete && kind !== "skeleton" && kind !== "relink") args.push("--delete");
  // The run's limit once more, for what changed after the count: an rsync that would go beyond it alone stops (25).
  if (settings.delete && kind !== "skeleton" && kind !== "relink" && settings.mostDeletions !== undefined)
    args.push(`--max-delete=${Math.min(settings.mostDeletions, 2 ** 31 - 1)}`);
  if (kind === "sweep" || kind === "loose-sweep") args.push("--existing", "--ignore-existing");
  if (settings.dryRun) args.push("--dry-run");
  // --backup-dir alone means --backup only since rsync 3.2.3; and without another suffix names stay as they are (options.c).
  if (settings.replacedTo !== undefined) args.push("--backup", `--backup-dir=${settings.replacedTo}`);
  for (const [name, option] of Object.entries(preserveOptions))
    if (settings.preserve.has(name as Preservable)) args.push(option);
  // Each listed directory is a beginning; the whole source as the only one would leave out projects that are mounted themselves.
  if (settings.oneFileSystem && kind !== "whole") args.push("--one-file-system");
  if (settings.bandwidthLimit !== undefined)
    args.push(`--bwlimit=${Math.max(1, Math.floor(settings.bandwidthLimit / 1024))}`);
  if (settings.timeout > 0) args.push(`--timeout=${settings.timeout}`);
  args.push(...settings.rsyncArgs);
  // With -H and incremental recursion rsync 3.5.0 waits for ever for the names of a linked file whose first name failed
  // (a directory in its place that may not go: seed 1535 of the random trees); without, it says so and goes on.
  // And the list as a whole is cheaper, as long as there is memory for it.
  const entries = portions.reduce((sum, portion) => sum + portion.entries, 0);
  if (settings.preserve.has("hard-links") || entries <= mostListedAtOnce) args.push("--no-inc-recursive");
  if (fresh && !settings.dryRun && mayWriteInPlace(settings)) args.push("--inplace");
  args.push("--no-human-readable", `--info=stats2${detail === "progress" ? ",progress2" : ""}`);
  if (detail === "changes" || detail === "entries")
    args.push(detail === "entries" ? "-ii" : "-i", `--out-format=${itemPrefix}%i %l %n`);
  // The root is listed as ".", which a pattern like ".*" would keep from getting its mode and time.
  if (kind !== "whole") args.push("--filter=+ /.");
  if (folderRules !== undefined) args.push(`--filter=. ${folderRules}`);
  args.push(...filterArguments(settings));
  args.push("--", withSlash(source), withSlash(destination));
  return args;
}

/**
 * Entries of which rsync makes one list before it begins, some 100 bytes for each in three processes. Copying 30,000 files that way
 * took 12 % less CPU and 5 % less time on a memory file system (1.44 s to 1.29 s, 1.04 s to 1.00 s), and 11 % less time with 0.5 ms
 * to each answer.
 */
export const mostListedAtOnce = 250_000;
// Measured in the same way and left alone, since it made no difference: --checksum-choice=xxh64, --preallocate, --no-msgs2stderr.
// --whole-file is what rsync does between two directories of one machine.

/** Arguments with which a file that was cut off under its own name is found and repaired by the next run. */
const repairable =
  /^--(checksum|checksum-choice=.*|chmod=.*|fsync|no-group|no-owner|numeric-ids|omit-dir-times|whole-file)$/;

/**
 * Whether new files may be written under their names at once, without a temporary file to be renamed: 9 % less time for 30,000
 * files on a memory file system (with a list made at once 1.00 s to 0.93 s), 17 % with 0.5 ms to each answer (8.2 s to 6.8 s for 824
 * files). Only for files that the destination lacks. One that is cut off has another time than at the source, so that the next run
 * copies it again; not with arguments that look at less than that. rsync before 3.3.0 lost the end of sparse files this way.
 */
function mayWriteInPlace({ rsyncArgs, preserve }: RsyncSettings): boolean {
  return !preserve.has("sparse") && rsyncArgs.every((argument) => repairable.test(argument));
}

/** The user's rules: filters first, so that an include among them can save what an exclude pattern would take. */
export function filterArguments({ filter, exclude }: Pick<RsyncSettings, "filter" | "exclude">): string[] {
  return [...filter.map((rule) => `--filter=${rule}`), ...exclude.map((pattern) => `--exclude=${pattern}`)];
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
