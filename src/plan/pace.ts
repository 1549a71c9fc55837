import type { Latencies } from "../survey/latency.ts";
import type { Load } from "../survey/load.ts";

/**
 * What one rsync does in which time; all in seconds. Where nothing is measured the figures are of `rsync -a` alone, on a memory
 * file system and through a view of one that answers every request after 0.5 ms (`npm run bench`): 30,000 files with their 7,400
 * directories took 0.95 s to copy and 0.23 s to find unchanged; 824 files with 295 directories 6.8 s and 1.8 s behind the
 * latency, 3.2 s and 1.2 s with the source alone behind it, 5.5 s and 0.8 s with the destination alone.
 */
export interface Pace {
  /** For an entry that the destination has already. */
  readonly present: number;
  /** For one that it lacks. */
  readonly absent: number;
  /** For a byte of what it lacks. */
  readonly byte: number;
}

/** What most of a run's work is: copying what the destination lacks, or finding unchanged what it has. */
export type Work = "copying" | "comparing";

export function workOf({ entries, absentEntries, bytes, absentBytes }: Load): Work {
  return 2 * absentEntries > entries || 2 * absentBytes > bytes ? "copying" : "comparing";
}

/** Seconds of computing that an entry takes, at the source and the destination together. */
const computing = { present: 6e-6, absent: 25e-6 };
/** Requests for an entry that follow one another. */
const requests = { present: { source: 2, destination: 1.2 }, absent: { source: 4, destination: 8.5 } };
/** Seconds of computing in a request to storage behind a network: what a further rsync would have to share. */
const computingPerRequest = 20e-6;
/** Seconds that a byte takes where nothing but copying limits: some 500 MB/s. */
const secondsPerByte = 2e-9;
/** What one request to read or write moves at most: the kernel's for FUSE; NFS moves more. */
const bytesPerRequest = 128 * 1024;
/** A guess at how much of what is there already has changed since: few bytes, but a day's new films may be among them. */
const changedShare = 0.02;

export function paceOf({ source, destination }: Latencies): Pace {
  const waiting = (of: "present" | "absent"): number =>
    requests[of].source * source + requests[of].destination * destination;
  return {
    present: computing.present + waiting("present"),
    absent: computing.absent + waiting("absent"),
    byte: secondsPerByte + (source + destination) / bytesPerRequest,
  };
}

/** Seconds that one rsync takes for a load. */
export function secondsOf({ entries, absentEntries, bytes, absentBytes }: Load, pace: Pace): number {
  return (
    (entries - absentEntries) * pace.present +
    absentEntries * pace.absent +
    (absentBytes + (bytes - absentBytes) * changedShare) * pace.byte
  );
}

/**
 * How many rsyncs keep one CPU busy with a load: by Little's law, the time of an entry over the time that it computes. 1 where
 * nothing has to be waited for.
 */
export function rsyncsPerCpu(load: Load, latencies: Latencies): number {
  const { source, destination } = latencies;
  const withoutWaiting = secondsOf(load, paceOf({ source: 0, destination: 0 }));
  if (withoutWaiting === 0) return 1;
  // Each request as a pace of its own: so many seconds as there are requests.
  const counted = secondsOf(load, paceOf({ source: source > 0 ? 1 : 0, destination: destination > 0 ? 1 : 0 }));
  const computed = withoutWaiting + (counted - withoutWaiting) * computingPerRequest;
  return Math.max(1, secondsOf(load, paceOf(latencies)) / computed);
}
