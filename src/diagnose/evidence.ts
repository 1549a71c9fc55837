import type { StorageKind } from "../measure/file-systems.ts";
import type { NfsActivity } from "../measure/nfs.ts";
import type { Watched } from "../measure/rsync-watch.ts";
import type { Work } from "../plan/pace.ts";
import type { ShardKind } from "../plan/shard.ts";
import type { LaneRate, TuningStep } from "../run/tuner.ts";

/**
 * Everything that a diagnosis is made from, as plain values, so that it can be written down and diagnosed again. Figures of the machine
 * are means over the time in which rsyncs ran; undefined is what could not be measured.
 */
export interface Evidence {
  /** Seconds of the run's phases. */
  readonly seconds: {
    readonly survey: number;
    readonly copy: number;
    /** Of the rsyncs' time in it, added up over lanes: in removing entries, as seen. rsync deletes while it copies. */
    readonly deleting: number;
    /** 0 where it was not asked for. */
    readonly sync: number;
  };
  readonly settings: Settings;
  readonly schedule: Schedule;
  readonly troubles: Troubles;
  readonly tuning: {
    readonly steps: readonly TuningStep[];
    /** What numbers of lanes achieved in this run, and in the last one of the same kind that measured others. */
    readonly rates: readonly LaneRate[];
    readonly earlierRates: readonly LaneRate[];
  };
  /** What rsync's processes did; undefined where no process could be looked at. */
  readonly rsyncs: Watched | undefined;
  readonly machine: MachineFigures;
  readonly source: SideFigures;
  readonly destination: SideFigures;
  /** Whether both sides stand on one device. */
  readonly sameDevice: boolean;
  /** What could not be read, in words. */
  readonly missing: readonly string[];
}

/** What was asked for, as far as it can limit a run. */
export interface Settings {
  readonly parallelism: number | "auto";
  /** Lanes that auto could still have gone to. */
  readonly mostLanes: number;
  readonly bandwidthLimit: number | undefined;
  readonly checksum: boolean;
  readonly fsync: boolean;
  /** Why the tree was not split. */
  readonly notSplit: string | undefined;
  readonly work: Work | undefined;
  /** CPUs that the run could use, and those of the machine. */
  readonly cpus: number | undefined;
  readonly machineCpus: number | undefined;
}

/** When which rsync ran; exact. */
export interface Schedule {
  /** Rsyncs that could have run at once, at most. */
  readonly lanes: number;
  readonly rsyncs: number;
  /** From the first start to the last end. */
  readonly makespanSeconds: number;
  /** Time of all rsyncs, added up. */
  readonly laneSeconds: number;
  /** Time of lanes that stood empty although they were allowed to run. */
  readonly idleLaneSeconds: number;
  /** Time in which just one rsync ran, and in which fewer than half of the lanes did. */
  readonly aloneSeconds: number;
  readonly underusedSeconds: number;
  readonly longest: LongestShard | undefined;
  /** Bytes a second that rsyncs read while nearly all lanes ran, and while one did; undefined where either was too short. */
  readonly throughput: { readonly full: number; readonly alone: number } | undefined;
  readonly bytesTransferred: number;
}

export interface LongestShard {
  readonly id: number;
  readonly kind: ShardKind;
  readonly seconds: number;
  /** The first of its projects, as text; empty for the loose files. */
  readonly project: string;
  /** The only file that it copied, below the source, as text; undefined where there were more. */
  readonly file: string | undefined;
  readonly bytes: number;
}

/** What went wrong, and what it cost. */
export interface Troubles {
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly failedShards: number;
  /** Time of lanes that went into attempts that failed, and into the pauses behind them. */
  readonly failedSeconds: number;
  readonly pausedSeconds: number;
  /** The most frequent failure, in words. */
  readonly worst: string | undefined;
}

export interface MachineFigures {
  readonly cpuPercent: number | undefined;
  readonly iowaitPercent: number | undefined;
  readonly stealPercent: number | undefined;
  readonly memoryUsedPercent: number | undefined;
  readonly cpuStallPercent: number | undefined;
  readonly ioStallPercent: number | undefined;
  readonly memoryStallPercent: number | undefined;
  readonly throttledPercent: number | undefined;
  readonly cpuQuota: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  readonly memoryPeakBytes: number | undefined;
  readonly memoryLimitHits: number | undefined;
  readonly refaultsPerSecond: number | undefined;
  readonly receivedBytesPerSecond: number | undefined;
  readonly sentBytesPerSecond: number | undefined;
  readonly retransmittedPercent: number | undefined;
}

/** What stands behind the source or the destination, and how it did. */
export interface SideFigures {
  readonly fileSystem: string | undefined;
  readonly kind: StorageKind | undefined;
  readonly mountPoint: string | undefined;
  /** Names of its devices, from top to bottom. */
  readonly devices: readonly string[];
  /** Whether it turns. */
  readonly rotational: boolean | undefined;
  /** Limits of control groups on them. */
  readonly limits: readonly string[];
  /** Of a network file system. */
  readonly interface: string | undefined;
  readonly linkBitsPerSecond: number | undefined;
  readonly nfs: NfsActivity | undefined;
  /** Milliseconds to an answer before anything ran, and while rsyncs ran (median). */
  readonly idleAnswerMs: number | undefined;
  readonly answerMs: number | undefined;
  readonly bytesPerSecond: number | undefined;
  readonly busyPercent: number | undefined;
  readonly awaitMs: number | undefined;
  readonly queue: number | undefined;
}
