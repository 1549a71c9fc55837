import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { messageOf } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import type { Mount } from "../measure/storage.ts";
import { readMounts } from "../preflight/mounts.ts";
import { isWithin } from "../preflight/places.ts";
import { complaintOf, findProgram, type Launcher } from "../program.ts";
import type { RunRecord } from "../record.ts";
import { momentOfVersions } from "./versions.ts";
import type { Workshop } from "./workshop.ts";

const dayMs = 86_400_000;

/** Whether a run is one after which old versions may go: it kept some itself if there were any, and ended well. */
export function mustExpire({ inputs, versions, reasons, ends }: RunRecord): boolean {
  const endedWell = reasons.length === 0 && ends.every(({ state }) => state === "complete" || state === "vanished");
  return versions !== undefined && inputs.keepDays > 0 && !inputs.dryRun && endedWell;
}

/**
 * Names of directories of earlier runs that are older than `days`, oldest first.
 *
 * Their age is that at the present or, if that is earlier, at the newest of them: a clock that jumped ahead makes all of them old at
 * once, and one run with it must not remove them all. (A clock that stays wrong for several runs cannot be told from a backup
 * that was not run for so long.) A clock that is behind makes nothing old.
 *
 * @param names of directories in backup-dir, without those of this run
 */
export function expiredVersions(names: readonly string[], days: number, now: Date): string[] {
  const dated = names.flatMap((name) => {
    const moment = momentOfVersions(name);
    return moment === undefined ? [] : [{ name, moment }];
  });
  const newest = dated.reduce((latest, { moment }) => Math.max(latest, moment), Number.NEGATIVE_INFINITY);
  const before = Math.min(now.getTime(), newest) - days * dayMs;
  return dated
    .filter(({ moment }) => moment < before)
    .sort((a, b) => a.moment - b.moment)
    .map(({ name }) => name);
}

/**
 * Removes the directories of earlier runs for which `keep` is over. What cannot be removed is a warning: the backup is complete.
 *
 * By rm, which no directory that is exchanged for a symbolic link meanwhile leads astray: what lies there belongs to the owners of
 * the files, and Node goes by paths.
 */
export async function expire(
  record: RunRecord,
  { backupDir, launcher }: Pick<Workshop, "backupDir" | "launcher">,
  signal: AbortSignal,
  mounts: readonly Mount[] = readMounts(),
): Promise<void> {
  const { versions, inputs } = record;
  if (backupDir === undefined || versions === undefined) return;
  const root = backupDir.realPath;
  const own = new Set(versions.directories.map((directory) => basename(directory)));
  const removed: string[] = [];
  const unable = (name: string, why: string): void => {
    record.warnings.push(
      `${quoted(join(root, name))} in backup-dir is older than keep allows and could not be removed: ${why}`,
    );
  };
  try {
    const entries = await readdir(root, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory() && !own.has(entry.name)).map(({ name }) => name);
    for (const name of expiredVersions(names, inputs.keepDays, record.startedAt)) {
      const why = await removal(join(root, name), launcher, mounts, signal);
      // What is left goes another time: the backup itself is complete.
      if (signal.aborted) break;
      if (why === undefined) removed.push(name);
      else unable(name, why);
    }
  } catch (error) {
    record.warnings.push(
      `backup-dir ${quoted(root)} could not be looked through for what keep is over for: ${messageOf(error)}`,
    );
  }
  record.versions = { ...versions, removed };
}

/** Removes a directory with all that is in it; a text is why that was not possible. */
async function removal(
  directory: string,
  launcher: Launcher,
  mounts: readonly Mount[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const mounted = mounts.find(({ mountPoint }) => isWithin(mountPoint, directory));
  if (mounted !== undefined) return `${quoted(mounted.mountPoint)} is mounted in it`;
  const program = findProgram("rm");
  if (program === undefined) return "there is no program rm on this machine";
  return complaintOf({ program, launcher, arguments: ["-rf", "--", directory] }, signal);
}
