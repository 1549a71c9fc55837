import { isDeepStrictEqual } from "node:util";
import { toDisplay } from "../byte-path.ts";
import { RefusedError } from "../errors.ts";
import { isSelective } from "../inputs/selective.ts";
import type { Plan } from "../plan/shard.ts";
import { unguarded } from "../preflight/guards.ts";
import { freeSpace, noSpace } from "../preflight/space.ts";
import type { RunRecord } from "../record.ts";
import { passingFilters } from "../rsync/query.ts";
import { isEmpty, type Survey } from "../survey/survey.ts";
import type { Stock } from "../survey/take-stock.ts";
import { decideDeletions, type PendingDeletions } from "./deletions.ts";
import { type Rehearsal, rehearse } from "./rehearsal.ts";
import type { Workshop } from "./workshop.ts";

/** What may go ahead: the plan, without deletions if they were refused. */
export interface Allowed {
  readonly plan: Plan;
  readonly workshop: Workshop;
}

/**
 * Counts what the whole run would delete and decides, before anything is; and whether what comes fits, where only rsync can say
 * what comes.
 *
 * @throws RefusedError when there is too little space
 */
export async function gate(
  record: RunRecord,
  { selection, survey, spaceInDoubt }: Stock,
  plan: Plan,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<Allowed> {
  const { inputs } = record;
  const selective = isSelective(inputs);
  let rehearsal: Rehearsal | undefined;
  if (selective && (inputs.delete || spaceInDoubt))
    rehearsal = await rehearse(plan, [...selection.projects, ...selection.vanished], workshop, signal);
  if (rehearsal !== undefined && spaceInDoubt) {
    const free = await freeSpace(workshop.settings.destination);
    const problem = free && noSpace(free, rehearsal.newBytes, rehearsal.newFiles);
    const isCertain =
      rehearsal.deletions.entries === 0 &&
      free?.mayCompress === false &&
      !inputs.preserve.has("hard-links") &&
      !inputs.preserve.has("sparse");
    if (problem !== undefined && isCertain) throw new RefusedError([problem]);
    if (problem !== undefined) record.notices.push(`it may not fit: ${problem}`);
  }
  if (!inputs.delete || survey.destination === undefined) return { plan, workshop };
  const unreadable = [...selection.unreadable, ...survey.unreadable.map(({ path }) => path)];
  // Rules that are read from files cannot be asked about; then every directory counts.
  const passing =
    plan.notSplit === undefined ? await passingFilters(workshop, workshop.settings, unreadable) : new Set(unreadable);
  record.deletions = decideDeletions(
    {
      list: rehearsal?.deletions ?? survey.destination.extraneous,
      destinationEntries: survey.destination.entries,
      incomplete: rehearsal?.incomplete,
      unreadable: unreadable.filter((path) => passing.has(path)),
      unreadableThere: [...selection.unreadableThere, ...survey.destination.unreadable],
      misplaced: await unguarded(inputs, workshop.settings),
      ...suspicions(record, survey),
    },
    inputs.maxDelete,
  );
  const mostDeletions = record.deletions.limit;
  if (record.deletions.refused === undefined)
    return { plan, workshop: { ...workshop, settings: { ...workshop.settings, mostDeletions } } };
  record.reasons.push(record.deletions.refused);
  const stages = plan.stages.map((stage) => stage.filter(({ kind }) => kind !== "sweep" && kind !== "loose-sweep"));
  record.plan = { ...plan, stages };
  return {
    plan: record.plan,
    workshop: { ...workshop, settings: { ...workshop.settings, delete: false } },
  };
}

/** What looks as if the source were not the one that it was, unless that is expected. */
function suspicions(
  { inputs, history, sourceIdentity: now }: RunRecord,
  { projects }: Survey,
): Pick<PendingDeletions, "otherSource" | "emptied"> {
  if (inputs.sourceChangedOk) return { otherSource: undefined, emptied: [] };
  const { identity: before, filledProjects } = history.source;
  const isSame = before === undefined || now === undefined || isDeepStrictEqual(before, now);
  return {
    otherSource: isSame ? undefined : { before, now },
    emptied: projects
      .filter(isEmpty)
      .map(({ path }) => path)
      .filter((path) => filledProjects.has(toDisplay(path))),
  };
}
