import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { type CgroupPlaces, cgroupPlaces, cpuQuota } from "./cgroup-paths.ts";
import { orUndefined, type ReadFile } from "./read-file.ts";
import { readStalls, type Stalls } from "./stalls.ts";

/**
 * What our own control group and those above it allow, and how often that was too little. Counters count since the group
 * was made. Sources: kernel documentation admin-guide/cgroup-v2, admin-guide/cgroup-v1 (memory, blkio-controller),
 * scheduler/sched-bwc.
 */
export interface CgroupReading {
  /** CPUs that the tightest quota allows, a fraction too; undefined: no quota. */
  readonly cpuQuota: number | undefined;
  /** Periods of the group with that quota in which it had something to do; undefined without a quota, as the next. */
  readonly cpuPeriods: number | undefined;
  /** Those of them in which it was stopped, having used up its quota. */
  readonly cpuThrottledPeriods: number | undefined;
  /** The tightest limit; undefined: none, or none below the memory of the machine. */
  readonly memoryLimitBytes: number | undefined;
  /** Of the group with that limit, without one of our own group; the page cache included, so a backup fills what there is. */
  readonly memoryUsedBytes: number | undefined;
  /** How often that limit was hit; undefined without one. Normal once the page cache fills it: only with refaults a lack. */
  readonly memoryLimitHits: number | undefined;
  /** Pages of that group that had to be read again soon after they were pushed out. */
  readonly memoryRefaults: number | undefined;
  /** Of our own group (version 2 only); undefined at the root, of which /proc/pressure tells the same. */
  readonly pressure: Stalls | undefined;
  /**
   * Limits on devices that hold us up, one entry each: device `8:0` with `rbps=1048576` (version 2), or with
   * `blkio.throttle.read_bps_device 20971520` (version 1).
   */
  readonly deviceLimits: readonly DeviceLimit[];
}

interface DeviceLimit {
  /** Device number: `8:0`. */
  readonly device: string;
  readonly limit: string;
}

/** A file's text; undefined when it cannot be read. */
type Read = (path: string) => string | undefined;

interface Group {
  readonly version: 1 | 2;
  readonly directory: string;
}

/** Reads once what `cgroupReader` reads again and again. */
export function readCgroup(
  readFile: ReadFile = (path) => readFileSync(path, "utf8"),
  memoryTotalBytes: number = totalmem(),
): CgroupReading {
  return cgroupReader(readFile, memoryTotalBytes)();
}

/**
 * Finds the files that matter, and the limits, once. What is returned opens at most seven files: three of pressure, up to
 * three of memory, and one of the CPU if there is a quota. A limit that is changed meanwhile is not noticed. Never throws.
 * @param memoryTotalBytes memory of the machine: a higher limit is none, such as version 1's 2⁶³ rounded down to pages
 */
export function cgroupReader(
  readFile: ReadFile = (path) => readFileSync(path, "utf8"),
  memoryTotalBytes: number = totalmem(),
): () => CgroupReading {
  const read: Read = (path) => orUndefined(() => readFile(path));
  const ownGroups = read("/proc/self/cgroup") ?? "";
  const cpu = tightest(cgroupPlaces(ownGroups, "cpu"), ({ version, directory }) => cpuQuota(version, directory, read));
  const memoryPlaces = cgroupPlaces(ownGroups, "memory");
  const memory = tightest(memoryPlaces, (group) => {
    const limit = memoryLimit(group, read);
    return limit === undefined || limit > memoryTotalBytes ? undefined : limit;
  });
  const memoryGroup = memory?.group ?? own(memoryPlaces, "memory.stat", read);
  const stalled = directoryWithPressure(memoryPlaces, read, readFile);
  const deviceLimits = limitsOnDevices(cgroupPlaces(ownGroups, "blkio"), read);
  return () => ({
    cpuQuota: cpu?.limit,
    ...cpuCounters(cpu?.group, read),
    memoryLimitBytes: memory?.limit,
    memoryUsedBytes: memoryUsed(memoryGroup, read),
    memoryLimitHits: memory && memoryHits(memory.group, read),
    ...memoryCounters(memoryGroup, read),
    pressure: stalled === undefined ? undefined : readStalls(readFile, stalled),
    deviceLimits,
  });
}

/**
 * The group with the lowest limit. Of equal ones the outermost: it holds at least as much as those inside it, so it is
 * the one that reaches its limit.
 */
function tightest(places: readonly CgroupPlaces[], limitOf: (group: Group) => number | undefined) {
  let found: { readonly group: Group; readonly limit: number } | undefined;
  for (const { version, directories } of places)
    for (const directory of directories) {
      const limit = limitOf({ version, directory });
      if (limit !== undefined && limit <= (found?.limit ?? limit)) found = { group: { version, directory }, limit };
    }
  return found;
}

/** Our own group: the first that has the file, going up, since in a container the first directories may not be there. */
function own(places: readonly CgroupPlaces[], file: string, read: Read): Group | undefined {
  for (const { version, directories } of places) {
    const directory = directories.find((candidate) => read(`${candidate}/${file}`) !== undefined);
    if (directory !== undefined) return { version, directory };
  }
  return undefined;
}

function memoryLimit({ version, directory }: Group, read: Read): number | undefined {
  if (version === 1) return wholeNumber(read(`${directory}/memory.limit_in_bytes`));
  // Above memory.high a group is slowed down and its pages are taken away; nothing is killed, but it is a limit all the same.
  const limits = ["memory.max", "memory.high"].map((file) => wholeNumber(read(`${directory}/${file}`)));
  const set = limits.filter((limit) => limit !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
}

function memoryUsed(group: Group | undefined, read: Read): number | undefined {
  if (group === undefined) return undefined;
  return wholeNumber(read(`${group.directory}/${group.version === 1 ? "memory.usage_in_bytes" : "memory.current"}`));
}

function memoryHits({ version, directory }: Group, read: Read): number | undefined {
  if (version === 1) return wholeNumber(read(`${directory}/memory.failcnt`));
  const events = keyed(read(`${directory}/memory.events`));
  return sum(events.get("max"), events.get("high"));
}

function memoryCounters(group: Group | undefined, read: Read) {
  const counters = keyed(group && read(`${group.directory}/memory.stat`));
  // Version 1 counts a group without those inside it, and with them under total_; version 2 always with them.
  const counter = (name: string) => counters.get(`total_${name}`) ?? counters.get(name);
  return {
    // Kernels before 5.9 do not tell anonymous pages from those of files.
    memoryRefaults:
      sum(counter("workingset_refault_anon"), counter("workingset_refault_file")) ?? counter("workingset_refault"),
  };
}

function cpuCounters(group: Group | undefined, read: Read) {
  const counters = keyed(group && read(`${group.directory}/cpu.stat`));
  return { cpuPeriods: counters.get("nr_periods"), cpuThrottledPeriods: counters.get("nr_throttled") };
}

/** Our own group if it has pressure files and is not the root: only there is no cgroup.type (admin-guide/cgroup-v2). */
function directoryWithPressure(places: readonly CgroupPlaces[], read: Read, readFile: ReadFile): string | undefined {
  const unified = places.filter(({ version }) => version === 2);
  const directory = own(unified, "cgroup.type", read)?.directory;
  return directory !== undefined && readStalls(readFile, directory) !== undefined ? directory : undefined;
}

const throttleFiles = ["read_bps_device", "write_bps_device", "read_iops_device", "write_iops_device"].map(
  (name) => `blkio.throttle.${name}`,
);

function limitsOnDevices(places: readonly CgroupPlaces[], read: Read): DeviceLimit[] {
  const found = new Map<string, DeviceLimit>();
  const keep = (device: string, limit: string) => found.set(`${device} ${limit}`, { device, limit });
  for (const { version, directories } of places) {
    if (version === 2) {
      for (const directory of directories)
        for (const [device, ...limits] of rows(read(`${directory}/io.max`)))
          for (const limit of limits) if (!limit.endsWith("=max")) keep(device, limit);
      continue;
    }
    // Version 1 treats all groups as if they lay side by side (blkio-controller: "hierarchical cgroups"), so a limit of a
    // group in between does not bind. That of the root does: kernel threads in it write what was buffered.
    const ownDirectory = own([{ version, directories }], throttleFiles[0] ?? "", read)?.directory;
    for (const directory of new Set([ownDirectory, directories.at(-1)]))
      for (const file of directory === undefined ? [] : throttleFiles)
        for (const [device, limit] of rows(read(`${directory}/${file}`)))
          if (limit !== undefined) keep(device, `${file} ${limit}`);
  }
  return [...found.values()];
}

/** The lines that begin with a device number, in words. */
function rows(text: string | undefined): (readonly [string, ...string[]])[] {
  return (text ?? "").split("\n").flatMap((line) => {
    const [device, ...rest] = line.trim().split(/\s+/);
    return device !== undefined && /^\d+:\d+$/.test(device) ? [[device, ...rest] as const] : [];
  });
}

/** The numbers of lines like `nr_periods 5`. */
function keyed(text: string | undefined): ReadonlyMap<string, number> {
  return new Map([...(text ?? "").matchAll(/^(\w+) (\d+)$/gm)].map(([, name = "", value]) => [name, Number(value)]));
}

/** Undefined for `max`, and for what is no number. */
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

/** Of what is there; undefined when neither is. */
function sum(first: number | undefined, second: number | undefined): number | undefined {
  return first === undefined && second === undefined ? undefined : (first ?? 0) + (second ?? 0);
}
