import type { BytePath } from "../byte-path.ts";
import type { Plan, Shard } from "../plan/shard.ts";
import type { Item } from "../rsync/output.ts";
import { type DeletionList, startDeletionList } from "../survey/deletion-list.ts";
import { startDoomedDirectories } from "./doomed-directories.ts";
import { runPlan } from "./run.ts";
import type { Workshop } from "./workshop.ts";

/** What a plan would do, as rsync itself says it. */
export interface Rehearsal {
  readonly deletions: DeletionList;
  /** Files that the destination does not have yet. */
  readonly newFiles: number;
  readonly newBytes: number;
  /** Why it may have missed some, or undefined. */
  readonly incomplete: string | undefined;
}

/** How rsync says that it lists and makes no deletions, after a directory that it could not read (generator.c, delete_in_dir). */
const deletionsSkipped = "IO error encountered -- skipping file deletion";

/**
 * Runs a plan's rsyncs as dry runs: the one way to know exactly what filters let pass, delete and protect.
 *
 * What could not be copied (23) changes nothing of what would be deleted; the run will have it again and report it. But where rsync
 * could not read a directory it lists no deletions, which the run might then do; that, and any other failure, leaves the counts
 * incomplete.
 *
 * @param projects see startDeletionList
 */
export async function rehearse(
  plan: Plan,
  projects: Iterable<BytePath>,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<Rehearsal> {
  const deletions = startDeletionList(projects);
  const doomed = startDoomedDirectories(workshop.settings.destination);
  let newFiles = 0;
  let newBytes = 0;
  const onItem = (item: Item): void => {
    if (item.change === "*deleting") {
      doomed.note(item.path, item.isDirectory);
      if (!item.isDirectory) deletions.add(item.path);
    } else if (/^>f\+/.test(item.change)) {
      newFiles++;
      newBytes += item.bytes;
    }
  };
  // Hard links change nothing of what is deleted, but a dry run with them counts some of it twice.
  const preserve = new Set([...workshop.settings.preserve].filter((one) => one !== "hard-links"));
  const stages = plan.stages.map((stage) => stage.filter(({ kind }) => kind !== "skeleton"));
  let skipped = false;
  const onDebug = (shard: Shard, line: string): void => {
    if (line.startsWith(deletionsSkipped)) skipped = true;
    workshop.onDebug?.(shard, line);
  };
  const ends = await runPlan(
    { ...plan, stages },
    {
      workshop: { ...workshop, onDebug, settings: { ...workshop.settings, dryRun: true, preserve } },
      retries: 0,
      failFast: false,
      now: () => 0,
      onItem: (_shard, item) => onItem(item),
    },
    signal,
  );
  for (const directory of await doomed.settle(signal)) deletions.add(directory);
  const failed = ends.find(({ state, attempts }) => state === "failed" && attempts.at(-1)?.exitCode !== 23);
  const incomplete = skipped ? "a directory could not be read" : failed?.meaning.words;
  return { deletions: deletions.list(), newFiles, newBytes, incomplete };
}
