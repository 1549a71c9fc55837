import type { Measurement, Storage } from "../measure/measurement.ts";
import { type Figure, mean, peak } from "../measure/series.ts";
import { bytes, percent, rate } from "./format.ts";

/** One line of the table of resources; all of it plain text, not escaped. */
export interface ResourceRow {
  readonly label: string;
  readonly mean: string;
  readonly peak: string;
}

/** The figures that were measured, in words; those that never were are left out. */
export function resourceRows(measurement: Measurement): ResourceRow[] {
  const { samples, memoryTotalBytes } = measurement;
  const row = (label: string, figure: Figure, format: (value: number) => string): ResourceRow[] => {
    const [average, highest] = [mean(samples, figure), peak(samples, figure)];
    if (average === undefined || highest === undefined) return [];
    return [{ label, mean: format(average), peak: format(highest) }];
  };
  const memory = memoryTotalBytes === undefined ? "Memory in use" : `Memory in use, of ${bytes(memoryTotalBytes)}`;
  return [
    ...row("CPU busy", "cpuPercent", percent),
    ...row("CPU idle, waiting for I/O", "iowaitPercent", percent),
    ...row(memory, "memoryUsedBytes", bytes),
    ...row("Source device: read", "sourceReadBytesPerSecond", rate),
    ...row("Source device: busy", "sourceBusyPercent", percent),
    ...row("Destination device: written", "destinationWriteBytesPerSecond", rate),
    ...row("Destination device: busy", "destinationBusyPercent", percent),
    ...row("Network: received", "networkReceivedBytesPerSecond", rate),
    ...row("Network: sent", "networkSentBytesPerSecond", rate),
  ];
}

/** What stands behind a directory, in parts of which `name` marks those that come from outside. */
export function storageWords(storage: Storage, name: (text: string) => string): string {
  if (storage.fileSystem === undefined) return "not known";
  const mounted = storage.mountPoint === undefined ? "" : ` mounted at ${name(storage.mountPoint)}`;
  const device = storage.device === undefined ? "no block device of its own" : `device ${name(storage.device)}`;
  return `${name(storage.fileSystem)}${mounted}, ${device}`;
}

/** How the figures were taken. */
export function samplingWords({ samples, intervalMs }: Measurement): string {
  return `${samples.length} ${samples.length === 1 ? "sample" : "samples"}, one every ${intervalMs / 1000} s`;
}
