import { readFileSync } from "node:fs";
import type { ReadFile } from "./counters.ts";
import type { Measurement, Sample } from "./measurement.ts";
import { type PortableReader, portableReader, portableSampler } from "./portable.ts";
import { procSampler } from "./proc-sampler.ts";
import { Series } from "./series.ts";

/** What a meter needs to know; everything but the two directories has a default. */
export interface MeterOptions {
  readonly source: string;
  /** May not exist yet: its nearest existing ancestor tells the device. */
  readonly destination: string;
  /** Milliseconds between two samples. */
  readonly intervalMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
  readonly readFile?: ReadFile;
  /** Whether an interface is a real one (a card, not a bridge or bond on top of one). */
  readonly isPhysicalInterface?: (name: string) => boolean;
  /** The sampler where there is no /proc. */
  readonly portable?: () => Promise<PortableReader>;
}

export interface Meter {
  /** The newest sample, for decisions during the run. */
  latest(): Sample | undefined;
  /** Takes a last sample, ends the measuring and gives everything that was seen. Never rejects; a second call gives the same. */
  stop(): Promise<Measurement>;
}

/** A last sample over less than this says more about the kernel's clock ticks than about the machine. */
const shortestLastSampleMs = 100;

/**
 * Starts measuring the machine, with one timer that keeps no process alive. Nothing here throws or fails a backup:
 * what cannot be read is undefined and named once in `missing`.
 */
export function startMeter(options: MeterOptions): Meter {
  const intervalMs = options.intervalMs ?? 1000;
  const now = options.now ?? (() => performance.now());
  // Synchronous reads on purpose: a /proc file takes some 10 µs, while an asynchronous read would queue in the thread pool
  // behind the survey's requests to a slow mount.
  const readFile = options.readFile ?? ((path: string) => readFileSync(path, "utf8"));
  const missing = new Set<string>();
  const series = new Series();
  const startMs = now();
  let latest: Sample | undefined;
  const keep = (sample: Sample) => {
    latest = sample;
    series.add(sample);
  };
  const sampler = canRead(readFile, "/proc/stat")
    ? procSampler(options, { now, startMs, missing, keep }, readFile)
    : portableSampler(options.portable ?? portableReader, { now, startMs, missing, keep });

  const timer = setInterval(sampler.tick, intervalMs);
  timer.unref();
  let stopped: Promise<Measurement> | undefined;
  const stop = async (): Promise<Measurement> => {
    clearInterval(timer);
    await sampler.finish(latest === undefined ? 0 : shortestLastSampleMs);
    return {
      intervalMs: intervalMs * series.merged,
      samples: series.samples(),
      source: sampler.source,
      destination: sampler.destination,
      memoryTotalBytes: sampler.memoryTotalBytes(),
      missing: [...missing],
    };
  };
  return {
    latest: () => latest,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function canRead(readFile: ReadFile, path: string): boolean {
  try {
    readFile(path);
    return true;
  } catch {
    return false;
  }
}
