import { ladder } from "../plan/parallelism.ts";
import type { Evidence } from "./evidence.ts";
import { busyCpus } from "./thresholds.ts";

/** The most that the input takes. */
export const mostLanes = 256;
/** Beyond the ladder, what is tried next. */
const higher = [96, 128, 192, mostLanes];
/** How many times as many rsyncs are worth a try at once. */
const boldest = 8;

/**
 * The number of rsyncs worth trying next: where each waits, so many as would keep the CPUs busy if nothing else came in the way, and at least a
 * step more. Undefined at the most.
 */
export function nextLanes(lanes: number, { machine: { cpuPercent = busyCpus } }: Evidence): number | undefined {
  const bearable = lanes * Math.min(boldest, busyCpus / Math.max(1, cpuPercent));
  const steps = [...ladder, ...higher].filter((step) => step > lanes);
  return steps.findLast((step) => step <= bearable) ?? steps[0];
}

/** Whether there was work for more than one rsync at a time. */
export function isDivided({ schedule }: Evidence): boolean {
  return schedule.makespanSeconds > 0 && schedule.laneSeconds / schedule.makespanSeconds > 1.5;
}

/** Advice to take more rsyncs, where that is possible: the input and a value. */
export function moreLanes(evidence: Evidence): string | undefined {
  const { settings, schedule } = evidence;
  const { parallelism } = settings;
  if (parallelism === "auto" && schedule.lanes < settings.mostLanes) return undefined;
  const next = nextLanes(parallelism === "auto" ? schedule.lanes : parallelism, evidence);
  return next === undefined ? undefined : `set parallelism to ${next}`;
}

/** Advice to take fewer, where a number was given that is more than the CPUs can use. */
export function fewerLanes({ settings: { parallelism, cpus } }: Evidence, why: string): string | undefined {
  if (parallelism === "auto" || cpus === undefined || parallelism <= cpus + 1) return undefined;
  return `set parallelism to auto or to ${cpus + 1}: ${why}`;
}

/** Whether more rsyncs would have had something to do: more parts than lanes, or a tree that was not split because one lane was asked for. */
export function isDivisible({ settings, schedule }: Evidence): boolean {
  return schedule.rsyncs > schedule.lanes || (settings.parallelism === 1 && settings.notSplit === undefined);
}

/** Whether another number could have made more rsyncs run. */
export function couldTakeMore(evidence: Evidence): boolean {
  const { settings, schedule } = evidence;
  const { parallelism, mostLanes: most } = settings;
  return isDivisible(evidence) && (parallelism === "auto" ? schedule.lanes < most : parallelism < most);
}
