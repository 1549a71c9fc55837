import { type BytePath, join, parents } from "../byte-path.ts";
import type { RunRecord } from "../record.ts";
import { passingFilters } from "../rsync/query.ts";
import type { Workshop } from "../run/workshop.ts";
import type { Surroundings } from "../surroundings.ts";
import { absentDirectories, filesAmong, filesOf } from "../survey/details.ts";
import { linkGroups } from "../survey/hard-links.ts";
import type { Selection } from "../survey/projects.ts";
import type { Stock } from "../survey/take-stock.ts";
import { whyNotSplit } from "./not-split.ts";
import { makePlan } from "./plan.ts";
import { relinkShard } from "./relink.ts";
import type { Plan, Shard } from "./shard.ts";

/** Plans with the answers of the file systems and of rsync. */
export async function drawPlan(
  record: RunRecord,
  { selection, survey }: Stock,
  workshop: Workshop,
  surroundings: Surroundings,
): Promise<Plan> {
  const { inputs, lanes } = record;
  const { settings } = workshop;
  const { signal, leastWeight } = surroundings;
  const plan = await makePlan(
    {
      selection,
      projects: survey.projects,
      looseBytes: survey.looseBytes,
      lanes,
      delete: inputs.delete,
      dryRun: inputs.dryRun,
      notSplit: whyNotSplit(inputs, selection.folders),
      ...(leastWeight === undefined ? {} : { leastWeight }),
    },
    {
      filesOf: (path) => filesOf(settings.source, path, signal),
      passing: (directories) => passingFilters(workshop, settings, directories),
      absentAtDestination: (directories) => absentDirectories(settings.destination, directories, signal),
    },
  );
  if (plan.notSplit !== undefined) record.notices.push(plan.notSplit);
  const last = await relinking(plan, selection, workshop, record, signal);
  record.plan = last === undefined ? plan : { ...plan, stages: [...plan.stages, [last]] };
  return record.plan;
}

/** The last pass for hard links, if one is asked for and needed. */
async function relinking(
  plan: Plan,
  { projects, folders }: Selection,
  workshop: Workshop,
  { inputs }: RunRecord,
  signal: AbortSignal,
): Promise<Shard | undefined> {
  if (!inputs.preserve.has("hard-links") || inputs.dryRun || plan.stages.flat().length < 2) return undefined;
  const loose = folders.flatMap(({ path, loose: names }) => names.map((name) => join(path, name)));
  const { source, destination } = workshop.settings;
  const here = await linkGroups(source, projects, loose, signal);
  // Names that an earlier run linked and that are separate by now: whichever rsync came first gave the other's name its mode too.
  const absent = new Set(await absentDirectories(destination, projects, signal));
  const present = projects.filter((project) => !absent.has(project));
  const there = await linkGroups(destination, present, loose, signal);
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
