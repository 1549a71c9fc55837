import type { Measurement, Storage } from "../measure/measurement.ts";
import { type Figure, mean, peak } from "../measure/series.ts";
import { bytes, counted, milliseconds, percent, rate } from "./format.ts";

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
    ...row("CPU taken by the hypervisor", "stealPercent", percent),
    ...row(memory, "memoryUsedBytes", bytes),
    ...row("Source device: read", "sourceReadBytesPerSecond", rate),
    ...row("Source device: busy", "sourceBusyPercent", percent),
    ...row("Source device: time of a request", "sourceAwaitMs", milliseconds),
    ...row("Source: time to an answer", "sourceAnswerMs", milliseconds),
    ...row("Destination device: written", "destinationWriteBytesPerSecond", rate),
    ...row("Destination device: busy", "destinationBusyPercent", percent),
    ...row("Destination device: time of a request", "destinationAwaitMs", milliseconds),
    ...row("Destination: time to an answer", "destinationAnswerMs", milliseconds),
    ...row("Data not written to storage yet", "unwrittenBytes", bytes),
    ...row("Network: received", "networkReceivedBytesPerSecond", rate),
    ...row("Network: sent", "networkSentBytesPerSecond", rate),
  ];
}

/** What stands behind a directory, in parts of which `name` marks those that come from outside. */
export function storageWords(storage: Storage, name: (text: string) => string): string {
  if (storage.fileSystem === undefined) return "not known";
  const mounted = storage.mountPoint === undefined ? "" : ` mounted at ${name(storage.mountPoint)}`;
  const chain = storage.devices.map((device) => name(device.name)).join(" on ");
  const device = chain === "" ? "no block device of its own" : `device ${chain}`;
  const { remote, limits } = storage;
  const server = remote?.address === undefined ? "" : `, server ${name(remote.address)}`;
  const way = remote?.interface === undefined ? "" : ` through ${name(remote.interface)}`;
  const limited = limits.length === 0 ? "" : `, limited: ${limits.map(name).join("; ")}`;
  return `${name(storage.fileSystem)}${mounted}, ${device}${server}${way}${limited}`;
}

/** How the figures were taken. */
export function samplingWords({ samples, intervalMs, rsyncs, costSeconds }: Measurement): string {
  const looks = rsyncs === undefined ? "" : `, ${counted(rsyncs.glimpses, "look")} at rsyncs`;
  const seconds = (samples.at(-1)?.atMs ?? 0) / 1000;
  const cost = seconds === 0 ? "" : `; measuring took ${percent((100 * costSeconds) / seconds)} of one CPU`;
  return `${counted(samples.length, "sample")}, one every ${intervalMs / 1000} s${looks}${cost}`;
}
