import { type Activities, type Activity, activities, addActivities, noActivities } from "../measure/activity.ts";
import type { Role } from "../measure/rsync-watch.ts";
import type { Evidence } from "./evidence.ts";

/** Percent of its time that each side spent in each activity. A generator and a receiver share a side: they take turns. */
export interface Shares {
  readonly source: Activities;
  /** Up to 200: two processes may do the same at the same time. */
  readonly destination: Activities;
  readonly roles: Readonly<Record<Role, Activities>>;
}

export const sides = ["source", "destination"] as const;
export type Side = (typeof sides)[number];

/** The shares; all 0 where no process was looked at. */
export function sharesOf({ rsyncs }: Pick<Evidence, "rsyncs">): Shares {
  const of = (role: Role): Activities => {
    const shares = noActivities();
    if (rsyncs === undefined) return shares;
    // All three live as long as their rsync does, but a child is found later, so that less of its time was seen.
    const seen = sum(rsyncs.roles[role], activities);
    for (const activity of activities) shares[activity] = seen === 0 ? 0 : (100 * rsyncs.roles[role][activity]) / seen;
    return shares;
  };
  const roles = { sender: of("sender"), generator: of("generator"), receiver: of("receiver") };
  return { source: roles.sender, destination: addActivities(roles.generator, roles.receiver), roles };
}

/** Waiting for file systems and what is below them. */
const storageActivities: readonly Activity[] = [
  "fileData",
  "fileMetadata",
  "deleting",
  "throttled",
  "fsync",
  "uninterruptible",
];

/** Percent of the rsyncs' time in which a side waited for its storage. */
export function storageShare(shares: Activities): number {
  return Math.min(100, sum(shares, storageActivities));
}

/** Percent of the rsyncs' time in which a side computed or queued for a CPU. */
export function computingShare(shares: Activities): number {
  return Math.min(100, sum(shares, ["onCpu", "waitingForCpu"]));
}

/** The same of both sides together: they take turns, or compute at the same time. */
export function computingTogether({ source, destination }: Shares): number {
  return Math.min(100, computingShare(source) + computingShare(destination));
}

/** Of the time that a side computed or wanted to, the percentage that it had to queue for. */
export function queueingShare({ onCpu, waitingForCpu }: Pick<Activities, "onCpu" | "waitingForCpu">): number {
  return onCpu + waitingForCpu === 0 ? 0 : (100 * waitingForCpu) / (onCpu + waitingForCpu);
}

export function sum(shares: Activities, of: readonly Activity[]): number {
  return of.reduce((total, activity) => total + shares[activity], 0);
}

/** What a share of the copying is of the whole run, in which survey and sync took their time too. */
export function ofTheRun(share: number, { seconds: { survey, copy, sync } }: Pick<Evidence, "seconds">): number {
  const total = survey + copy + sync;
  return total === 0 ? share : (share * copy) / total;
}

/** Percent of copying and sync that the sync took: the destination's. */
export function syncShare({ seconds: { copy, sync } }: Pick<Evidence, "seconds">, side: Side): number {
  return side === "source" ? 0 : (100 * sync) / Math.max(0.001, copy + sync);
}

/** What a share of the copying is of the whole run, with the sync for the destination. */
export function withSync(share: number, evidence: Pick<Evidence, "seconds">, side: Side): number {
  const { survey, copy, sync } = evidence.seconds;
  const synced = side === "source" ? 0 : (100 * sync) / Math.max(0.001, survey + copy + sync);
  return ofTheRun(share, evidence) + synced;
}
