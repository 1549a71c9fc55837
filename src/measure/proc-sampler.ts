import { existsSync } from "node:fs";
import { type Counters, type ReadFile, readCounters, sampleBetween, type Watched } from "./counters.ts";
import { type Sampler, type SamplerContext, unknownStorage } from "./sampler.ts";
import { nearestRealPath, parseMounts, type ResolvedStorage, resolveStorage } from "./storage.ts";

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
  const read = () => readCounters(now(), readFile, (path) => missing.add(`${path} could not be read`));
  let before = read();
  const source = behind(subject.source, before, readFile, missing);
  const destination = behind(subject.destination, before, readFile, missing);
  const watched: Watched = {
    source: source.deviceNumber,
    destination: destination.deviceNumber,
    interfaceCounts: countedInterfaces(before, subject.isPhysicalInterface ?? isPhysicalInterface),
  };
  const sample = () => {
    const after = read();
    keep(sampleBetween(before, after, watched, startMs));
    before = after;
  };
  return {
    source: source.storage,
    destination: destination.storage,
    tick: sample,
    finish: async (shortestMs) => {
      if (now() - before.atMs >= shortestMs) sample();
    },
    memoryTotalBytes: () => before.memory?.totalBytes,
  };
}

function behind(path: string, counters: Counters, readFile: ReadFile, missing: Set<string>): ResolvedStorage {
  try {
    const mounts = parseMounts(readFile("/proc/self/mountinfo"));
    return resolveStorage(nearestRealPath(path), mounts, counters.disks ?? new Map());
  } catch {
    missing.add("/proc/self/mountinfo could not be read");
    return { storage: unknownStorage, deviceNumber: undefined };
  }
}

/**
 * Which interfaces to add up. A bridge, bond or VLAN passes on what a card carries, so adding them would count each byte
 * twice: with at least one real card only cards count, else (in a container) all do.
 */
function countedInterfaces(counters: Counters, isPhysical: (name: string) => boolean): (name: string) => boolean {
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
