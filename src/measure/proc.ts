/*
 * Parsers of Linux's /proc files: text in, counters out, nothing read here.
 * Columns are as proc(5) and the kernel's Documentation/admin-guide/iostats.rst give them. A column that an older kernel
 * lacks is undefined, so that the figure made from it is undefined too instead of wrong.
 */

/** Time that all CPUs together spent, in the kernel's ticks since boot. */
export interface CpuTimes {
  /** Working for a process or the kernel: not idle, not waiting, not taken by the hypervisor. */
  readonly busy: number;
  readonly iowait: number | undefined;
  /** Taken by the hypervisor for others; kernels before 2.6.11 do not count it. */
  readonly steal: number | undefined;
  readonly total: number;
}

/**
 * What a block device did since boot. The kernel keeps milliseconds in 32 bits: after 49 days they begin again at zero.
 * Figures of the device's queue: what a limit above it (io.max) or a cloud's volume holds back does not look busy here.
 */
export interface DiskCounters {
  /** The kernel's name: `sda1`, `dm-0`. */
  readonly name: string;
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Milliseconds with at least one request in flight; undefined where the kernel does not count it, as all that follow. */
  readonly busyMs: number | undefined;
  /** Requests that were completed. */
  readonly reads: number | undefined;
  readonly writes: number | undefined;
  /** Milliseconds that all those took, from entering the queue to completion: ÷ reads is what one took. */
  readonly readMs: number | undefined;
  readonly writeMs: number | undefined;
  /** Milliseconds × requests in flight: ÷ time passed is the mean length of the queue. */
  readonly queueMs: number | undefined;
}

/** The machine's memory in bytes. */
export interface MemoryUse {
  readonly totalBytes: number;
  readonly usedBytes: number;
  /** Written by programs, not yet on its way to storage: grows while they write faster than the storage does. */
  readonly dirtyBytes: number | undefined;
  /** On its way to storage. Of network file systems too, but not of FUSE's own buffers. */
  readonly writebackBytes: number | undefined;
}

/** What TCP sent since the network namespace was made, over all its connections. */
export interface TcpSegments {
  /** Without those that were sent again. */
  readonly sentSegments: number;
  readonly retransmitted: number;
}

/** What an interface carried since it appeared. */
export interface InterfaceCounters {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** The CPU times of /proc/stat, or undefined when its first line is not what is expected. */
export function parseCpuTimes(text: string): CpuTimes | undefined {
  const line = text.split("\n").find((candidate) => candidate.startsWith("cpu "));
  if (line === undefined) return undefined;
  // user nice system idle iowait irq softirq steal; the two guest columns after them are already counted in user and nice.
  const [user, nice, system, idle, iowait, interrupts = 0, softInterrupts = 0, steal] = numbers(line.slice(4));
  if (user === undefined || nice === undefined || system === undefined || idle === undefined) return undefined;
  const busy = user + nice + system + interrupts + softInterrupts;
  return { busy, iowait, steal, total: busy + idle + (iowait ?? 0) + (steal ?? 0) };
}

/**
 * Total, used and unwritten bytes of /proc/meminfo; used is total − MemAvailable. Kernels before 3.14 lack MemAvailable:
 * there, free memory, buffers and the page cache count as available.
 */
export function parseMemory(text: string): MemoryUse | undefined {
  const kibibytes = new Map<string, number>();
  for (const [, name, value] of text.matchAll(/^(\w+):\s+(\d+) kB$/gm)) {
    if (name !== undefined) kibibytes.set(name, Number(value));
  }
  const total = kibibytes.get("MemTotal");
  const free = kibibytes.get("MemFree");
  if (total === undefined) return undefined;
  const reclaimable = (kibibytes.get("Buffers") ?? 0) + (kibibytes.get("Cached") ?? 0);
  const available = kibibytes.get("MemAvailable") ?? (free === undefined ? undefined : free + reclaimable);
  if (available === undefined) return undefined;
  const bytes = (name: string) => {
    const value = kibibytes.get(name);
    return value === undefined ? undefined : value * 1024;
  };
  return {
    totalBytes: total * 1024,
    usedBytes: Math.max(0, total - available) * 1024,
    dirtyBytes: bytes("Dirty"),
    writebackBytes: bytes("Writeback"),
  };
}

/** /proc/diskstats counts sectors of 512 bytes, whatever the device's own are. */
const sectorBytes = 512;

/** The counters of /proc/diskstats by device number, written as in the mount table (`8:1`). Lines that make no sense are skipped. */
export function parseDiskCounters(text: string): Map<string, DiskCounters> {
  const devices = new Map<string, DiskCounters>();
  for (const line of text.split("\n")) {
    const [major, minor, name, ...columns] = line.trim().split(/\s+/);
    if (major === undefined || minor === undefined || name === undefined) continue;
    const values = numbers(columns.join(" "));
    // Partitions had four columns before 2.6.25: reads and writes that were begun, not completed, each with its sectors.
    const isOldPartition = values.length === 4;
    const [readSectors, writtenSectors] = isOldPartition ? [values[1], values[3]] : [values[2], values[6]];
    if (readSectors === undefined || writtenSectors === undefined) continue;
    // The fields' numbers of iostats.rst, which counts from 1.
    const field = (number: number) => (isOldPartition ? undefined : values[number - 1]);
    devices.set(`${major}:${minor}`, {
      name,
      readBytes: readSectors * sectorBytes,
      writtenBytes: writtenSectors * sectorBytes,
      busyMs: field(10),
      reads: field(1),
      writes: field(5),
      readMs: field(4),
      writeMs: field(8),
      queueMs: field(11),
    });
  }
  return devices;
}

/** The counters of /proc/net/dev by interface, without the loopback. */
export function parseInterfaces(text: string): Map<string, InterfaceCounters> {
  const interfaces = new Map<string, InterfaceCounters>();
  // The counters may follow the colon without a blank (`eth0:1234`), and an alias has a colon in its name (`eth0:1: …`).
  for (const [, name, columns] of text.matchAll(/^\s*(\S+):\s*(\d[\d\s]*)$/gm)) {
    const values = numbers(columns ?? "");
    const [receivedBytes, sentBytes] = [values[0], values[8]];
    if (name === undefined || name === "lo" || receivedBytes === undefined || sentBytes === undefined) continue;
    interfaces.set(name, { receivedBytes, sentBytes });
  }
  return interfaces;
}

/**
 * The TCP segments of /proc/net/snmp (RFC 1213: tcpOutSegs, tcpRetransSegs), or undefined when they are not there. A line
 * of names comes before each line of values; columns are found by name, since kernels have added some.
 */
export function parseRetransmissions(text: string): TcpSegments | undefined {
  const [names, values] = text.split("\n").filter((line) => line.startsWith("Tcp: "));
  const [keys, columns] = [names?.trim().split(/\s+/) ?? [], values?.trim().split(/\s+/) ?? []];
  const column = (name: string) => {
    const value = columns[keys.indexOf(name)];
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  };
  const [sentSegments, retransmitted] = [column("OutSegs"), column("RetransSegs")];
  return sentSegments === undefined || retransmitted === undefined ? undefined : { sentSegments, retransmitted };
}

/** The numbers at the start of a line of columns, up to the first column that is none. */
function numbers(columns: string): number[] {
  const values: number[] = [];
  for (const column of columns.trim().split(/\s+/)) {
    if (!/^\d+$/.test(column)) break;
    values.push(Number(column));
  }
  return values;
}
