import { existsSync } from "node:fs";
import { deviceChain } from "./block-device.ts";
import { cgroupReader } from "./cgroup.ts";
import { type Counted, type Counters, readCounters, sampleBetween } from "./counters.ts";
import type { GroupLimits, Storage } from "./measurement.ts";
import { type NfsMount, nfsBetween, parseNfsMounts } from "./nfs.ts";
import { parseMemory } from "./proc.ts";
import { orUndefined, type ReadFile } from "./read-file.ts";
import { remoteEnd } from "./remote.ts";
import type { FixedStorage, Sampler, SamplerContext } from "./sampler.ts";
import { nearestRealPath, parseMounts, resolveStorage, unresolved } from "./storage.ts";

/** Which directories a sampler watches, and how to tell network cards. */
export interface Subject {
  readonly source: string;
  readonly destination: string;
  /** Whether an interface is a card, not a bridge or bond on top of one. */
  readonly isPhysicalInterface?: (name: string) => boolean;
}

/** The sampler of Linux, on the files in /proc. */
export function procSampler(subject: Subject, surroundings: SamplerContext, readFile: ReadFile): Sampler {
  const { now, startMs, missing, keep } = surroundings;
  const memoryTotalBytes = orUndefined(() => parseMemory(readFile("/proc/meminfo"))?.totalBytes);
  const readGroup = cgroupReader(readFile, memoryTotalBytes);
  const read = () => readCounters(now(), readFile, readGroup, (path) => missing.add(`${path} could not be read`));
  const first = read();
  let before = first;
  let memoryPeakBytes: number | undefined;
  const source = behind(subject.source, first, readFile, missing);
  const destination = behind(subject.destination, first, readFile, missing);
  const nfsAtFirst = nfsMounts(readFile, [source, destination]);
  const counted: Counted = {
    source: source.devices.map(({ deviceNumber }) => deviceNumber),
    destination: destination.devices.map(({ deviceNumber }) => deviceNumber),
    interfaceCounts: countedInterfaces(
      first,
      [source, destination].flatMap(({ remote }) => remote?.interface ?? []),
      subject.isPhysicalInterface ?? isPhysicalInterface,
    ),
  };
  const sample = () => {
    const after = read();
    const { memoryUsedBytes } = after.group;
    if (memoryUsedBytes !== undefined) memoryPeakBytes = Math.max(memoryPeakBytes ?? 0, memoryUsedBytes);
    keep(sampleBetween(before, after, counted, startMs));
    before = after;
  };
  const storageOf = (resolved: FixedStorage): Storage => ({
    ...resolved,
    nfs: nfsOf(resolved, nfsAtFirst, nfsMounts(readFile, [resolved])),
    limits: before.group.deviceLimits
      .filter(({ device }) => resolved.devices.some(({ deviceNumber }) => deviceNumber === device))
      .map(({ limit }) => limit),
  });
  const limits = (): GroupLimits => ({
    cpuQuota: before.group.cpuQuota,
    memoryLimitBytes: before.group.memoryLimitBytes,
    memoryPeakBytes,
    memoryLimitHits:
      before.group.memoryLimitHits === undefined
        ? undefined
        : // Version 1's counter can be set back to zero.
          Math.max(0, before.group.memoryLimitHits - (first.group.memoryLimitHits ?? 0)),
  });
  return {
    source: () => storageOf(source),
    destination: () => storageOf(destination),
    group: limits,
    tick: sample,
    finish: async (shortestMs) => {
      if (now() - before.atMs >= shortestMs) sample();
    },
    memoryTotalBytes: () => before.memory?.totalBytes,
  };
}

function behind(path: string, counters: Counters, readFile: ReadFile, missing: Set<string>): FixedStorage {
  const disks = counters.disks ?? new Map();
  const mounts = orUndefined(() => parseMounts(readFile("/proc/self/mountinfo")));
  if (mounts === undefined) missing.add("/proc/self/mountinfo could not be read");
  const { storage, deviceNumber, mount } =
    mounts === undefined ? unresolved : resolveStorage(nearestRealPath(path), mounts, disks);
  const { device } = storage;
  const chain = deviceNumber === undefined ? [] : deviceChain(deviceNumber);
  // Where /sys hides what it is made of, as in some containers, the device itself can still be counted.
  const alone =
    device === undefined || deviceNumber === undefined ? [] : [{ name: device, deviceNumber, rotational: undefined }];
  return {
    ...storage,
    devices: chain.length > 0 ? chain : alone,
    remote: mount === undefined ? undefined : remoteEnd(mount, readFile),
  };
}

/** The NFS mounts, read only where one of the places is on one: the file is long. */
function nfsMounts(readFile: ReadFile, places: readonly FixedStorage[]): readonly NfsMount[] {
  if (!places.some(({ fileSystem }) => fileSystem?.startsWith("nfs"))) return [];
  return orUndefined(() => parseNfsMounts(readFile("/proc/self/mountstats"))) ?? [];
}

function nfsOf({ mountPoint }: FixedStorage, before: readonly NfsMount[], after: readonly NfsMount[]): Storage["nfs"] {
  const of = (mounts: readonly NfsMount[]) => mounts.findLast((mount) => mount.mountPoint === mountPoint);
  const now = of(after);
  return now === undefined ? undefined : nfsBetween(of(before), now);
}

/**
 * Which interfaces to add up: those that lead to the other ends of network file systems, where they are known. A bridge, bond or VLAN passes on what a card carries, so adding them would count each byte
 * twice: with at least one real card only cards count, else (in a container) all do.
 */
function countedInterfaces(
  counters: Counters,
  remote: readonly string[],
  isPhysical: (name: string) => boolean,
): (name: string) => boolean {
  if (remote.length > 0) return (name) => remote.includes(name);
  const names = [...(counters.interfaces?.keys() ?? [])];
  return names.some(isPhysical) ? isPhysical : () => true;
}

const physical = new Map<string, boolean>();
function isPhysicalInterface(name: string): boolean {
  let known = physical.get(name);
  if (known === undefined) {
    known = existsSync(`/sys/class/net/${name}/device`);
    physical.set(name, known);
  }
  return known;
}
