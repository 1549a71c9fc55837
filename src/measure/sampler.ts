import type { Sample, Storage } from "./measurement.ts";

/** Where samples come from: from /proc, or elsewhere from systeminformation. */
export interface Sampler {
  readonly source: Storage;
  readonly destination: Storage;
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
  readonly keep: (sample: Sample) => void;
}

export const unknownStorage: Storage = { device: undefined, fileSystem: undefined, mountPoint: undefined };
