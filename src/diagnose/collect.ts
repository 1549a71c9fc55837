import { type Measurement, type Sample, type Storage, unmeasured } from "../measure/measurement.ts";
import { type Figure, mean, percentile } from "../measure/series.ts";
import type { RunRecord } from "../record.ts";
import { meaningOf } from "../rsync/exit-code.ts";
import type { ShardEnd } from "../run/shard-run.ts";
import type { Evidence, MachineFigures, SideFigures, Troubles } from "./evidence.ts";
import { mostLanes } from "./lanes.ts";
import { scheduleOf } from "./schedule.ts";
import { type Side, sharesOf } from "./shares.ts";

/** What a run has left as evidence of what limited it; undefined where no rsync ran or nothing was measured. */
export function evidenceOf(record: RunRecord): Evidence | undefined {
  const { resources, ends, plan, inputs, tuner, history, work, usableCpus: cpus } = record;
  if (resources === undefined || ends.length === 0) return undefined;
  const phase = (name: string) => record.phases.find((one) => one.name === name);
  const copy = phase("copy");
  const copyStart = copy?.startedAtSeconds ?? 0;
  const copyEnd = copyStart + (copy?.seconds ?? 0);
  const samples = samplesBetween(resources.samples, copyStart, copyEnd);
  // What is written in the final sync is the destination's too.
  const untilSynced = samplesBetween(resources.samples, copyStart, copyEnd + (phase("sync")?.seconds ?? 0));
  const steps = tuner?.steps ?? [];
  const schedule = scheduleOf({ plan, ends, steps, copyStart, samples });
  const { source: sending, destination: receiving } = sharesOf(resources);
  return {
    seconds: {
      survey: phase("survey")?.seconds ?? 0,
      copy: copy?.seconds ?? 0,
      deleting: (schedule.laneSeconds * (sending.deleting + receiving.deleting)) / 100,
      sync: phase("sync")?.seconds ?? 0,
    },
    settings: {
      parallelism: inputs.parallelism,
      mostLanes: inputs.parallelism === "auto" ? (record.parallelism?.most ?? 1) : mostLanes,
      bandwidthLimit: inputs.bandwidthLimit,
      checksum: inputs.rsyncArgs.some((argument) => /^(--checksum|-[a-zA-Z]*c[a-zA-Z]*)$/.test(argument)),
      fsync: inputs.rsyncArgs.includes("--fsync"),
      notSplit: plan?.notSplit,
      work,
      cpus,
      machineCpus: record.machine?.cpus,
    },
    schedule,
    troubles: troublesOf(ends),
    tuning: {
      steps,
      rates: tuner?.rates() ?? [],
      earlierRates:
        history.runs.findLast((run) => run.work === work && run.cpus === cpus && (run.rates ?? []).length > 0)?.rates ??
        [],
    },
    rsyncs: resources.rsyncs,
    machine: machineOf(samples, resources),
    source: sideOf("source", resources.source, samples, record.latencies?.source),
    destination: sideOf("destination", resources.destination, untilSynced, record.latencies?.destination),
    sameDevice: shareDevice(resources),
    missing: resources.missing,
  };
}

/** The samples of a stretch of the run, in seconds, behind an empty one at its start: a sample counts from the one before. */
function samplesBetween(samples: readonly Sample[], start: number, end: number): readonly Sample[] {
  const within = samples.filter(({ atMs }) => atMs > start * 1000 && atMs <= end * 1000 + 500);
  return [{ ...unmeasured, atMs: start * 1000 }, ...within];
}

function troublesOf(ends: readonly ShardEnd[]): Troubles {
  const failures = new Map<string, number>();
  let [attempts, failed, failedMs, pausedMs] = [0, 0, 0, 0];
  for (const end of ends) {
    attempts += end.attempts.length;
    for (const [index, attempt] of end.attempts.entries()) {
      const before = end.attempts[index - 1];
      const isLast = index === end.attempts.length - 1;
      const isFailure = !isLast || end.state === "failed";
      // One that went through all but a few files has done its work; what repeats it has not.
      const wentThrough = attempt.exitCode === 23;
      const repeats = before?.exitCode === 23;
      if (repeats || (isFailure && !wentThrough)) failedMs += attempt.endedAtMs - attempt.startedAtMs;
      if (before !== undefined) pausedMs += attempt.startedAtMs - before.endedAtMs;
      if (!isFailure) continue;
      failed++;
      // A failure in spite of exit code 0 was one for its lack of statistics.
      const { words } = meaningOf(attempt.exitCode, false);
      failures.set(words, (failures.get(words) ?? 0) + 1);
    }
  }
  const [worst] = [...failures].sort(([, one], [, other]) => other - one);
  return {
    attempts,
    failedAttempts: failed,
    failedShards: ends.filter(({ state }) => state === "failed").length,
    failedSeconds: failedMs / 1000,
    pausedSeconds: pausedMs / 1000,
    worst: worst?.[0],
  };
}

function machineOf(samples: readonly Sample[], { group, memoryTotalBytes }: Measurement): MachineFigures {
  const of = (figure: Figure) => mean(samples, figure);
  const used = of("memoryUsedBytes");
  return {
    cpuPercent: of("cpuPercent"),
    iowaitPercent: of("iowaitPercent"),
    stealPercent: of("stealPercent"),
    memoryUsedPercent:
      used === undefined || memoryTotalBytes === undefined ? undefined : (100 * used) / memoryTotalBytes,
    cpuStallPercent: of("cpuStallPercent"),
    ioStallPercent: of("ioStallPercent"),
    memoryStallPercent: of("memoryStallPercent"),
    throttledPercent: of("throttledPercent"),
    ...group,
    refaultsPerSecond: of("refaultsPerSecond"),
    receivedBytesPerSecond: of("networkReceivedBytesPerSecond"),
    sentBytesPerSecond: of("networkSentBytesPerSecond"),
    retransmittedPercent: of("retransmittedPercent"),
  };
}

/** @param idleAnswer seconds to an answer before anything ran; undefined where it was not asked for */
function sideOf(side: Side, storage: Storage, samples: readonly Sample[], idleAnswer: number | undefined): SideFigures {
  const isSource = side === "source";
  return {
    fileSystem: storage.fileSystem,
    kind: storage.kind,
    mountPoint: storage.mountPoint,
    devices: storage.devices.map(({ name }) => name),
    rotational: storage.devices.some(({ rotational }) => rotational === true)
      ? true
      : storage.devices.every(({ rotational }) => rotational === undefined)
        ? undefined
        : false,
    // Reading is what the source is for, writing the destination: `blkio.throttle.read_bps_device …`, `rbps=…`.
    limits: storage.limits.filter((limit) => (isSource ? /read_|^r/ : /write_|^w/).test(limit)),
    interface: storage.remote?.interface,
    linkBitsPerSecond: storage.remote?.linkBitsPerSecond,
    nfs: storage.nfs,
    idleAnswerMs: idleAnswer === undefined ? undefined : idleAnswer * 1000,
    answerMs: percentile(samples, isSource ? "sourceAnswerMs" : "destinationAnswerMs", 50),
    bytesPerSecond: mean(samples, isSource ? "sourceReadBytesPerSecond" : "destinationWriteBytesPerSecond"),
    busyPercent: mean(samples, isSource ? "sourceBusyPercent" : "destinationBusyPercent"),
    awaitMs: mean(samples, isSource ? "sourceAwaitMs" : "destinationAwaitMs"),
    queue: mean(samples, isSource ? "sourceQueue" : "destinationQueue"),
  };
}

function shareDevice({ source, destination }: Measurement): boolean {
  const there = new Set(destination.devices.map(({ name }) => name));
  return source.devices.some(({ name }) => there.has(name));
}
