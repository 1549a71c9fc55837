import type { Activity } from "../measure/activity.ts";
import { bytes, duration, milliseconds, percent, rate } from "../report/format.ts";
import type { SideFigures } from "./evidence.ts";
import type { Side } from "./shares.ts";
import type { Finding, Unit } from "./verdict.ts";

/** What a side stands on, for a sentence: `the source's disk vdb`, `the destination (nfs4)`. */
export function placeOf(side: Side, { kind, devices, fileSystem }: SideFigures): string {
  if (kind === "block" && devices[0] !== undefined) return `the ${side}'s disk ${devices[0]}`;
  return fileSystem === undefined ? `the ${side}` : `the ${side} (${fileSystem})`;
}

/** A value with its unit. */
export function valueWords(value: number, unit: Unit): string {
  switch (unit) {
    case "%":
      return percent(value);
    case "ms":
      return milliseconds(value);
    case "B/s":
      return rate(value);
    case "B":
      return bytes(value);
    case "s":
      return duration(value);
    case "count":
      return String(Math.round(value));
    default:
      return `${Number(value.toPrecision(3))} ${unit}`;
  }
}

/** A finding as a person reads it: `CPUs busy: 97 % (at least 90 %)`. */
export function findingWords({ what, value, unit, comparison, threshold }: Finding): string {
  return `${what}: ${valueWords(value, unit)} (${comparison} ${valueWords(threshold, unit)})`;
}

/** What processes of rsync do, behind their names. */
export const activityWords: Readonly<Record<Activity, string>> = {
  onCpu: "computing",
  waitingForCpu: "queueing for a CPU",
  fileData: "reading or writing contents",
  fileMetadata: "asking for names and attributes",
  deleting: "deleting",
  throttled: "waiting for unwritten data to be written",
  fsync: "waiting until data is on the storage",
  memory: "waiting for memory",
  peer: "waiting for each other",
  asleep: "asleep",
  uninterruptible: "waiting, most likely for storage",
  unknown: "waiting for something unknown",
};

/** A sentence's first word. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
