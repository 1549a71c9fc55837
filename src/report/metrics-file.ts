import { randomBytes } from "node:crypto";
import { closeSync, constants, fchmodSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { codeOf, messageOf } from "../errors.ts";
import { readHistory } from "../history/history.ts";
import { metrics } from "./metrics.ts";
import { isBackup, type Report } from "./report.ts";

/** Unlike a report it is there to be read by another user, node_exporter's; of names it has those of the projects alone. */
const readableByAll = 0o644;

/**
 * Writes a run's metrics for node_exporter's textfile collector, whole or not at all. The file's name is never followed if it is a link:
 * the directory may belong to another user. Dry runs write nothing: they are no backups.
 *
 * The time of the last success comes from the history, which already has this run and outlives a file that is lost; where it knows of none
 * the time is 0, so that an alert comes early rather than never.
 *
 * @param path of the file, whose directory must exist
 * @returns why it could not be written
 */
export function writeMetrics(report: Report, path: string, stateDir: string): string | undefined {
  if (report.run.dryRun) return undefined;
  const text = metrics([{ report, lastSuccess: lastSuccess(report, stateDir) }]);
  // Not .prom at its end: the collector would read half of it.
  const unfinished = `${path}.${randomBytes(8).toString("hex")}.tmp`;
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  let made = false;
  try {
    const file = openSync(unfinished, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, readableByAll);
    made = true;
    try {
      writeFileSync(file, text);
      // Whatever the umask is.
      fchmodSync(file, readableByAll);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
    return undefined;
  } catch (error) {
    if (made) remove(unfinished);
    return `metrics-file ${path} could not be written (${codeOf(error) ?? messageOf(error)}): its directory must exist, and this user must be able to write there`;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The directory is as unwritable as the first error says.
  }
}

/** When the last run that backed up everything ended, in seconds since 1970. */
function lastSuccess({ source, destination }: Report, stateDir: string): number {
  const ends = readHistory(stateDir, source, destination)
    .runs.filter(({ result }) => isBackup(result))
    .map(({ startedAt, seconds }) => Date.parse(startedAt) / 1000 + seconds);
  return ends.findLast(Number.isFinite) ?? 0;
}
