import type { Evidence, MachineFigures, Schedule, SideFigures } from "../../../src/diagnose/evidence.ts";
import { type Activities, activities, noActivities } from "../../../src/measure/activity.ts";
import type { Role } from "../../../src/measure/rsync-watch.ts";

/** Percent of a role's time; what is left of 100 is spent waiting for a peer. */
export type Percentages = Partial<Activities>;

export interface Given {
  readonly seconds?: Partial<Evidence["seconds"]>;
  readonly settings?: Partial<Evidence["settings"]>;
  readonly schedule?: Partial<Schedule>;
  readonly troubles?: Partial<Evidence["troubles"]>;
  readonly tuning?: Partial<Evidence["tuning"]>;
  readonly roles?: Partial<Record<Role, Percentages>>;
  readonly rsyncs?: Partial<NonNullable<Evidence["rsyncs"]>>;
  readonly machine?: Partial<MachineFigures>;
  readonly source?: Partial<SideFigures>;
  readonly destination?: Partial<SideFigures>;
  readonly sameDevice?: boolean;
  readonly missing?: readonly string[];
}

/** A run of 40 s with four lanes on two CPUs in which nothing stands out, but for what a test gives. */
export function evidenceOf(given: Given = {}): Evidence {
  return {
    seconds: { survey: 0.5, copy: 40, deleting: 0, sync: 0.5, ...given.seconds },
    settings: {
      ...{ parallelism: "auto", mostLanes: 64, bandwidthLimit: undefined, checksum: false, fsync: false },
      ...{ notSplit: undefined, work: "copying", cpus: 2, machineCpus: 2 },
      ...given.settings,
    },
    schedule: {
      ...{ lanes: 4, rsyncs: 30, makespanSeconds: 40, laneSeconds: 155, idleLaneSeconds: 5, aloneSeconds: 1 },
      ...{ underusedSeconds: 1.5, throughput: undefined, bytesTransferred: 2e9 },
      longest: { id: 3, kind: "deep", seconds: 8, project: "alpha", file: undefined, bytes: 2e8 },
      ...given.schedule,
    },
    troubles: {
      attempts: 30,
      failedAttempts: 0,
      failedShards: 0,
      failedSeconds: 0,
      pausedSeconds: 0,
      worst: undefined,
      ...given.troubles,
    },
    tuning: { steps: [], rates: [], earlierRates: [], ...given.tuning },
    rsyncs: {
      roles: {
        sender: secondsOf(given.roles?.sender),
        generator: secondsOf(given.roles?.generator),
        receiver: secondsOf(given.roles?.receiver),
      },
      ...{ seconds: 150, glimpses: 1200, readBytes: 2e9, deviceReadBytes: 0, costSeconds: 0.3 },
      ...given.rsyncs,
    },
    machine: {
      ...{ cpuPercent: 20, iowaitPercent: 0, stealPercent: 0, memoryUsedPercent: 20 },
      ...{ cpuStallPercent: 2, ioStallPercent: 2, memoryStallPercent: 0 },
      ...{ throttledPercent: undefined, cpuQuota: undefined, memoryLimitBytes: undefined, memoryPeakBytes: undefined },
      ...{ memoryLimitHits: undefined, refaultsPerSecond: undefined },
      ...{ receivedBytesPerSecond: 0, sentBytesPerSecond: 0, retransmittedPercent: 0 },
      ...given.machine,
    },
    source: sideOf(given.source),
    destination: sideOf(given.destination),
    sameDevice: given.sameDevice ?? false,
    missing: given.missing ?? [],
  };
}

/** Storage that is memory, unless something else is given. */
function sideOf(given: Partial<SideFigures> = {}): SideFigures {
  return {
    ...{ fileSystem: "tmpfs", kind: "memory", mountPoint: "/data", devices: [], rotational: undefined, limits: [] },
    ...{ interface: undefined, linkBitsPerSecond: undefined, nfs: undefined, idleAnswerMs: 0, answerMs: 0 },
    ...{ bytesPerSecond: undefined, busyPercent: undefined, awaitMs: undefined, queue: undefined },
    ...given,
  };
}

/** A block device, half idle unless something else is given. */
export function disk(name: string, given: Partial<SideFigures> = {}): Partial<SideFigures> {
  return {
    ...{ fileSystem: "ext4", kind: "block", devices: [name], rotational: false, bytesPerSecond: 20e6 },
    ...{ busyPercent: 30, awaitMs: 1, queue: 0.3 },
    ...given,
  };
}

function secondsOf(percentages: Percentages = {}): Activities {
  const seconds = noActivities();
  for (const activity of activities) seconds[activity] = (150 * (percentages[activity] ?? 0)) / 100;
  const known = activities.reduce((sum, activity) => sum + seconds[activity], 0);
  return { ...seconds, peer: seconds.peer + Math.max(0, 150 - known) };
}
