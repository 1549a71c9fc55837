import type { BytePath } from "../byte-path.ts";
import type { Plan } from "../plan/shard.ts";
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

/**
 * Runs a plan's rsyncs as dry runs: the one way to know exactly what filters let pass, delete and protect.
 *
 * A failure leaves the counts incomplete, 23 too: a dry run opens no files, so it is a directory that was not read, and then rsync
 * lists no deletions (generator.c, "skipping file deletion") that the run might do.
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
  const ends = await runPlan(
    { ...plan, stages },
    {
      workshop: { ...workshop, settings: { ...workshop.settings, dryRun: true, preserve } },
      retries: 0,
      failFast: false,
      now: () => 0,
      onItem: (_shard, item) => onItem(item),
    },
    signal,
  );
  for (const directory of await doomed.settle(signal)) deletions.add(directory);
  const failed = ends.find(({ state }) => state === "failed");
  return { deletions: deletions.list(), newFiles, newBytes, incomplete: failed?.meaning.words };
}
