import { ladder } from "../plan/parallelism.ts";
import type { Evidence } from "./evidence.ts";

/** The most that the input takes. */
export const mostLanes = 256;
/** Beyond the ladder, what is tried next. */
const higher = [96, 128, 192, mostLanes];
/** The next number of rsyncs worth trying; undefined at the most. */
export function nextLanes(lanes: number): number | undefined {
  return [...ladder, ...higher].find((step) => step >= 1.3 * lanes);
}

/** Whether there was work for more than one rsync at a time. */
export function isDivided({ schedule }: Evidence): boolean {
  return schedule.makespanSeconds > 0 && schedule.laneSeconds / schedule.makespanSeconds > 1.5;
}

/** Advice to take more rsyncs, where that is possible: the input and a value. */
export function moreLanes({ settings, schedule }: Evidence): string | undefined {
  const { parallelism } = settings;
  if (parallelism === "auto" && schedule.lanes < settings.mostLanes) return undefined;
  const next = nextLanes(parallelism === "auto" ? schedule.lanes : parallelism);
  return next === undefined ? undefined : `set parallelism to ${next}`;
}

/** Advice to take fewer, where a number was given that is more than the CPUs can use. */
export function fewerLanes({ settings: { parallelism, cpus } }: Evidence, why: string): string | undefined {
  if (parallelism === "auto" || cpus === undefined || parallelism <= cpus + 1) return undefined;
  return `set parallelism to auto or to ${cpus + 1}: ${why}`;
}

/** Whether another number could have made more rsyncs run: with fewer parts than lanes none does. */
export function couldTakeMore({ settings, schedule }: Evidence): boolean {
  const { parallelism, mostLanes: most } = settings;
  return schedule.rsyncs > schedule.lanes && (parallelism === "auto" ? schedule.lanes < most : parallelism < most);
}
