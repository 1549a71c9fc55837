import { type Activities, activities, noActivities } from "./activity.ts";
import type { Sample } from "./measurement.ts";

/** A figure of a sample. */
export type Figure = Exclude<keyof Sample, "atMs" | "activities">;

const figures = [
  "cpuPercent",
  "iowaitPercent",
  "stealPercent",
  "memoryUsedBytes",
  "unwrittenBytes",
  "sourceReadBytesPerSecond",
  "sourceBusyPercent",
  "sourceAwaitMs",
  "sourceQueue",
  "sourceAnswerMs",
  "destinationWriteBytesPerSecond",
  "destinationBusyPercent",
  "destinationAwaitMs",
  "destinationQueue",
  "destinationAnswerMs",
  "networkReceivedBytesPerSecond",
  "networkSentBytesPerSecond",
  "retransmittedPercent",
  "cpuStallPercent",
  "ioStallPercent",
  "memoryStallPercent",
  "throttledPercent",
  "refaultsPerSecond",
  "rsyncs",
  "rsyncReadBytesPerSecond",
] as const satisfies readonly Figure[];

/**
 * Samples in bounded memory. When there are more than `limit`, neighbours are merged and what follows is kept at half the
 * resolution, so that a run of 20 hours needs no more room, here and in report.json, than one of minutes. Means stay exact; a peak becomes the
 * highest mean over the time that one sample then covers.
 */
export class Series {
  readonly #limit: number;
  #samples: Sample[] = [];
  #merged = 1;
  #pending: { sample: Sample; count: number } | undefined;

  constructor(limit = 720) {
    this.#limit = limit;
  }

  /** Adds the next sample; its `atMs` must not be before the last one's. */
  add(sample: Sample): void {
    const startMs = this.#samples.at(-1)?.atMs ?? 0;
    const pending = this.#pending;
    const grown = pending === undefined ? sample : merge(pending.sample, sample, startMs);
    const count = (pending?.count ?? 0) + 1;
    if (count < this.#merged) {
      this.#pending = { sample: grown, count };
      return;
    }
    this.#pending = undefined;
    this.#samples.push(grown);
    if (this.#samples.length > this.#limit) this.#halve();
  }

  /** All samples so far, the one still growing too. */
  samples(): readonly Sample[] {
    return this.#pending === undefined ? [...this.#samples] : [...this.#samples, this.#pending.sample];
  }

  /** How many of the samples that were added one kept sample covers. */
  get merged(): number {
    return this.#merged;
  }

  #halve(): void {
    const halved: Sample[] = [];
    for (let index = 0; index + 1 < this.#samples.length; index += 2) {
      const [first, second] = [this.#samples[index], this.#samples[index + 1]];
      if (first === undefined || second === undefined) continue;
      halved.push(merge(first, second, halved.at(-1)?.atMs ?? 0));
    }
    // An odd one out becomes the beginning of the next, wider sample.
    const rest = this.#samples.length % 2 === 1 ? this.#samples.at(-1) : undefined;
    this.#pending = rest === undefined ? undefined : { sample: rest, count: this.#merged };
    this.#samples = halved;
    this.#merged *= 2;
  }
}

/** Two neighbouring samples as one, each figure weighted by the time that it stands for. `startMs`: where the first begins. */
function merge(first: Sample, second: Sample, startMs: number): Sample {
  const firstMs = first.atMs - startMs;
  const secondMs = second.atMs - first.atMs;
  const merged: { -readonly [Name in keyof Sample]: Sample[Name] } = { ...second };
  const between = (a: number, b: number): number =>
    firstMs + secondMs > 0 ? (a * firstMs + b * secondMs) / (firstMs + secondMs) : b;
  for (const figure of figures) {
    const [a, b] = [first[figure], second[figure]];
    merged[figure] = a === undefined || b === undefined ? (a ?? b) : between(a, b);
  }
  const [a, b] = [first.activities, second.activities];
  merged.activities =
    a === undefined || b === undefined
      ? (a ?? b)
      : {
          source: mergeActivities(a.source, b.source, between),
          destination: mergeActivities(a.destination, b.destination, between),
        };
  return merged;
}

function mergeActivities(one: Activities, other: Activities, between: (a: number, b: number) => number): Activities {
  const merged = noActivities();
  for (const activity of activities) merged[activity] = between(one[activity], other[activity]);
  return merged;
}

/** The mean of a figure over time (a sample counts for as long as it covers); undefined when no sample has it. */
export function mean(samples: readonly Sample[], figure: Figure): number | undefined {
  let [sum, weight, startMs, plain, known] = [0, 0, 0, 0, 0];
  for (const sample of samples) {
    const value = sample[figure];
    const durationMs = sample.atMs - startMs;
    startMs = sample.atMs;
    if (value === undefined) continue;
    sum += value * durationMs;
    weight += durationMs;
    plain += value;
    known += 1;
  }
  if (known === 0) return undefined;
  return weight > 0 ? sum / weight : plain / known;
}

/**
 * The means of a figure over equal parts of the time that samples cover, from the run's start on; undefined for a part in which no sample
 * has it.
 */
export function meansOverTime(samples: readonly Sample[], figure: Figure, parts: number): (number | undefined)[] {
  const partMs = (samples.at(-1)?.atMs ?? 0) / parts;
  const sums = Array.from({ length: parts }, () => ({ weighted: 0, ms: 0 }));
  let startMs = 0;
  for (const { atMs, [figure]: value } of samples) {
    const first = Math.min(parts - 1, Math.floor(startMs / partMs));
    for (let part = first; part < parts && part * partMs < atMs && value !== undefined; part++) {
      const ms = Math.min(atMs, (part + 1) * partMs) - Math.max(startMs, part * partMs);
      const sum = sums[part];
      if (sum === undefined || ms <= 0) continue;
      sum.weighted += value * ms;
      sum.ms += ms;
    }
    startMs = atMs;
  }
  return sums.map(({ weighted, ms }) => (ms > 0 ? weighted / ms : undefined));
}

/** The highest value of a figure; undefined when no sample has it. */
export function peak(samples: readonly Sample[], figure: Figure): number | undefined {
  return percentile(samples, figure, 100);
}

/** The value below which `share` percent of a figure's samples lie (nearest rank, 0–100); undefined when no sample has it. */
export function percentile(samples: readonly Sample[], figure: Figure, share: number): number | undefined {
  const values = samples.map((sample) => sample[figure]).filter((value) => value !== undefined);
  values.sort((a, b) => a - b);
  return values[Math.max(0, Math.ceil((share / 100) * values.length) - 1)];
}
