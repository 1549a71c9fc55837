import { rmSync, statSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type BytePath, join as joinPath, parents, toDisplay } from "./byte-path.ts";
import { messageOf, RefusedError } from "./errors.ts";
import type { Inputs } from "./inputs/inputs.ts";
import type { Validated } from "./inputs/validate.ts";
import type { Log } from "./log/log.ts";
import { inventory } from "./measure/inventory.ts";
import type { Inventory } from "./measure/measurement.ts";
import { startMeter } from "./measure/meter.ts";
import { whyNotSplit } from "./plan/not-split.ts";
import { makePlan } from "./plan/plan.ts";
import { relinkShard } from "./plan/relink.ts";
import type { Plan, Shard } from "./plan/shard.ts";
import { usableCpus } from "./preflight/cpus.ts";
import { type Ground, preflight } from "./preflight/preflight.ts";
import { freeSpace, noSpace, usedSpace } from "./preflight/space.ts";
import { newRecord, type RunRecord } from "./record.ts";
import { assembleReport } from "./report/assemble.ts";
import { duration } from "./report/format.ts";
import type { Report } from "./report/report.ts";
import { projectName } from "./report/words.ts";
import { rsyncArguments } from "./rsync/arguments.ts";
import { folderRules } from "./rsync/folder-rules.ts";
import { passingFilters } from "./rsync/query.ts";
import type { Workshop } from "./run/attempt.ts";
import { decideDeletions } from "./run/deletions.ts";
import { trackProgress } from "./run/progress.ts";
import { type Rehearsal, rehearse } from "./run/rehearsal.ts";
import { runPlan } from "./run/run.ts";
import { absentDirectories, filesOf } from "./survey/details.ts";
import { linkGroups } from "./survey/hard-links.ts";
import { type Selection, selectProjects } from "./survey/projects.ts";
import { type Survey, someNames, survey } from "./survey/survey.ts";

/** Where a run takes place; what only tests change has a default. */
export interface Surroundings {
  readonly log: Log;
  /** Aborted by a cancellation. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** The workflow run's address. */
  readonly url?: string | undefined;
  /** Each rsync's arguments and output go to the log. */
  readonly debug?: boolean;
  /** The directory for temporary files. */
  readonly temporary?: string | undefined;
  /** The least weight of a shard: a test makes small trees split. */
  readonly leastWeight?: number;
  /** Milliseconds before a second try. */
  readonly firstPauseMs?: number;
  /** Describes the machine. */
  readonly describeMachine?: () => Promise<Inventory | undefined>;
}

/** A cancelled run is reported so many milliseconds after the signal, whatever still hangs: the runner kills at 7.5 s. */
const reportAfterCancelMs = 5000;
/** What the description of the machine may take, in milliseconds; it is gathered beside the copying. */
const machineTimeoutMs = 3000;
/** What the end of a run waits for it, in milliseconds. */
const machinePatienceMs = 200;
const changesKept = 1000;

/**
 * Backs up: the whole story of a run, from the checked inputs to the report.
 *
 * @returns the report, whatever happened: refused, failed and cancelled runs have one too
 */
export async function backup(validated: Validated, surroundings: Surroundings): Promise<Report> {
  const { inputs } = validated;
  const { signal, log } = surroundings;
  const record = newRecord(inputs, surroundings.version, surroundings.url);
  const machine = (surroundings.describeMachine ?? (() => inventory(machineTimeoutMs)))();
  const meter = startMeter({ source: inputs.source, destination: inputs.destination });
  let directory: string | undefined;

  const story = async (): Promise<void> => {
    directory = await mkdtemp(join(surroundings.temporary ?? tmpdir(), "dailysync-"));
    const phase = phases(record);
    const ground = await phase("preflight", () => prepare(validated, record, directory ?? "", surroundings));
    const seen = await phase("survey", () => look(inputs, ground, record, signal, log));
    const workshop = makeWorkshop(inputs, ground, seen.selection, directory, surroundings);
    const plan = await phase("plan", () => draw(record, seen, workshop, surroundings));
    const decided = await phase("deletions", () => gate(record, seen, plan, workshop, signal));
    await phase("copy", () => copy(record, decided.plan, decided.workshop, surroundings));
    checkSourceStayed(ground, record);
  };
  const ended = story().catch((error: unknown) => {
    if (signal.aborted) return;
    if (error instanceof RefusedError) record.problems = error.problems;
    else record.reasons.push(`the run stopped: ${messageOf(error)}`);
  });
  await Promise.race([ended, overdue(signal)]);

  record.cancelled = signal.aborted;
  record.resources = await meter.stop();
  record.machine = await Promise.race([machine, pause(machinePatienceMs, undefined, { ref: false })]);
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  return assembleReport(record, new Date());
}

/** Preflight and the projects: everything that a person may have to correct, all at once. */
async function prepare(
  { inputs, problems }: Validated,
  record: RunRecord,
  directory: string,
  { log }: Surroundings,
): Promise<Ground & { readonly selection: Selection }> {
  const checked = await preflight(inputs, problems, directory);
  const { rsync, source, destination } = checked;
  record.rsync = rsync;
  const all = [...checked.problems];
  let selection: Selection | undefined;
  if (source !== undefined && !problems.some((problem) => problem.startsWith("projects ")))
    try {
      selection = await selectProjects(source.realPath, destination?.realPath ?? inputs.destination, inputs.projects);
      all.push(...problemsOf(selection, inputs));
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
  record.selection = selection;
  for (const exclusion of selection.unusedExclusions)
    record.notices.push(
      `projects ${JSON.stringify(exclusion)} took nothing away: a pattern chooses projects, to leave out something inside one use exclude`,
    );
  record.lanes = inputs.parallelism === "auto" ? usableCpus() + 1 : inputs.parallelism;
  record.lanesChosenBy = inputs.parallelism === "auto" ? "auto: usable CPUs + 1" : "input parallelism";
  log.info(`rsync ${rsync.version}, ${selection.projects.length} projects, ${record.lanes} lanes`);
  return { rsync, source, destination, selection };
}

function problemsOf(selection: Selection, inputs: Inputs): string[] {
  const loose = selection.folders.reduce((sum, folder) => sum + folder.loose.length, 0);
  if (selection.projects.length > 0 || loose > 0) return [];
  return [
    `projects ${inputs.projects.map((pattern) => JSON.stringify(pattern)).join(", ")} match nothing below source ${JSON.stringify(inputs.source)}, which has ${someNames(selection.notCovered)}: correct the patterns`,
  ];
}

interface Seen {
  readonly selection: Selection;
  readonly survey: Survey;
  /** Whether the destination's space must be compared with what comes. */
  readonly spaceInDoubt: boolean;
}

/** The survey, and whether what must come fits. */
async function look(
  inputs: Inputs,
  { source, destination, selection }: Ground & { readonly selection: Selection },
  record: RunRecord,
  signal: AbortSignal,
  log: Log,
): Promise<Seen> {
  const free = await freeSpace(destination.realPath);
  const used = await usedSpace(source.realPath);
  // What is in use on the whole source file system is the most that can come; only beyond that sizes are asked for.
  const spaceInDoubt = !inputs.dryRun && free !== undefined && (used === undefined || used > free.bytes);
  const seen = await survey(
    {
      source: source.realPath,
      destination: destination.realPath,
      projects: selection.projects,
      folders: selection.folders,
      compare: inputs.delete || spaceInDoubt,
      sizesOfAbsent: spaceInDoubt,
    },
    signal,
  );
  record.survey = seen;
  if (spaceInDoubt && free !== undefined && seen.destination !== undefined && !isSelective(inputs)) {
    const problem = noSpace(free, seen.destination.absentBytes, seen.destination.absentFiles);
    if (problem !== undefined) {
      // What is to be deleted may make the room that is missing; rsync will tell.
      if (inputs.delete && seen.destination.extraneous > 0)
        record.notices.push(`${problem}, unless deletions make room`);
      else throw new RefusedError([problem]);
    }
  }
  log.debug(`survey: ${seen.projects.reduce((sum, { totalEntries }) => sum + totalEntries, 0)} entries`);
  return { selection, survey: seen, spaceInDoubt };
}

/** Whether rules or arguments keep files out, so that counting names says too much. */
function isSelective({ filter, exclude, rsyncArgs }: Inputs): boolean {
  return filter.length > 0 || exclude.length > 0 || rsyncArgs.some((argument) => /^--(max|min)-size/.test(argument));
}

function makeWorkshop(
  inputs: Inputs,
  { rsync, source, destination }: Ground,
  selection: Selection,
  directory: string,
  { debug, log }: Surroundings,
): Workshop {
  return {
    rsync: rsync.path,
    setsid: rsync.setsid,
    directory,
    folderRules: folderRules(selection.folders, inputs.delete),
    settings: { ...inputs, source: source.realPath, destination: destination.realPath },
    ...(debug === true ? { onDebug: (shard, line) => log.debug(`[rsync ${shard.id}] ${line}`) } : {}),
  };
}

async function draw(
  record: RunRecord,
  { selection, survey: seen }: Seen,
  workshop: Workshop,
  surroundings: Surroundings,
): Promise<Plan> {
  const { inputs, lanes } = record;
  const { settings } = workshop;
  const { signal, leastWeight } = surroundings;
  const plan = await makePlan(
    {
      selection,
      projects: seen.projects,
      lanes,
      delete: inputs.delete,
      notSplit: whyNotSplit(inputs.filter),
      ...(leastWeight === undefined ? {} : { leastWeight }),
    },
    {
      filesOf: (path) => filesOf(settings.source, path, signal),
      passing: (directories) => passingFilters(workshop, settings, directories),
      absentAtDestination: (directories) =>
        inputs.dryRun ? Promise.resolve([]) : absentDirectories(settings.destination, directories, signal),
    },
  );
  if (plan.notSplit !== undefined) record.notices.push(plan.notSplit);
  const last = await relinking(plan, selection, workshop, inputs, signal);
  record.plan = last === undefined ? plan : { ...plan, stages: [...plan.stages, [last]] };
  return record.plan;
}

/** The last pass for hard links, if one is asked for and needed. */
async function relinking(
  plan: Plan,
  { projects, folders }: Selection,
  workshop: Workshop,
  inputs: Inputs,
  signal: AbortSignal,
): Promise<Shard | undefined> {
  if (!inputs.preserve.has("hard-links") || inputs.dryRun || plan.stages.flat().length < 2) return undefined;
  const loose = folders.flatMap(({ path, loose: names }) => names.map((name) => joinPath(path, name)));
  const groups = await linkGroups(workshop.settings.source, projects, loose, signal);
  // A name that is listed below an excluded directory would be copied.
  const directories = new Set(groups.flat().flatMap((name) => parents(name).slice(0, 1)));
  const passing = await passingFilters(workshop, workshop.settings, [...directories]);
  const reached = (name: BytePath): boolean =>
    parents(name)
      .slice(0, 1)
      .every((directory) => passing.has(directory));
  return relinkShard(
    plan,
    groups.map((group) => group.filter(reached)),
  );
}

/** Counts what the whole run would delete and decides, before anything is; and whether what comes fits, where filters count. */
async function gate(
  record: RunRecord,
  { survey: seen, spaceInDoubt }: Seen,
  plan: Plan,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<{ readonly plan: Plan; readonly workshop: Workshop }> {
  const { inputs } = record;
  const selective = isSelective(inputs);
  let rehearsal: Rehearsal | undefined;
  if (selective && (inputs.delete || spaceInDoubt)) rehearsal = await rehearse(plan, workshop, signal);
  if (rehearsal !== undefined && spaceInDoubt) {
    const free = await freeSpace(workshop.settings.destination);
    const problem = free && noSpace(free, rehearsal.newBytes, rehearsal.newFiles);
    if (problem !== undefined && rehearsal.deletions === 0) throw new RefusedError([problem]);
  }
  if (!inputs.delete || seen.destination === undefined) return { plan, workshop };
  const unreadable = seen.unreadable.map(({ path }) => path);
  const passing = await passingFilters(workshop, workshop.settings, unreadable);
  record.deletions = decideDeletions(
    {
      entries: rehearsal?.deletions ?? seen.destination.extraneous,
      paths: rehearsal?.deletionPaths ?? seen.destination.extraneousPaths,
      destinationEntries: seen.destination.entries,
      unreadable: unreadable.filter((path) => passing.has(path)),
    },
    inputs.maxDelete,
  );
  if (record.deletions.refused === undefined) return { plan, workshop };
  record.reasons.push(record.deletions.refused);
  const stages = plan.stages.map((stage) => stage.filter(({ kind }) => kind !== "sweep" && kind !== "loose-sweep"));
  return {
    plan: { ...plan, stages },
    workshop: { ...workshop, settings: { ...workshop.settings, delete: false } },
  };
}

/** Runs the plan and follows it in the log. */
async function copy(
  record: RunRecord,
  plan: Plan,
  workshop: Workshop,
  { log, signal, firstPauseMs }: Surroundings,
): Promise<void> {
  const { inputs } = record;
  const { settings } = workshop;
  if (!inputs.dryRun) await mkdir(settings.destination, { recursive: true });
  const widest = Math.max(1, Math.min(plan.lanes, ...[Math.max(...plan.stages.map((stage) => stage.length))]));
  const perLane = inputs.bandwidthLimit === undefined ? undefined : inputs.bandwidthLimit / widest;
  const sharing = { ...workshop, settings: { ...settings, bandwidthLimit: perLane } };
  record.rsyncArguments = rsyncArguments(sharing.settings, "deep", "progress", undefined);

  const tracker = trackProgress(plan);
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
          if (record.changes.length < changesKept) record.changes.push({ change, path });
        },
        onEnd: (end) => {
          record.ends.push(end);
          for (const project of tracker.ended(end))
            log.info(`${projectName(toDisplay(project))}: done after ${duration(elapsed())}`);
        },
      },
      signal,
    );
  } finally {
    clearInterval(heartbeat);
  }
}

/** A source that was unmounted, or replaced, during the run cannot have been copied whole, whatever the rsyncs found in its place. */
function checkSourceStayed({ source }: Ground, record: RunRecord): void {
  try {
    const { dev, ino } = statSync(source.realPath, { bigint: true });
    if (`${dev}:${ino}` === source.identity) return;
  } catch {
    // Gone altogether: the same.
  }
  record.reasons.push(
    "the source directory is not the one that the run began with: it was unmounted or replaced meanwhile",
  );
}

/** Notes how long each stretch took, also one that failed. */
function phases(record: RunRecord): <Value>(name: string, work: () => Promise<Value>) => Promise<Value> {
  return async (name, work) => {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      record.phases.push({ name, seconds: (performance.now() - startedAt) / 1000 });
    }
  };
}

/** Resolves when a cancellation has been waiting too long; never without one. */
function overdue(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wait = (): void => {
      setTimeout(resolve, reportAfterCancelMs);
    };
    if (signal.aborted) wait();
    else signal.addEventListener("abort", wait, { once: true });
  });
}
