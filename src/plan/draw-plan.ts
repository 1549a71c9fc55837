import { freemem } from "node:os";
import { type BytePath, join, parents, toDisplay } from "../byte-path.ts";
import { bestLanes } from "../history/best-lanes.ts";
import { isSelective } from "../inputs/selective.ts";
import { usableCpus } from "../preflight/cpus.ts";
import type { RunRecord } from "../record.ts";
import { counted } from "../report/format.ts";
import { passingFilters } from "../rsync/query.ts";
import type { Workshop } from "../run/workshop.ts";
import type { Surroundings } from "../surroundings.ts";
import { absentDirectories, filesAmong, filesOf, isEmpty } from "../survey/details.ts";
import { linkGroups } from "../survey/hard-links.ts";
import type { Selection } from "../survey/projects.ts";
import type { Stock } from "../survey/take-stock.ts";
import { collidingNames } from "./colliding-names.ts";
import { whyNotSplit } from "./not-split.ts";
import { paceOf, secondsOf, workOf } from "./pace.ts";
import { chooseParallelism } from "./parallelism.ts";
import { defaultLeastSeconds, makePlan, wholeLoad } from "./plan.ts";
import { relinkShard } from "./relink.ts";
import { lanesNeeded, type Plan, type Shard } from "./shard.ts";

/** Plans with the answers of the file systems and of rsync. */
export async function drawPlan(
  record: RunRecord,
  { selection, survey, latencies }: Stock,
  workshop: Workshop,
  { log, signal, leastSeconds = defaultLeastSeconds }: Surroundings,
): Promise<Plan> {
  const { inputs } = record;
  const { settings } = workshop;
  const load = wholeLoad(survey.projects, survey.loose);
  const cpus = usableCpus();
  const work = workOf(load);
  const pace = paceOf(latencies);
  const loads = new Map(survey.projects.map(({ path, total }) => [path, total]));
  record.work = work;
  record.usableCpus = cpus;
  record.expected = (project) => secondsOf(loads.get(project) ?? survey.loose, pace);
  record.parallelism = chooseParallelism({
    wanted: inputs.parallelism,
    cpus,
    load,
    latencies,
    remembered: bestLanes(record.history.runs, work, cpus),
    bandwidthLimit: inputs.bandwidthLimit,
    freeMemory: freeMemory(),
  });
  const { lanes, chosenBy } = record.parallelism;
  const learnt = record.history.slowness[work];
  const slowness = new Map(survey.projects.map(({ path }) => [path, learnt?.get(toDisplay(path)) ?? 1]));
  const plan = await makePlan(
    {
      selection,
      projects: survey.projects,
      loose: survey.loose,
      latencies,
      slowness: (project) => slowness.get(project) ?? 1,
      lanes,
      delete: inputs.delete,
      selective: isSelective(inputs),
      dryRun: inputs.dryRun,
      notSplit: whyNotSplit(inputs, selection.folders),
      leastSeconds,
    },
    {
      filesOf: (path, withSizes) => filesOf(settings.source, path, withSizes, signal),
      passing: (directories) => passingFilters(workshop, settings, directories),
      absentAtDestination: (directories) => absentDirectories(settings.destination, directories, signal),
      isDestinationEmpty: () => isEmpty(settings.destination, workshop.ours),
    },
  );
  log.info(`${counted(lanesNeeded(plan), "rsync")} at once (${chosenBy})`);
  if (plan.notSplit !== undefined) record.notices.push(plan.notSplit);
  const collision = await collidingNames(survey.differingInCase, settings.destination, async (names) =>
    // Rules that are read from files cannot be asked about; then every name counts.
    plan.notSplit === undefined ? passingFilters(workshop, settings, names) : new Set(names),
  );
  if (collision !== undefined) record.reasons.push(collision);
  const last = await relinking(plan, selection, new Set(survey.mountPoints), workshop, record, signal);
  record.plan = last === undefined ? plan : { ...plan, stages: [...plan.stages, [last]] };
  return record.plan;
}

/** Bytes that processes may still take, those that a container allows; Node before 20.13 knows only those of the machine. */
function freeMemory(): number {
  return typeof process.availableMemory === "function" ? process.availableMemory() : freemem();
}

/** The last pass for hard links, if one is asked for and needed. */
async function relinking(
  plan: Plan,
  { projects, folders }: Selection,
  mountPoints: ReadonlySet<BytePath>,
  workshop: Workshop,
  { inputs }: RunRecord,
  signal: AbortSignal,
): Promise<Shard | undefined> {
  if (!inputs.preserve.has("hard-links") || inputs.dryRun || plan.stages.flat().length < 2) return undefined;
  const loose = folders.flatMap(({ path, loose: names }) => names.map((name) => join(path, name)));
  const { source, destination } = workshop.settings;
  const here = await linkGroups(source, projects, loose, signal, mountPoints);
  // Names that an earlier run linked and that are separate by now: whichever rsync came first gave the other's name its mode too.
  const absent = new Set(await absentDirectories(destination, projects, signal));
  const present = projects.filter((project) => !absent.has(project));
  const there = await linkGroups(destination, present, loose, signal, mountPoints);
  const remaining = await filesAmong(source, there.flat(), signal);
  const groups = [...here, ...there.map((group) => group.filter((name) => remaining.has(name)))];
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
