// Which of rsync's options `rsync-args` may hold. The names are those of rsync 3.5.0's table (options.c, long_options) and
// its manual; a name of one letter is a short option. rsync accepts no abbreviations, so these names are all there are.

/** Options without a value that keep the promises, or weaken only what the user names (`--no-owner`). */
export const allowedFlags: ReadonlySet<string> = words(`
  checksum c no-checksum no-c ignore-times I size-only
  update u ignore-existing
  whole-file W no-whole-file no-W fuzzy y no-fuzzy no-y
  inplace no-inplace partial no-partial preallocate fsync open-noatime no-open-noatime
  inc-recursive i-r no-inc-recursive no-i-r
  owner o no-owner no-o group g no-group no-g numeric-ids no-numeric-ids
  perms p no-perms no-p executability E
  times t no-times no-t omit-dir-times O no-omit-dir-times no-O omit-link-times J no-omit-link-times no-J
  links l no-links no-l D no-D devices no-devices specials no-specials
  super no-super fake-super
`);

/** Options with a value that are allowed, with the manual's word for the value. */
export const allowedWithValue: ReadonlyMap<string, string> = new Map([
  ["max-size", "SIZE"],
  ["min-size", "SIZE"],
  ["max-alloc", "SIZE"],
  ["block-size", "SIZE"],
  ["B", "SIZE"],
  ["checksum-choice", "NAME"],
  ["cc", "NAME"],
  ["checksum-seed", "NUMBER"],
  ["modify-window", "SECONDS"],
  ["@", "SECONDS"],
  ["chmod", "CHANGES"],
  ["chown", "USER:GROUP"],
  ["usermap", "FROM:TO"],
  ["groupmap", "FROM:TO"],
]);

/** Short options that take the rest of their argument as a value: in `-Bn` there is no `-n`. */
export const shortWithValue: ReadonlySet<string> = words("B e f M T @");

/**
 * Options that leave a file that was cut off under its final name, and options that then take it for complete. One of
 * each, and the next run would not repair what a cancelled one left.
 */
export const leavesPartialFiles: ReadonlySet<string> = words("inplace partial");
export const skipsExistingFiles: ReadonlySet<string> = words("update u ignore-existing size-only");

/** Why an option is refused, by name. Its negation (`--no-` in front) is refused too unless allowed. */
export const refusalReasons: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "use the inputs delete and max-delete, which count every deletion of the run before the first one":
      "del delete delete-before delete-during delete-delay delete-after delete-excluded delete-missing-args max-delete",
    "it deletes although something could not be read or is not empty; use the inputs delete and max-delete":
      "force ignore-errors",
    "it deletes files at the source, and a backup only reads there": "remove-source-files remove-sent-files",
    "it hides that something is missing at the source": "ignore-missing-args",
    "use the input dry-run": "dry-run n",
    "use the input bandwidth-limit, which the rsyncs share": "bwlimit",
    "use the input timeout": "timeout",
    "use the input preserve": "hard-links H acls A xattrs X atimes U sparse S",
    "use the inputs exclude and filter: dailysync must know the rules to split the work at the right places":
      "exclude include exclude-from include-from filter f F cvs-exclude C",
    "dailysync chooses what each rsync copies; use the inputs source, projects, exclude and filter":
      "files-from from0 0 relative R recursive r dirs d old-dirs old-d implied-dirs i-d list-only",
    "it is always in use; leave it out": "archive a",
    "it is decided by what one rsync sees, and each rsync sees a part only; use the inputs exclude and filter":
      "prune-empty-dirs m",
    "use the input one-file-system": "one-file-system x",
    "dailysync makes directories before their files, which this option forbids": "existing ignore-non-existing",
    "dailysync makes the destination itself": "mkpath",
    "it copies what a link points to or follows links at the destination, so that the backup is no exact copy":
      "copy-links L copy-unsafe-links copy-dirlinks k keep-dirlinks K munge-links safe-links",
    "it lets a link that somebody else made redirect the copy; name the directory that the link points to":
      "insecure-links",
    "it copies from or to whole devices instead of files": "copy-devices write-devices",
    "it trusts what the destination already has without comparing it": "append append-verify",
    "it leaves directories of its own at the destination when a run is cut off": "partial-dir delay-updates",
    "what a killed run leaves there would never be found again": "temp-dir T",
    "use the input backup-dir, which keeps what is deleted or replaced outside the copy": "backup b backup-dir suffix",
    "the checks of free space and of deletions know nothing of another directory": "compare-dest copy-dest link-dest",
    "names must be the same on both sides": "iconv",
    "dailysync reads what rsync prints and asks for it in its own form; the report and the debug log have the details":
      "verbose v quiet q info debug stderr msgs2stderr stats human-readable h progress P itemize-changes i out-format log-format log-file log-file-format 8-bit-output 8 outbuf",
    "it prints something and copies nothing": "help version V",
    "it ends an rsync in the middle of its work; use timeout-minutes of the step or job":
      "stop-after time-limit stop-at",
    "it records or replays a copy instead of making it": "write-batch only-write-batch read-batch",
    "it changes the account in the middle of the run; run dailysync under that account": "copy-as",
    "both sides are directories of this machine, and dailysync starts both":
      "rsh e rsync-path daemon server sender config dparam detach address port sockopts password-file early-input remote-option M blocking-io motd contimeout protocol ipv4 4 ipv6 6 old-args secluded-args s protect-args trust-sender",
    "both sides are directories of this machine, where compressing only costs time":
      "compress z old-compress new-compress compress-choice zc compress-level zl compress-threads zt skip-compress",
  }).flatMap(([reason, names]) => [...words(names)].map((name) => [name, reason] as const)),
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
