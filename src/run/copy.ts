import { mkdir } from "node:fs/promises";
import { toDisplay } from "../byte-path.ts";
import { lanesNeeded } from "../plan/shard.ts";
import type { RunRecord } from "../record.ts";
import { duration } from "../report/format.ts";
import { pathsKept } from "../report/report.ts";
import { projectName } from "../report/words.ts";
import { rsyncArguments } from "../rsync/arguments.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Allowed } from "./gate.ts";
import { trackProgress } from "./progress.ts";
import { runPlan } from "./run.ts";
import type { ShardEnd } from "./shard-run.ts";

/** Runs the plan and follows it in the log. */
export async function copy(
  record: RunRecord,
  { plan, workshop }: Allowed,
  { log, signal, firstPauseMs }: Surroundings,
): Promise<void> {
  const { inputs } = record;
  const { settings } = workshop;
  if (!inputs.dryRun) await mkdir(settings.destination, { recursive: true });
  const perLane =
    inputs.bandwidthLimit === undefined ? undefined : inputs.bandwidthLimit / Math.max(1, lanesNeeded(plan));
  const sharing = { ...workshop, settings: { ...settings, bandwidthLimit: perLane } };
  record.rsyncArguments = rsyncArguments(sharing.settings, "deep", "progress", undefined);

  const tracker = trackProgress(plan);
  let finished = 0;
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  const heartbeat = setInterval(() => log.progress(tracker.state(elapsed())), 1000);
  heartbeat.unref();
  const runStart = record.startedAt.getTime() - performance.timeOrigin;
  try {
    await runPlan(
      plan,
      {
        workshop: sharing,
        retries: inputs.retries,
        failFast: inputs.failFast,
        now: () => performance.now() - runStart,
        firstPauseMs,
        onBytes: tracker.moved,
        onItem: (_shard, { change, path }) => {
          if (!inputs.dryRun || change.startsWith(".")) return;
          record.changesTotal++;
          if (record.changes.length < pathsKept) record.changes.push({ change, path });
        },
        onEnd: (end) => {
          record.ends.push(end);
          if (end.state === "failed") log.info(failureLine(end));
          for (const project of tracker.ended(end)) {
            finished++;
            log.finished(
              `${projectName(toDisplay(project))}: ended after ${duration(elapsed())} (${finished} of ${tracker.projects})`,
            );
          }
        },
      },
      signal,
    );
  } finally {
    clearInterval(heartbeat);
  }
}

/** What an rsync failed with, as soon as it is known. */
function failureLine({ shard, meaning, attempts }: ShardEnd): string {
  const [first, ...others] = shard.portions.map(({ project }) => projectName(toDisplay(project)));
  const whose = first === undefined ? shard.kind : others.length === 0 ? first : `${first} and ${others.length} more`;
  const line = attempts.at(-1)?.messages.lines[0];
  return `[${whose}] rsync failed: ${meaning.words}${line === undefined ? "" : `: ${line}`}`;
}
