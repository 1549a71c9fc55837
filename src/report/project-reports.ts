import { type BytePath, toDisplay } from "../byte-path.ts";
import type { Portion } from "../plan/shard.ts";
import type { RunRecord } from "../record.ts";
import type { ShardEnd } from "../run/shard-run.ts";
import { addTallies, emptyTally } from "../run/tally.ts";
import { projectFinder } from "../survey/project-finder.ts";
import type { ProjectReport, ProjectState, ShardProblem } from "./report.ts";

/** Error lines shown per failed rsync. */
const linesShown = 5;

/** Every project with what its shards did; the loose files, if there are any, as the project without a name. */
export function projectReports(record: RunRecord): ProjectReport[] {
  const names = new Set<BytePath>(record.selection?.projects ?? []);
  const entries = entriesSeen(record);
  const portions = new Map<BytePath, Set<number>>();
  for (const shard of record.plan?.stages.flat() ?? [])
    for (const { project } of shard.portions) {
      names.add(project);
      const shards = portions.get(project);
      if (shards === undefined) portions.set(project, new Set([shard.id]));
      else shards.add(shard.id);
    }
  const byShard = new Map(record.ends.map((end) => [end.shard.id, end]));
  const shares = new Map(record.ends.map(({ shard }) => [shard.id, sharesOf(shard.portions)]));
  return [...names].map((project) => {
    const shards = [...(portions.get(project) ?? [])];
    const ends = shards.map((id) => byShard.get(id)).filter((end) => end !== undefined);
    return projectReport(record, project, entries.get(project), ends, shares, ends.length < shards.length);
  });
}

function projectReport(
  record: RunRecord,
  project: BytePath,
  entries: number | undefined,
  ends: readonly ShardEnd[],
  shares: ReadonlyMap<number, ReadonlyMap<BytePath, number>>,
  incomplete: boolean,
): ProjectReport {
  const attempts = ends.flatMap((end) => end.attempts);
  const failures = ends.filter((end) => end.state === "failed" && concerns(end, project));
  const tally = ends.reduce((sum, end) => addTallies(sum, end.tallies.get(project) ?? emptyTally), emptyTally);
  const starts = attempts.map(({ startedAtMs }) => startedAtMs / 1000);
  const stops = attempts.map(({ endedAtMs }) => endedAtMs / 1000);
  const unfinished = incomplete || record.plan === undefined || ends.some(({ state }) => state === "cancelled");
  const vanished = ends.some((end) => end.state === "vanished" && concerns(end, project));
  return {
    name: toDisplay(project),
    state: stateOf(failures.length > 0, unfinished, vanished),
    expectedSeconds: record.expected(project),
    seconds: ends.reduce((sum, end) => sum + secondsOf(end) * (shares.get(end.shard.id)?.get(project) ?? 0), 0),
    startedAtSeconds: starts.length === 0 ? undefined : Math.min(...starts),
    endedAtSeconds: stops.length === 0 ? undefined : Math.max(...stops),
    entries,
    ...tally,
    problems: ends.filter((end) => isTrouble(end) && concerns(end, project)).map(problemOf),
  };
}

/** How much is in each project at the source, where all of it could be seen. */
function entriesSeen({ selection, survey }: RunRecord): ReadonlyMap<BytePath, number> {
  if (survey === undefined) return new Map();
  const projectOf = projectFinder(selection?.projects ?? []);
  const notAllSeen = new Set(survey.unreadable.map(({ path }) => projectOf(path)));
  const loose = (selection?.folders ?? []).reduce((sum, folder) => sum + folder.loose.length, 0);
  return new Map([
    ...survey.projects
      .filter(({ path }) => !notAllSeen.has(path))
      .map(({ path, total }) => [path, total.entries - 1] as const),
    ["" as BytePath, loose],
  ]);
}

function isTrouble({ state }: ShardEnd): boolean {
  return state === "failed" || state === "vanished";
}

function stateOf(failed: boolean, unfinished: boolean, vanished: boolean): ProjectState {
  if (failed) return "failed";
  if (unfinished) return "unfinished";
  return vanished ? "warning" : "complete";
}

/** Exit codes of an rsync that went through all that it was given: what it did not complain of is there. */
const wentThrough: ReadonlySet<number | undefined> = new Set([23, 24]);

/** Whether a shard's trouble is this project's: that of those that rsync's messages name, or of all where they name none. */
export function concerns({ attempts }: ShardEnd, project: BytePath): boolean {
  const last = attempts.at(-1);
  const named = last?.messages.projects;
  return named === undefined || !wentThrough.has(last?.exitCode) || named.has(project);
}

function problemOf({ attempts, meaning }: ShardEnd): ShardProblem {
  const last = attempts.at(-1);
  return {
    exitCode: last?.exitCode,
    meaning: meaning.words,
    lines: (last?.messages.lines ?? []).slice(0, linesShown),
  };
}

function secondsOf({ attempts }: ShardEnd): number {
  return attempts.reduce((sum, { startedAtMs, endedAtMs }) => sum + (endedAtMs - startedAtMs) / 1000, 0);
}

/** Each project's share of a shard, by entries. */
function sharesOf(portions: readonly Portion[]): ReadonlyMap<BytePath, number> {
  const total = portions.reduce((sum, { entries }) => sum + entries, 0);
  return new Map(
    portions.map(({ project, entries }) => [project, total === 0 ? 1 / portions.length : entries / total]),
  );
}
