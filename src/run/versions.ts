import { chmod, chown, mkdir, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BytePath } from "../byte-path.ts";
import { codeOf, messageOf, RefusedError } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import type { Shard } from "../plan/shard.ts";
import { type Place, placeAt } from "../preflight/places.ts";
import { complaintOf, findProgram } from "../program.ts";
import { nulSeparated } from "../rsync/names.ts";
import type { Workshop } from "./workshop.ts";

/** Where a run keeps what it deletes and replaces, in the structure of the destination. */
export interface Versions {
  /** The run's directory, named after its start. */
  readonly first: Place;
  /**
   * The directory for what an rsync replaces: the first, or a further one for an rsync whose names another of this run may have
   * replaced before. That would put what this run has copied over the version from before, since rsync keeps one of each name.
   */
  readonly placeFor: (shard: Shard, attemptNumber: number) => Promise<string>;
  /** All of them, in the order in which they were made. */
  readonly places: () => readonly VersionsPlace[];
}

export interface VersionsPlace {
  readonly directory: string;
  /** Names (with `./` in front) that can be older versions there, where others are copies of this run; undefined: all. */
  readonly names: readonly BytePath[] | undefined;
}

/** More than any number of runs that begin in the same second, and of rsyncs that are tried again. */
const mostOfOneSecond = 100_000;

/** `2026-11-26T02-17-05Z`: no colons, which some file systems and programs do not take. */
export function versionsName(startedAt: Date): string {
  return startedAt
    .toISOString()
    .replace(/:/g, "-")
    .replace(/\.\d+Z$/, "Z");
}

/** The moment that a name stands for, in milliseconds since 1970; undefined for a name that no run gives. */
export function momentOfVersions(name: string): number | undefined {
  const [, date, hours, minutes, seconds] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z(?:-[1-9]\d*)?$/.exec(name) ?? [];
  if (date === undefined) return undefined;
  const moment = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(moment) ? undefined : moment;
}

/**
 * Makes the directory of a run in backup-dir, and backup-dir if it is not there. Both get the owner and mode of the destination, so
 * that nobody sees there what he does not see here. rsync makes the rest, in any number of processes: one that finds a directory
 * made meanwhile takes it (backup.c, copy_valid_path), and gives it the owner and mode of its twin at the destination.
 *
 * @param linked names for the last pass for hard links that the destination has before the run
 * @throws RefusedError where that cannot be done
 */
export async function makeVersions(
  backupDir: Place,
  destination: string,
  startedAt: Date,
  linked: ReadonlySet<BytePath>,
): Promise<Versions> {
  const places: VersionsPlace[] = [];
  const name = versionsName(startedAt);
  const make = async (names: readonly BytePath[] | undefined): Promise<string> => {
    for (let count = 1; count < mostOfOneSecond; count++) {
      const directory = `${backupDir.realPath}/${name}${count === 1 ? "" : `-${count}`}`;
      if (!(await makeLike(destination, directory))) continue;
      places.push({ directory, names });
      return directory;
    }
    throw new Error(`${quoted(backupDir.realPath)} has too many directories named ${name}`);
  };
  try {
    if (!backupDir.exists) await makeLike(destination, backupDir.realPath);
    const first = placeAt(await make(undefined));
    return {
      first,
      placeFor: async ({ kind, names }, attemptNumber) => {
        if (kind === "relink") return make(names.filter((one) => linked.has(one)));
        return attemptNumber === 0 ? first.realPath : make(undefined);
      },
      places: () => places,
    };
  } catch (error) {
    throw new RefusedError([
      `backup-dir ${quoted(backupDir.realPath)} cannot receive what the run replaces (${messageOf(error)}): give this user the rights, or name another directory`,
    ]);
  }
}

/** Makes a directory with the owner and mode of another; the result is false if something of its name is there. */
async function makeLike(model: string, path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  const { uid, gid, mode } = await stat(model);
  try {
    await chown(path, uid, gid);
    // Whoever runs this has to get in.
    await chmod(path, (mode & 0o7777) | 0o700);
  } catch {
    // It cannot be given to the destination's owner or group: then it stays closed to all others.
  }
  return true;
}

/** What is left of a run's directories. */
export interface SettledVersions {
  /** One, usually; none where the run replaced nothing. */
  readonly directories: readonly string[];
  /** Why they are not one, or undefined. */
  readonly complaint: string | undefined;
}

/**
 * Makes one directory of a run's: what a further one holds goes to the first, unless that has something of the name, which is the
 * older version; the other is then a copy of this run, and goes. Empty directories go, the first too where nothing was replaced.
 *
 * By rsync and rm: what lies there belongs to the owners of the files, who might put a symbolic link in the place of a directory
 * while Node goes by paths. A cancellation leaves further directories as they are.
 */
export async function settleVersions(
  versions: Versions,
  {
    rsync,
    launcher,
    directory,
    settings: { preserve },
  }: Pick<Workshop, "rsync" | "launcher" | "directory" | "settings">,
  signal: AbortSignal,
): Promise<SettledVersions> {
  const [first, ...further] = versions.places();
  if (first === undefined) return { directories: [], complaint: undefined };
  const left: string[] = [];
  let complaint: string | undefined;
  const succeeds = async (
    program: string | undefined,
    args: readonly string[],
    input = "/dev/null",
  ): Promise<boolean> => {
    if (program === undefined || signal.aborted) return false;
    const said = await complaintOf({ program, launcher, arguments: args, input }, signal);
    complaint ??= said;
    return said === undefined;
  };
  const list = join(directory, "versions");
  for (const { directory: from, names } of further) {
    if (await removeIfEmpty(from)) continue;
    if (names !== undefined) await writeFile(list, nulSeparated(names));
    const args = [
      ...["-a", ...(["acls", "xattrs"] as const).filter((one) => preserve.has(one)).map((one) => `--${one}`)],
      ...(names === undefined ? [] : ["--from0", "--files-from=-", "--ignore-missing-args"]),
      ...["--ignore-existing", `--link-dest=${from}`, "--", `${from}/`, `${first.directory}/`],
    ];
    const merged = names?.length === 0 || (await succeeds(rsync, args, names === undefined ? undefined : list));
    if (!merged || !(await succeeds(findProgram("rm"), ["-rf", "--", from]))) left.push(from);
  }
  return { directories: [...((await removeIfEmpty(first.directory)) ? [] : [first.directory]), ...left], complaint };
}

async function removeIfEmpty(directory: string): Promise<boolean> {
  try {
    await rmdir(directory);
    return true;
  } catch (error) {
    return codeOf(error) === "ENOENT";
  }
}
