import { toDisplay } from "../byte-path.ts";
import { RefusedError } from "../errors.ts";
import { nearest } from "../inputs/did-you-mean.ts";
import type { Inputs } from "../inputs/inputs.ts";
import { quoted, someNames } from "../inputs/quoted.ts";
import type { Validated } from "../inputs/validate.ts";
import type { Log } from "../log/log.ts";
import { ownNames } from "../own-names.ts";
import type { RunRecord } from "../record.ts";
import { counted } from "../report/format.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Selection, selectProjects } from "../survey/projects.ts";
import { collision } from "./collisions.ts";
import { reachedMounts } from "./mounts.ts";
import { preflight } from "./preflight.ts";
import type { Prepared } from "./prepared.ts";

/**
 * Preflight and the projects.
 *
 * @throws RefusedError with everything that a person has to correct, all at once
 */
export async function prepare(
  { inputs, problems }: Validated,
  record: RunRecord,
  directory: string,
  { signal }: Surroundings,
): Promise<Prepared> {
  const checked = await preflight(inputs, problems, directory, signal);
  const { rsync, source, destination, backupDir } = checked;
  const ours = ownNames(inputs, backupDir?.topInDestination);
  record.rsync = rsync;
  record.sourceIdentity = checked.sourceIdentity;
  const all = [...checked.problems];
  let selection: Selection | undefined;
  if (source !== undefined && !problems.some((problem) => problem.startsWith("projects ")))
    try {
      selection = await selectProjects(source.realPath, destination?.realPath ?? inputs.destination, inputs.projects, {
        ours,
        deleteProjects: inputs.deleteProjects,
      });
      all.push(...problemsOf(selection, inputs));
      const colliding = destination && (await collision([...selection.projects, ...ours], destination));
      if (colliding !== undefined) all.push(colliding);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      all.push(...error.problems);
    }
  if (
    all.length > 0 ||
    rsync === undefined ||
    source === undefined ||
    destination === undefined ||
    selection === undefined
  )
    throw new RefusedError(all);
  const launcher = { ...rsync.launcher, run: record.id };
  const mountsBelow = inputs.oneFileSystem
    ? reachedMounts(source, checked.mountsBelow, selection.projects)
    : checked.mountsBelow;
  return { rsync: { ...rsync, launcher }, source, destination, backupDir, ours, mountsBelow, selection };
}

/** Notes what was selected, and what a person should know of it. */
export function noteSelection(record: RunRecord, { rsync, selection }: Prepared, log: Log): void {
  record.selection = selection;
  for (const pattern of selection.unmatched) {
    const near = nearest(pattern, selection.notCovered.map(toDisplay));
    record.warnings.push(
      `projects ${quoted(pattern)} matches nothing below the source${near === undefined ? "" : `: did you mean ${quoted(near)}?`}`,
    );
  }
  for (const exclusion of selection.unusedExclusions)
    record.notices.push(
      `projects ${JSON.stringify(exclusion)} took nothing away: a pattern chooses projects, to leave out something inside one use exclude`,
    );
  if (selection.unreadable.length > 0)
    record.reasons.push(`directories on the way to projects could not be read: ${someNames(selection.unreadable)}`);
  log.info(`rsync ${rsync.version}, ${counted(selection.projects.length, "project")}`);
}

function problemsOf(selection: Selection, inputs: Inputs): string[] {
  const loose = selection.folders.reduce((sum, folder) => sum + folder.loose.length, 0);
  if (selection.projects.length > 0 || loose > 0) return [];
  return [
    `projects ${inputs.projects.map((pattern) => JSON.stringify(pattern)).join(", ")} match nothing below source ${JSON.stringify(inputs.source)}, which has ${someNames(selection.notCovered)}: correct the patterns`,
  ];
}
