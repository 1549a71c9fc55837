import type { Activities } from "./activity.ts";
import type { BlockDevice } from "./block-device.ts";
import type { NfsActivity } from "./nfs.ts";
import type { RemoteEnd } from "./remote.ts";
import type { Watched } from "./rsync-watch.ts";
import type { MountedStorage } from "./storage.ts";

/** One reading of the machine: means over the time since the last one. An undefined figure could not be read. */
export interface Sample {
  /** Milliseconds since the run started. */
  readonly atMs: number;
  /** Busy share of all CPUs, 0–100, without waiting for I/O. */
  readonly cpuPercent: number | undefined;
  /** Share of all CPUs that idled while I/O was outstanding, 0–100. */
  readonly iowaitPercent: number | undefined;
  /** Share of all CPUs that the hypervisor gave to others, 0–100. */
  readonly stealPercent: number | undefined;
  /** Memory in use that could not be had back at once (total − available). */
  readonly memoryUsedBytes: number | undefined;
  /** Memory with data that is not written to storage yet. */
  readonly unwrittenBytes: number | undefined;
  /** Read from the device behind the source. */
  readonly sourceReadBytesPerSecond: number | undefined;
  /** Share of the time in which that device, or the busiest below it, had a request in flight, 0–100. */
  readonly sourceBusyPercent: number | undefined;
  /** Milliseconds that a request to it took, waiting in its queue included. */
  readonly sourceAwaitMs: number | undefined;
  /** Requests in its queue. */
  readonly sourceQueue: number | undefined;
  /** Milliseconds until the source's file system answered a question of ours while rsyncs ran. */
  readonly sourceAnswerMs: number | undefined;
  /** Written to the device behind the destination. */
  readonly destinationWriteBytesPerSecond: number | undefined;
  readonly destinationBusyPercent: number | undefined;
  readonly destinationAwaitMs: number | undefined;
  readonly destinationQueue: number | undefined;
  readonly destinationAnswerMs: number | undefined;
  /** Over all interfaces but loopback. */
  readonly networkReceivedBytesPerSecond: number | undefined;
  readonly networkSentBytesPerSecond: number | undefined;
  /** Share of sent TCP segments that had to be sent again, 0–100, of the whole machine. */
  readonly retransmittedPercent: number | undefined;
  /** Share of the time in which at least one process of the machine was held up by a lack of CPU, I/O or memory, 0–100. */
  readonly cpuStallPercent: number | undefined;
  readonly ioStallPercent: number | undefined;
  /** Of our own control group where it says so. */
  readonly memoryStallPercent: number | undefined;
  /** Share of the periods in which our control group had used up its CPU quota, 0–100. */
  readonly throttledPercent: number | undefined;
  /** Pages that our control group had to read again because they had been pushed out. */
  readonly refaultsPerSecond: number | undefined;
  /** Rsyncs that ran. */
  readonly rsyncs: number | undefined;
  /** What their senders read, from the page cache too. */
  readonly rsyncReadBytesPerSecond: number | undefined;
  /** How many of their processes did what: of the senders, and of the generators and receivers. */
  readonly activities: { readonly source: Activities; readonly destination: Activities } | undefined;
}

/** A sample of which nothing is known, to be filled in. */
export const unmeasured: Omit<Sample, "atMs"> = {
  cpuPercent: undefined,
  iowaitPercent: undefined,
  stealPercent: undefined,
  memoryUsedBytes: undefined,
  unwrittenBytes: undefined,
  sourceReadBytesPerSecond: undefined,
  sourceBusyPercent: undefined,
  sourceAwaitMs: undefined,
  sourceQueue: undefined,
  sourceAnswerMs: undefined,
  destinationWriteBytesPerSecond: undefined,
  destinationBusyPercent: undefined,
  destinationAwaitMs: undefined,
  destinationQueue: undefined,
  destinationAnswerMs: undefined,
  networkReceivedBytesPerSecond: undefined,
  networkSentBytesPerSecond: undefined,
  retransmittedPercent: undefined,
  cpuStallPercent: undefined,
  ioStallPercent: undefined,
  memoryStallPercent: undefined,
  throttledPercent: undefined,
  refaultsPerSecond: undefined,
  rsyncs: undefined,
  rsyncReadBytesPerSecond: undefined,
  activities: undefined,
};

/** What stands behind a directory. */
export interface Storage extends MountedStorage {
  /** Its device and those that it is made of, from top to bottom. */
  readonly devices: readonly BlockDevice[];
  /** The other end of a network file system. */
  readonly remote: RemoteEnd | undefined;
  /** What its client counted during the run, for NFS. */
  readonly nfs: NfsActivity | undefined;
  /** Limits that control groups set on its devices. */
  readonly limits: readonly string[];
}

/** What our own control group allows. */
export interface GroupLimits {
  /** CPUs. */
  readonly cpuQuota: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  /** The most that was in use. */
  readonly memoryPeakBytes: number | undefined;
  /** How often the memory limit was met during the run. */
  readonly memoryLimitHits: number | undefined;
}

/** What a run's meter saw. */
export interface Measurement {
  readonly intervalMs: number;
  readonly samples: readonly Sample[];
  readonly source: Storage;
  readonly destination: Storage;
  readonly memoryTotalBytes: number | undefined;
  readonly group: GroupLimits;
  /** What the processes of the rsyncs did; undefined where no rsync was looked at. */
  readonly rsyncs: Watched | undefined;
  /** CPU seconds that the measuring took. */
  readonly costSeconds: number;
  /** What could not be read, in words. */
  readonly missing: readonly string[];
}

/** The machine that a run ran on, processor, disks and file systems from systeminformation; every field undefined where it cannot be told. */
export interface Inventory {
  readonly host: string | undefined;
  readonly operatingSystem: string | undefined;
  readonly kernel: string | undefined;
  readonly cpuModel: string | undefined;
  readonly cpus: number | undefined;
  readonly memoryBytes: number | undefined;
  /** One line a disk: name, kind and size. */
  readonly disks: readonly string[];
  /** One line a file system: where it is mounted, its type, size and use. */
  readonly fileSystems: readonly string[];
  /** One line an interface that is up: name and speed. */
  readonly interfaces: readonly string[];
}
