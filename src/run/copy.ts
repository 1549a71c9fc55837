import type { BytePath } from "../byte-path.ts";
import { quoted } from "../inputs/quoted.ts";
import type { Log } from "../log/log.ts";
import { phaseState } from "../log/phase-state.ts";
import type { Sample } from "../measure/measurement.ts";
import type { Meter } from "../measure/meter.ts";
import { pathsKept } from "../paths-kept.ts";
import { lanesNeeded, type Plan } from "../plan/shard.ts";
import { unguarded } from "../preflight/guards.ts";
import { readMounts } from "../preflight/mounts.ts";
import { strayed } from "../preflight/places.ts";
import type { RunRecord } from "../record.ts";
import { counted } from "../report/format.ts";
import { rsyncArguments } from "../rsync/arguments.ts";
import type { Surroundings } from "../surroundings.ts";
import { filesAmong } from "../survey/details.ts";
import type { CopiedFiles } from "../verify/copied-files.ts";
import type { Allowed } from "./gate.ts";
import { pressure } from "./pressure.ts";
import { receivers } from "./receivers.ts";
import { runPlan } from "./run.ts";
import { makeSkeleton } from "./skeleton.ts";
import { tellLog } from "./tell.ts";
import { startTuner } from "./tuner.ts";
import { makeVersions, settleVersions, type Versions } from "./versions.ts";
import type { Workshop } from "./workshop.ts";

/** Milliseconds after which a sample of the machine, the mean of a second, tells of the copying. */
const settleMs = 1000;

/** The shard whose arguments stand for all. */
const usual = {
  kind: "deep",
  fresh: false,
  portions: [{ project: "" as BytePath, entries: Number.POSITIVE_INFINITY }],
} as const;

/**
 * Runs the plan and follows it in the log.
 *
 * @param copied is told of every change; undefined where nobody wants to know
 */
export async function copy(
  record: RunRecord,
  { plan: allowed, workshop }: Allowed,
  meter: Pick<Meter, "latest" | "watch">,
  { log, signal, firstPauseMs }: Surroundings,
  copied?: Pick<CopiedFiles, "note">,
): Promise<void> {
  const { inputs } = record;
  const { settings } = workshop;
  let { places = [] } = workshop;
  const movedBefore = await strayed(places);
  if (movedBefore !== undefined) throw new Error(movedBefore);
  const plan = await following("making directories", log, () => makeSkeleton(allowed, settings, signal));
  const versions = inputs.dryRun ? undefined : await makeVersionsOf(record, allowed, workshop, signal);
  if (versions !== undefined) places = [...places, versions.first];
  record.plan = plan;
  const perLane =
    inputs.bandwidthLimit === undefined ? undefined : inputs.bandwidthLimit / Math.max(1, lanesNeeded(plan));
  const sharing = {
    ...{ ...workshop, places, versions, watch: meter.watch },
    settings: { ...settings, bandwidthLimit: perLane, replacedTo: versions?.first.realPath },
  };
  record.rsyncArguments = rsyncArguments(sharing.settings, usual, "progress", undefined);

  const tuner = startTuner({ least: plan.lanes, most: plan.lanes, ...record.parallelism, lanes: lanesNeeded(plan) });
  // With fewer shards than lanes the rate is the plan's, and under a limit the limit's, not that of so many lanes.
  const filled = lanesNeeded(plan) === record.parallelism?.lanes && inputs.bandwidthLimit === undefined;
  record.tuner = { steps: tuner.steps, rates: () => (filled ? tuner.rates() : []) };
  const startedAt = performance.now();
  const runStart = record.startedAt.getTime() - performance.timeOrigin;
  const copyStartMs = startedAt - runStart;
  const telling = tellLog(record, plan, tuner.lanes, log);
  try {
    await runPlan(
      plan,
      {
        workshop: sharing,
        retries: inputs.retries,
        failFast: inputs.failFast,
        now: () => performance.now() - runStart,
        firstPauseMs,
        lanes: tuner.lanes,
        onStart: telling.onStart,
        onBytes: telling.onBytes,
        everyChange: copied !== undefined,
        onItem: (shard, item) => {
          copied?.note(shard.id, item);
          telling.onItem(shard, item);
          const { change, path } = item;
          // Deletions are listed by themselves, and what stays as it is but for its directory's time is no news.
          if (!inputs.dryRun || change.startsWith(".") || change === "*deleting") return;
          record.changesTotal++;
          if (record.changes.length < pathsKept) record.changes.push({ change, path });
        },
        // Each path once: a second try passes over it again.
        onSkipped: (path) => {
          if (record.skipped.size < pathsKept) record.skipped.add(path);
        },
        onEnd: (end, waiting) => {
          record.ends.push(end);
          const last = end.attempts.at(-1);
          // Of one that was tried again the weight was done more than once.
          if (last !== undefined && end.state === "complete" && end.attempts.length === 1)
            tuner.finished(
              {
                weight: end.shard.weight,
                startedAt: (last.startedAtMs - copyStartMs) / 1000,
                endedAt: (last.endedAtMs - copyStartMs) / 1000,
              },
              waiting,
              pressure(since(copyStartMs, meter.latest())),
            );
          telling.onEnd(end);
        },
      },
      signal,
    );
    const moved = (await strayed(places)) ?? (await unguarded(inputs, settings));
    if (moved !== undefined) record.reasons.push(`at the end of the run: ${moved}`);
  } finally {
    telling.stop();
    if (versions !== undefined) {
      const { directories, complaint } = await following("putting away what was replaced", log, () =>
        settleVersions(versions, workshop, signal),
      );
      record.versions = { directories, removed: [] };
      if (complaint !== undefined)
        record.notices.push(
          `what the run replaced is in ${counted(directories.length, "directory", "directories")} of backup-dir, which could not be made one: ${complaint}`,
        );
    }
  }
}

/** Does something that the log calls by its own name. */
async function following<Value>(name: string, log: Log, work: () => Promise<Value>): Promise<Value> {
  const unfollow = log.follow(phaseState(name));
  try {
    return await work();
  } finally {
    unfollow();
  }
}

/**
 * Makes the run's directory in backup-dir, if that is given. A destination that the run has made holds nothing that could be replaced.
 */
async function makeVersionsOf(
  record: RunRecord,
  plan: Plan,
  { backupDir, settings }: Workshop,
  signal: AbortSignal,
): Promise<Versions | undefined> {
  if (backupDir === undefined) return undefined;
  const linked = plan.stages.flat().find(({ kind }) => kind === "relink")?.names ?? [];
  const linkedBefore = await filesAmong(settings.destination, linked, signal);
  const versions = await makeVersions(backupDir, settings.destination, record.startedAt, linkedBefore);
  record.versions = { directories: [versions.first.realPath], removed: [] };
  const selection = record.selection ?? { projects: [], folders: [] };
  const [, ...elsewhere] = await receivers(settings.destination, selection, readMounts());
  if (elsewhere.length > 0)
    record.notices.push(
      `what is replaced in ${elsewhere.map(quoted).join(", ")} is copied to backup-dir, not moved, because another file system is mounted there`,
    );
  return versions;
}

/** A sample of the machine, unless it still tells of what was before the copying. */
function since(startMs: number, sample: Sample | undefined): Sample | undefined {
  return sample !== undefined && sample.atMs >= startMs + settleMs ? sample : undefined;
}
