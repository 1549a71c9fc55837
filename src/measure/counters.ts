import type { Sample } from "./measurement.ts";
import {
  type CpuTimes,
  type DiskCounters,
  type InterfaceCounters,
  parseCpuTimes,
  parseDiskCounters,
  parseInterfaces,
  parseMemory,
} from "./proc.ts";

/** Everything that one reading of /proc gave; what could not be read is undefined. */
export interface Counters {
  /** Milliseconds on the monotonic clock. */
  readonly atMs: number;
  readonly cpu: CpuTimes | undefined;
  readonly memory: { readonly totalBytes: number; readonly usedBytes: number } | undefined;
  readonly disks: ReadonlyMap<string, DiskCounters> | undefined;
  readonly interfaces: ReadonlyMap<string, InterfaceCounters> | undefined;
}

/** Reads a file as text; throws when it cannot. */
export type ReadFile = (path: string) => string;

/**
 * Reads the counters once. Never throws: a file that cannot be read or understood is passed to `report`, and its figures
 * are undefined.
 */
export function readCounters(atMs: number, readFile: ReadFile, report: (path: string) => void): Counters {
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
  };
}

/** Which devices and interfaces a sample is about. */
export interface Watched {
  /** Device number of what is behind the source; undefined: no block device. */
  readonly source: string | undefined;
  readonly destination: string | undefined;
  /** Whether an interface's traffic counts. */
  readonly interfaceCounts: (name: string) => boolean;
}

/** The figures between two readings, from the time that really passed. `atMs` of the sample counts from `startMs`. */
export function sampleBetween(before: Counters, after: Counters, watched: Watched, startMs: number): Sample {
  const elapsedMs = after.atMs - before.atMs;
  const cpu = cpuShares(before.cpu, after.cpu);
  const disk = (deviceNumber: string | undefined) => {
    if (deviceNumber === undefined) return undefined;
    const [old, current] = [before.disks?.get(deviceNumber), after.disks?.get(deviceNumber)];
    return old === undefined || current === undefined ? undefined : { old, current };
  };
  const [source, destination] = [disk(watched.source), disk(watched.destination)];
  const traffic = networkBytes(before, after, watched.interfaceCounts);
  const rate = (bytes: number | undefined) => {
    // A counter that went backwards was reset: no figure, rather than a negative one.
    if (bytes === undefined || bytes < 0 || elapsedMs <= 0) return undefined;
    return (bytes * 1000) / elapsedMs;
  };
  const busy = (side: typeof source) => {
    if (side?.current.busyMs === undefined || side.old.busyMs === undefined || elapsedMs <= 0) return undefined;
    return percent((side.current.busyMs - side.old.busyMs) / elapsedMs);
  };
  return {
    atMs: after.atMs - startMs,
    cpuPercent: cpu?.busy,
    iowaitPercent: cpu?.iowait,
    memoryUsedBytes: after.memory?.usedBytes,
    sourceReadBytesPerSecond: rate(source && source.current.readBytes - source.old.readBytes),
    sourceBusyPercent: busy(source),
    destinationWriteBytesPerSecond: rate(
      destination && destination.current.writtenBytes - destination.old.writtenBytes,
    ),
    destinationBusyPercent: busy(destination),
    networkReceivedBytesPerSecond: rate(traffic?.received),
    networkSentBytesPerSecond: rate(traffic?.sent),
  };
}

function cpuShares(before: CpuTimes | undefined, after: CpuTimes | undefined) {
  if (before === undefined || after === undefined) return undefined;
  const total = after.total - before.total;
  // Two readings within one tick of the kernel's clock say nothing.
  if (total <= 0) return undefined;
  const waiting =
    after.iowait === undefined || before.iowait === undefined ? undefined : (after.iowait - before.iowait) / total;
  // The kernel's iowait may run backwards (proc(5) says so), hence the bounds.
  return {
    busy: percent((after.busy - before.busy) / total),
    iowait: waiting === undefined ? undefined : percent(waiting),
  };
}

function percent(share: number): number {
  return Math.min(100, Math.max(0, share * 100));
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
