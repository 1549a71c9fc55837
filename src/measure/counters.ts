import type { CgroupReading } from "./cgroup.ts";
import type { Sample } from "./measurement.ts";
import {
  type CpuTimes,
  type DiskCounters,
  type InterfaceCounters,
  type MemoryUse,
  parseCpuTimes,
  parseDiskCounters,
  parseInterfaces,
  parseMemory,
  parseRetransmissions,
  type TcpSegments,
} from "./proc.ts";
import { orUndefined, type ReadFile } from "./read-file.ts";
import { readStalls, type Stalls } from "./stalls.ts";

/** Everything that one reading of /proc gave; what could not be read is undefined. */
export interface Counters {
  /** Milliseconds on the monotonic clock. */
  readonly atMs: number;
  readonly cpu: CpuTimes | undefined;
  readonly memory: MemoryUse | undefined;
  readonly disks: ReadonlyMap<string, DiskCounters> | undefined;
  readonly interfaces: ReadonlyMap<string, InterfaceCounters> | undefined;
  readonly segments: TcpSegments | undefined;
  readonly stalls: Stalls | undefined;
  readonly group: CgroupReading;
}

/**
 * Reads the counters once. Never throws: a file that cannot be read or understood is passed to `report`, and its figures
 * are undefined. Kernels without pressure files are common and no reason for a word.
 */
export function readCounters(
  atMs: number,
  readFile: ReadFile,
  readGroup: () => CgroupReading,
  report: (path: string) => void,
): Counters {
  const read = <Value>(path: string, parse: (text: string) => Value | undefined): Value | undefined => {
    let value: Value | undefined;
    try {
      value = parse(readFile(path));
    } catch {
      value = undefined;
    }
    if (value === undefined) report(path);
    return value;
  };
  return {
    atMs,
    cpu: read("/proc/stat", parseCpuTimes),
    memory: read("/proc/meminfo", parseMemory),
    disks: read("/proc/diskstats", parseDiskCounters),
    interfaces: read("/proc/net/dev", parseInterfaces),
    segments: orUndefined(() => parseRetransmissions(readFile("/proc/net/snmp"))),
    stalls: readStalls(readFile),
    group: readGroup(),
  };
}

/** Which devices and interfaces a sample is about. */
export interface Counted {
  /** Device numbers behind the source, from the mounted one to what it is made of; empty: no block device. */
  readonly source: readonly string[];
  readonly destination: readonly string[];
  /** Whether an interface's traffic counts. */
  readonly interfaceCounts: (name: string) => boolean;
}

/** The figures of a sample that come from counters. */
export type CounterSample = Omit<
  Sample,
  "sourceAnswerMs" | "destinationAnswerMs" | "rsyncs" | "rsyncReadBytesPerSecond" | "activities"
>;

/** The figures between two readings, from the time that really passed. `atMs` of the sample counts from `startMs`. */
export function sampleBetween(before: Counters, after: Counters, counted: Counted, startMs: number): CounterSample {
  const elapsedMs = after.atMs - before.atMs;
  const cpu = cpuShares(before.cpu, after.cpu);
  const [source, destination] = [counted.source, counted.destination].map((numbers) =>
    deviceFigures(numbers, before, after, elapsedMs),
  );
  const traffic = networkBytes(before, after, counted.interfaceCounts);
  const perSecond = (amount: number | undefined) => {
    // A counter that went backwards was reset: no figure, rather than a negative one.
    if (amount === undefined || amount < 0 || elapsedMs <= 0) return undefined;
    return (amount * 1000) / elapsedMs;
  };
  const stalled = (microseconds: number | undefined) => {
    const value = perSecond(microseconds);
    return value === undefined ? undefined : percent(value / 1e6);
  };
  // The pressure of our own group is not thinned by what else the machine does.
  const isOfGroup = after.group.pressure !== undefined;
  const memoryStall = ({ group, stalls }: Counters) => (isOfGroup ? group.pressure : stalls)?.memorySomeMicroseconds;
  return {
    atMs: after.atMs - startMs,
    cpuPercent: cpu?.busy,
    iowaitPercent: cpu?.iowait,
    stealPercent: cpu?.steal,
    memoryUsedBytes: after.memory?.usedBytes,
    unwrittenBytes: sumOf(after.memory?.dirtyBytes, after.memory?.writebackBytes),
    sourceReadBytesPerSecond: perSecond(source?.readBytes),
    sourceBusyPercent: source?.busyPercent,
    sourceAwaitMs: source?.awaitMs,
    sourceQueue: source?.queue,
    destinationWriteBytesPerSecond: perSecond(destination?.writtenBytes),
    destinationBusyPercent: destination?.busyPercent,
    destinationAwaitMs: destination?.awaitMs,
    destinationQueue: destination?.queue,
    networkReceivedBytesPerSecond: perSecond(traffic?.received),
    networkSentBytesPerSecond: perSecond(traffic?.sent),
    retransmittedPercent: shareOf(
      difference(before.segments?.retransmitted, after.segments?.retransmitted),
      difference(before.segments?.sentSegments, after.segments?.sentSegments),
    ),
    cpuStallPercent: stalled(difference(before.stalls?.cpuSomeMicroseconds, after.stalls?.cpuSomeMicroseconds)),
    ioStallPercent: stalled(difference(before.stalls?.ioSomeMicroseconds, after.stalls?.ioSomeMicroseconds)),
    memoryStallPercent: stalled(difference(memoryStall(before), memoryStall(after))),
    throttledPercent: shareOf(
      difference(before.group.cpuThrottledPeriods, after.group.cpuThrottledPeriods),
      difference(before.group.cpuPeriods, after.group.cpuPeriods),
    ),
    refaultsPerSecond: perSecond(difference(before.group.memoryRefaults, after.group.memoryRefaults)),
  };
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}

function sumOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

/** A part of a whole in percent; undefined where the whole is nothing. */
function shareOf(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined || whole <= 0 ? undefined : percent(part / whole);
}

function cpuShares(before: CpuTimes | undefined, after: CpuTimes | undefined) {
  if (before === undefined || after === undefined) return undefined;
  const total = after.total - before.total;
  // Two readings within one tick of the kernel's clock say nothing.
  if (total <= 0) return undefined;
  // The kernel's iowait may run backwards (proc(5) says so), hence the bounds of shareOf.
  return {
    busy: percent((after.busy - before.busy) / total),
    iowait: shareOf(difference(before.iowait, after.iowait), total),
    steal: shareOf(difference(before.steal, after.steal), total),
  };
}

function percent(share: number): number {
  return Math.min(100, Math.max(0, share * 100));
}

/**
 * What the devices behind a directory did: bytes as the mounted one counts them, and how busy the busiest of them was, since a volume
 * is as slow as the slowest disk that it is made of.
 */
function deviceFigures(numbers: readonly string[], before: Counters, after: Counters, elapsedMs: number) {
  const devices = numbers.flatMap((number) => {
    const [old, current] = [before.disks?.get(number), after.disks?.get(number)];
    return old === undefined || current === undefined ? [] : [{ old, current }];
  });
  const [top] = devices;
  if (top === undefined || elapsedMs <= 0) return undefined;
  const figures = devices.map(({ old, current }) => {
    const busyMs = difference(old.busyMs, current.busyMs);
    const queueMs = difference(old.queueMs, current.queueMs);
    const requests = sumOf(difference(old.reads, current.reads), difference(old.writes, current.writes));
    const requestMs = sumOf(difference(old.readMs, current.readMs), difference(old.writeMs, current.writeMs));
    return {
      busyPercent: busyMs === undefined ? undefined : percent(busyMs / elapsedMs),
      queue: queueMs === undefined ? undefined : Math.max(0, queueMs / elapsedMs),
      awaitMs:
        requests === undefined || requestMs === undefined || requests <= 0
          ? undefined
          : Math.max(0, requestMs / requests),
    };
  });
  const busiest = figures.reduce((most, one) => ((one.busyPercent ?? 0) > (most.busyPercent ?? 0) ? one : most));
  return {
    ...busiest,
    readBytes: top.current.readBytes - top.old.readBytes,
    writtenBytes: top.current.writtenBytes - top.old.writtenBytes,
  };
}

/** Bytes over the interfaces that were there at both readings: one that came meanwhile brings an old total with it. */
function networkBytes(before: Counters, after: Counters, counts: (name: string) => boolean) {
  if (before.interfaces === undefined || after.interfaces === undefined) return undefined;
  let [received, sent] = [0, 0];
  for (const [name, current] of after.interfaces) {
    const old = before.interfaces.get(name);
    if (old === undefined || !counts(name)) continue;
    received += Math.max(0, current.receivedBytes - old.receivedBytes);
    sent += Math.max(0, current.sentBytes - old.sentBytes);
  }
  return { received, sent };
}
