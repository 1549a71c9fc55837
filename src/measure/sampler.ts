import type { CounterSample } from "./counters.ts";
import type { GroupLimits, Storage } from "./measurement.ts";

/** A storage as far as it does not change during a run. */
export type FixedStorage = Omit<Storage, "nfs" | "limits">;

/** Where the machine's figures come from: from /proc, or elsewhere from systeminformation. */
export interface Sampler {
  readonly source: () => Storage;
  readonly destination: () => Storage;
  readonly group: () => GroupLimits;
  tick(): void;
  /** Takes a last sample if the last one is at least this long ago. */
  finish(shortestMs: number): Promise<void>;
  memoryTotalBytes(): number | undefined;
}

/** What a sampler works with. */
export interface SamplerContext {
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** When the run started, on that clock. */
  readonly startMs: number;
  /** Collects what could not be read, in words. */
  readonly missing: Set<string>;
  /** Takes each new sample. */
  readonly keep: (sample: CounterSample) => void;
}

export const noLimits: GroupLimits = {
  cpuQuota: undefined,
  memoryLimitBytes: undefined,
  memoryPeakBytes: undefined,
  memoryLimitHits: undefined,
};

export const unknownStorage: Storage = {
  ...{ device: undefined, devices: [], fileSystem: undefined, kind: undefined, mountPoint: undefined },
  ...{ remote: undefined, nfs: undefined, limits: [] },
};
