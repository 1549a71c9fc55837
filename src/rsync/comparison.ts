import type { BytePath } from "../byte-path.ts";
import { filterArguments, type RsyncSettings } from "./arguments.ts";
import { unescapeName } from "./escaped-name.ts";

/** What one rsync says of a regular file that it compared by checksums. */
export interface ComparedFile {
  readonly path: BytePath;
  /** At the source. */
  readonly bytes: number;
  /**
   * - `equal`: so are the contents.
   * - `different`: the contents are not, although size and time are, so that no later run would copy the file again.
   * - `changed`: the contents are not, and size or time neither, so that the next run copies it.
   * - `absent`: the destination does not have it.
   */
  readonly finding: "equal" | "different" | "changed" | "absent";
  /** Whether its mode lets everybody read it; see comparisonArguments. */
  readonly openToAll: boolean;
}

const prefix = "compared ";

/** Of no use in a comparison, or in its way: with the first rsync passes over what the destination has, with the others it compares nothing. */
const notForComparing = /^--(ignore-existing|(checksum-choice|cc)=.*)$/;

/**
 * The arguments of an rsync that compares files by their contents and changes nothing. Their names come on standard input,
 * NUL-separated. What else the user asked for is passed on, so that the same files count (`--max-size`).
 *
 * A file that rsync cannot open has a checksum of zeros to it, without a word (checksum.c, file_checksum): one that neither side
 * can read is equal. So the output tells who may read each file at the source. Parents are looked at too (no `--no-implied-dirs`):
 * below a symbolic link at the destination nothing of ours is found. No `--timeout`: while rsync reads a large file it says nothing
 * to its other half, which would take that for a connection that is dead.
 *
 * @param leavesAccessTimes reading changes no access time: only for those whom the kernel allows it, rsync 3.2.0 and later
 */
export function comparisonArguments(
  settings: Pick<RsyncSettings, "source" | "destination" | "rsyncArgs" | "filter" | "exclude">,
  leavesAccessTimes: boolean,
): string[] {
  return [
    "--from0",
    "--files-from=-",
    ...settings.rsyncArgs.filter((argument) => !notForComparing.test(argument)),
    ...(leavesAccessTimes ? ["--open-noatime"] : []),
    // Behind the user's: the last of an option and its opposite holds.
    ...["--dry-run", "--checksum", "--times"],
    ...["-ii", `--out-format=${prefix}%i %l %B %n`, "--no-human-readable", "--info=stats2"],
    // The root is listed as ".", which a pattern like ".*" would take away.
    ...["--filter=+ /.", ...filterArguments(settings)],
    ...["--", `${settings.source}/`, `${settings.destination}/`],
  ];
}

/** A line of that output about a regular file, or undefined for any other. */
export function readComparedFile(line: string): ComparedFile | undefined {
  const match = /^compared (.f.{9}) (\d+) (\S{9}) (.*)$/.exec(line);
  if (match === null) return undefined;
  const [, change = "", bytes = "0", permissions = "", printed = ""] = match;
  return {
    path: unescapeName(printed),
    bytes: Number(bytes),
    finding: findingOf(change),
    openToAll: /^r..r..r..$/.test(permissions),
  };
}

/** The change's characters are `YXcstpoguax` (manual, --itemize-changes). */
function findingOf(change: string): ComparedFile["finding"] {
  if (change[2] === "+") return "absent";
  if (change[2] !== "c") return "equal";
  return change[3] === "s" || change[4] !== "." ? "changed" : "different";
}
