import { totalmem } from "node:os";
import type { Sample } from "../measure/measurement.ts";

/** Busy share of all CPUs, in percent, from which a further rsync takes its time from the others. */
const busy = 92;
/** Share of the memory in use from which a further rsync may push out what the others need. */
const full = 0.9;

/** What speaks against more rsyncs, in a few words; undefined where nothing does. */
export function pressure(sample: Sample | undefined, memoryBytes: number = totalmem()): string | undefined {
  if (sample === undefined) return undefined;
  const { cpuPercent, memoryUsedBytes } = sample;
  if (cpuPercent !== undefined && cpuPercent >= busy) return `the CPUs are busy for ${Math.round(cpuPercent)} %`;
  if (memoryUsedBytes !== undefined && memoryUsedBytes >= full * memoryBytes)
    return `${Math.round((100 * memoryUsedBytes) / memoryBytes)} % of the memory is in use`;
  return undefined;
}
