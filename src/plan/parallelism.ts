import { mostListedAtOnce } from "../rsync/arguments.ts";
import type { Latencies } from "../survey/latency.ts";
import type { Load } from "../survey/load.ts";
import { rsyncsPerCpu } from "./pace.ts";
import { leastShards } from "./plan.ts";

/** How many rsyncs may run at once. */
export interface Parallelism {
  /** At the start. */
  readonly lanes: number;
  /** What the run may change it to, if it pays. */
  readonly least: number;
  readonly most: number;
  /** Who or what chose it; a few words. */
  readonly chosenBy: string;
}

export interface ParallelismRequest {
  readonly wanted: number | "auto";
  readonly cpus: number;
  readonly load: Load;
  readonly latencies: Latencies;
  /** What was best in earlier runs of the same kind; undefined: not known. */
  readonly remembered: number | undefined;
  /** Bytes a second for the whole run; undefined: unlimited. */
  readonly bandwidthLimit: number | undefined;
  /** Bytes that processes may still take. */
  readonly freeMemory: number;
}

/** The steps in which the number of lanes is changed: fine enough that the best is never far, coarse enough to tell two apart. */
export const ladder: readonly number[] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** The most that is chosen without a number from the user. */
const mostLanes = 64;
/** Memory of the three processes of one rsync, and of an entry in its list, in bytes. */
const memoryPerLane = 16 * 1024 * 1024;
const memoryPerEntry = 300;
/** How much of the free memory the rsyncs may take together. */
const memoryShare = 0.5;
/** One rsync more than there are CPUs to be kept busy: each waits 40 ms at its end. */
const spare = 1;

/** Chooses the lanes: what the user wants, what earlier runs found best, or what the storage's answering time asks for. */
export function chooseParallelism(request: ParallelismRequest): Parallelism {
  const { wanted, cpus, load, latencies, remembered, bandwidthLimit, freeMemory } = request;
  // rsync takes no limit below 1 KiB a second, so that more rsyncs together would go beyond the run's.
  const bound = Math.max(1, Math.floor((bandwidthLimit ?? Number.POSITIVE_INFINITY) / 1024));
  if (wanted !== "auto") {
    const lanes = Math.min(wanted, bound);
    return { lanes, least: lanes, most: lanes, chosenBy: "input parallelism" };
  }
  const listed = Math.min(mostListedAtOnce, load.entries / leastShards);
  const affordable = (freeMemory * memoryShare) / (memoryPerLane + listed * memoryPerEntry);
  const bearable = Math.min(bound, mostLanes, Math.max(1, Math.floor(affordable)));
  // A limit of bandwidth is shared out before the start: none is left for lanes that come later, and what goes leaves its share unused.
  const range = (lanes: number): Pick<Parallelism, "least" | "most"> =>
    bandwidthLimit === undefined ? { least: 1, most: bearable } : { least: lanes, most: lanes };
  if (remembered !== undefined) {
    const lanes = Math.min(remembered, bearable);
    return { lanes, ...range(lanes), chosenBy: "auto: the best of earlier runs" };
  }
  const perCpu = rsyncsPerCpu(load, latencies);
  const asked = Math.min(mostLanes, Math.floor(cpus * perCpu + spare));
  const lanes = Math.min(bearable, asked);
  const why =
    perCpu < 1.5
      ? `auto: ${cpus} usable CPUs + ${spare}`
      : `auto: ${milliseconds(latencies.source)} ms to an answer of the source and ${milliseconds(latencies.destination)} ms of the destination, on ${cpus} usable CPUs`;
  return {
    lanes,
    ...range(lanes),
    chosenBy: lanes < asked ? `${why}, bounded by memory or bandwidth-limit` : why,
  };
}

function milliseconds(seconds: number): string {
  return (seconds * 1000).toFixed(1);
}
