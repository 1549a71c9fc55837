import type { BytePath } from "../byte-path.ts";
import { toDisplay } from "../byte-path.ts";
import type { ShardEnd } from "../run/shard-run.ts";
import { addTallies, emptyTally } from "../run/tally.ts";
import { bytes, counted, duration } from "./format.ts";
import { concerns } from "./project-reports.ts";
import type { ProjectDeletions } from "./report.ts";
import { part } from "./shard-words.ts";
import { problemWords, projectName } from "./words.ts";

/** How a project ended. */
export interface EndOfProject {
  readonly project: BytePath;
  readonly ends: readonly ShardEnd[];
  /** So many are done with it, and so many there are. */
  readonly done: number;
  readonly projects: number;
  /** What it lost; undefined where nothing was deleted. */
  readonly deletions: ProjectDeletions | undefined;
}

/** Of an unusual project: rsyncs, lines of one rsync's messages and deleted paths that are shown. */
const most = { shards: 40, messages: 10, deletions: 20 };

const rank: readonly ShardEnd["state"][] = ["complete", "vanished", "cancelled", "failed"];

/** How a project ended: its worst shard, if that is its trouble; of an rsync for several, what its messages say. */
export function projectState(project: BytePath, ends: readonly ShardEnd[]): ShardEnd["state"] {
  const own = ends.map((end) =>
    end.state === "failed" || end.state === "vanished" ? (concerns(end, project) ? end.state : "complete") : end.state,
  );
  return rank.findLast((state) => own.includes(state)) ?? "complete";
}

/** Seconds from the start of a project's first rsync to the end of its last. */
export function projectSeconds(ends: readonly ShardEnd[]): number {
  const attempts = ends.flatMap((end) => end.attempts);
  if (attempts.length === 0) return 0;
  const first = attempts.reduce((least, { startedAtMs }) => Math.min(least, startedAtMs), Number.POSITIVE_INFINITY);
  return (attempts.reduce((last, { endedAtMs }) => Math.max(last, endedAtMs), 0) - first) / 1000;
}

/** `alpha: complete after 12 s, 3.40 GiB, 12,345 files (3 of 40)`. */
export function projectTitle({ project, ends, done, projects }: EndOfProject): string {
  const tally = ends.reduce((sum, { tallies }) => addTallies(sum, tallies.get(project) ?? emptyTally), emptyTally);
  const tries = ends.filter(({ attempts }) => attempts.length > 1).length;
  const what = [
    `${projectName(toDisplay(project))}: ${stateWords[projectState(project, ends)]} after ${duration(projectSeconds(ends))}`,
    ...(tally.filesTransferred > 0
      ? [bytes(tally.bytesTransferred), counted(tally.filesTransferred, "file")]
      : ["nothing to copy"]),
    ...(tally.filesDeleted > 0 ? [`${counted(tally.filesDeleted, "entry", "entries")} deleted`] : []),
    ...(tries > 0 ? [`${counted(tries, "rsync")} tried again`] : []),
  ];
  return `${what.join(", ")} (${done} of ${projects})`;
}

const stateWords = {
  complete: "complete",
  vanished: "complete with warnings",
  failed: "failed",
  cancelled: "cancelled",
};

/** What the rsyncs of a project did: those with trouble first, then those that took longest. */
export function projectDetails({ project, ends, deletions }: EndOfProject): string[] {
  const sorted = [...ends].sort(
    (one, other) => trouble(other) - trouble(one) || projectSeconds([other]) - projectSeconds([one]),
  );
  const shown = sorted.slice(0, most.shards);
  return [
    ...shown.flatMap((end) => shardLines(end, project)),
    ...rest(ends.length - shown.length, "rsync"),
    ...deletionLines(deletions),
  ];
}

function trouble({ state, attempts }: ShardEnd): number {
  return rank.indexOf(state) + Math.min(0.9, (attempts.length - 1) / 10);
}

function shardLines(end: ShardEnd, project: BytePath): string[] {
  const { shard, attempts, tallies } = end;
  const tally = tallies.get(project) ?? emptyTally;
  const others =
    shard.portions.length > 1 ? `, together with ${counted(shard.portions.length - 1, "other project")}` : "";
  const figures = `${bytes(tally.bytesTransferred)} in ${counted(tally.filesTransferred, "file")}`;
  // Of an rsync that several share, what it failed with may be another one's matter.
  const isConcerned = concerns(end, project);
  return attempts.flatMap(({ lane, startedAtMs, endedAtMs, exitCode, messages }, index) => {
    const isLast = index === attempts.length - 1;
    const meaning = isLast ? end.meaning.words : "tried again";
    const ending = exitCode === 0 ? meaning : problemWords({ exitCode, meaning });
    const outcome = isConcerned ? ending : "complete here";
    const tried = attempts.length > 1 ? `, try ${index + 1}` : "";
    const head = `rsync ${shard.id}${tried} in lane ${lane + 1} (${part(shard)}${others}): ${outcome}, ${duration((endedAtMs - startedAtMs) / 1000)}`;
    const lines = isConcerned ? messages.lines.slice(0, most.messages) : [];
    return [
      isLast ? `${head}, ${figures}` : head,
      ...lines.map((line) => `  ${line}`),
      ...rest(isConcerned ? messages.total - lines.length : 0, "message").map((line) => `  ${line}`),
    ];
  });
}

function deletionLines(deletions: ProjectDeletions | undefined): string[] {
  if (deletions === undefined || deletions.pending === 0) return [];
  const paths = deletions.paths.slice(0, most.deletions);
  return [
    `to be deleted: ${counted(deletions.pending, "entry", "entries")}`,
    ...paths.map((path) => `  ${path}`),
    ...rest(deletions.pending - paths.length, "entry", "entries").map((line) => `  ${line}`),
  ];
}

function rest(count: number, singular: string, plural?: string): string[] {
  return count > 0 ? [`and ${counted(count, `more ${singular}`, plural && `more ${plural}`)}`] : [];
}
