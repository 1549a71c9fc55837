import type { Inputs } from "../inputs/inputs.ts";
import { complaintAbout } from "../rsync/query.ts";
import { type BackupDir, checkBackupDir } from "./backup-dir.ts";
import { missingMounts } from "./guards.ts";
import { howToMark, markerMissing } from "./marker.ts";
import { readMounts } from "./mounts.ts";
import { checkDestination, checkSource, overlap, type Place, placeAt } from "./places.ts";
import { findRsync, type RsyncBinary } from "./rsync.ts";
import { type SourceIdentity, sourceIdentity } from "./source-identity.ts";

/** What could be found, and what a person must solve first. */
export interface Preflight {
  readonly rsync: RsyncBinary | undefined;
  readonly source: Place | undefined;
  readonly sourceIdentity: SourceIdentity | undefined;
  readonly destination: Place | undefined;
  readonly backupDir: BackupDir | undefined;
  /** Mount points below the source. */
  readonly mountsBelow: readonly Place[];
  readonly problems: readonly string[];
}

/**
 * Checks the machine against the inputs, writing nothing but in `directory`: every problem is found, not only the first.
 *
 * @param problems those of the inputs, found before; what they are about is not checked again
 */
export async function preflight(
  inputs: Inputs,
  problems: readonly string[],
  directory: string,
  signal: AbortSignal,
): Promise<Preflight> {
  const found = [...problems];
  const blamed = (input: string): boolean => problems.some((problem) => problem.startsWith(`${input} `));
  const [rsync, source, destination] = await Promise.all([
    findRsync(signal),
    blamed("source") ? undefined : checkSource(inputs.source, inputs.delete),
    blamed("destination") ? undefined : checkDestination(inputs.destination),
  ]);
  const mounts = readMounts();

  for (const checked of [source, destination]) if (checked?.problem !== undefined) found.push(checked.problem);
  if (source?.place && destination?.place) {
    const conflict = overlap(source.place, destination.place, mounts);
    if (conflict !== undefined) found.push(conflict);
  }
  const { backupDir } = inputs;
  const kept =
    backupDir === undefined || blamed("backup-dir") || !source?.place || !destination?.place
      ? undefined
      : await checkBackupDir({ ...inputs, backupDir }, source.place, destination.place, mounts);
  found.push(...(kept?.problems ?? []));
  found.push(...missingMounts(inputs, { source: source?.place, destination: destination?.place }, mounts));
  if (inputs.marker !== undefined && !blamed("marker") && destination?.place !== undefined) {
    const complaint = await markerMissing(destination.place.realPath, inputs.marker);
    if (complaint !== undefined) found.push(`${complaint}; ${howToMark(inputs.marker)}`);
  }
  if (typeof rsync === "string") found.push(rsync);
  else if (!["rsync-args", "filter", "exclude"].some(blamed)) {
    const complaint = await complaintAbout({ rsync: rsync.path, launcher: rsync.launcher, directory, signal }, inputs);
    if (complaint !== undefined)
      found.push(`rsync ${rsync.version} does not accept what rsync-args, filter or exclude say: ${complaint}`);
  }
  return {
    rsync: typeof rsync === "string" ? undefined : rsync,
    source: source?.place,
    sourceIdentity: source?.place && (await sourceIdentity(source.place, mounts)),
    destination: destination?.place,
    backupDir: kept?.place,
    mountsBelow: mounts
      .map(({ mountPoint }) => mountPoint)
      .filter((mountPoint) => source?.place !== undefined && mountPoint.startsWith(`${source.place.realPath}/`))
      .map(placeAt)
      // What does not answer (another user's FUSE mount, a name that is no text) cannot be told from another one later.
      .filter(({ identity }) => identity !== undefined),
    problems: found,
  };
}
