import { toDisplay } from "../byte-path.ts";
import { usualRun } from "../history/trends.ts";
import type { Log } from "../log/log.ts";
import { lanesNeeded, type Plan, type Shard } from "../plan/shard.ts";
import type { RunRecord } from "../record.ts";
import {
  type EndOfProject,
  projectDetails,
  projectSeconds,
  projectState,
  projectTitle,
} from "../report/project-lines.ts";
import { whose } from "../report/shard-words.ts";
import type { Item } from "../rsync/output.ts";
import { type Belief, beliefOf } from "./experience.ts";
import { type DoneProject, trackProgress } from "./progress.ts";
import type { ShardEnd } from "./shard-run.ts";

/** What must be told while a plan runs, so that the log can say how far it is. */
export interface Telling {
  onStart(shard: Shard, lane: number): void;
  onBytes(shard: Shard, bytes: number): void;
  onItem(shard: Shard, item: Item): void;
  onEnd(end: ShardEnd): void;
  /** The plan has run. */
  stop(): void;
}

/** Lines for rsyncs that failed: where everything does, thousands would say the same. */
const failuresTold = 200;

/**
 * Tells the log how the copying goes, how each project ended, and at once what an rsync failed with.
 *
 * @param lanes how many rsyncs may run at once now
 */
export function tellLog(record: RunRecord, plan: Plan, lanes: () => number, log: Log): Telling {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const tracker = trackProgress(plan, { seconds, lanes, belief: believed(record, plan) });
  const deleted = new Map(
    record.deletions === undefined || record.deletions.refused !== undefined || record.inputs.dryRun
      ? []
      : record.deletions.projects.map((one) => [one.name, one] as const),
  );
  let done = 0;
  let failures = 0;
  const finished = ({ project, ends }: DoneProject): void => {
    done++;
    const { projects } = tracker;
    const end: EndOfProject = { project, ends, done, projects, deletions: deleted.get(toDisplay(project)) };
    log.finished({
      title: projectTitle(end),
      isUnwell:
        projectState(project, ends) !== "complete" ||
        ends.some(({ shard, attempts }) => shard.portions.length === 1 && attempts.length > 1),
      seconds: projectSeconds(ends),
      projects,
      details: () => projectDetails(end),
    });
  };
  return {
    onStart: tracker.started,
    onBytes: tracker.moved,
    onItem(shard, item) {
      if (/^[<>]/.test(item.change)) tracker.copied(shard);
    },
    onEnd(end) {
      if (end.state === "failed") {
        failures++;
        if (failures <= failuresTold) log.info(failureLine(end));
        if (failures === failuresTold) log.info("what else fails is in the report");
      }
      for (const project of tracker.ended(end)) finished(project);
    },
    stop: log.follow(tracker.state),
  };
}

/** How long earlier runs of this kind make believe that the rsyncs take. */
function believed({ history, work, startedAt }: RunRecord, plan: Plan): Belief {
  const usual = work === undefined ? undefined : usualRun(history.runs, work)?.medianSeconds;
  const beforeSeconds = (performance.timeOrigin + performance.now() - startedAt.getTime()) / 1000;
  const lanes = Math.max(1, lanesNeeded(plan));
  const planned = plan.stages.reduce((sum, stage) => {
    const heaviest = stage.reduce((most, { weight }) => Math.max(most, weight), 0);
    return sum + Math.max(heaviest, stage.reduce((total, { weight }) => total + weight, 0) / lanes);
  }, 0);
  return beliefOf(usual === undefined ? undefined : usual - beforeSeconds, planned);
}

/** What an rsync failed with, as soon as it is known. */
function failureLine({ shard, meaning, attempts }: ShardEnd): string {
  const line = attempts.at(-1)?.messages.lines[0];
  return `[${whose(shard)}] rsync failed: ${meaning.words}${line === undefined ? "" : `: ${line}`}`;
}
