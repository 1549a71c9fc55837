import { bytes, percent } from "../report/format.ts";
import type { Evidence } from "./evidence.ts";
import { ofTheRun, sharesOf } from "./shares.ts";
import { finding, findingOf, type Verdict, verdict } from "./verdict.ts";

/** Time in which processes were held up by a lack of memory, from which it is what limits them (12–26 % measured with 5 MB for rsync). */
const longStall = 10;
/** Times that what was read came from the device: more than once is what was read, pushed out and read again (3.6 measured). */
const readAgain = 1.5;
/** Pages a second that are read again because they had been pushed out, from which memory is short: 1,200 to 6,000 measured. */
const muchPushedOut = 100;
/** Use of the machine's memory, or of the group's, in percent, from which it may be too little. */
const fullMemory = 90;

/** Too little memory: reclaim, swap, programs and data that are read again and again. */
export function memory(evidence: Evidence): Verdict | undefined {
  const {
    memoryStallPercent,
    memoryLimitBytes,
    memoryPeakBytes,
    memoryLimitHits,
    memoryUsedPercent,
    refaultsPerSecond,
  } = evidence.machine;
  const shares = sharesOf(evidence);
  const reclaiming = Math.min(100, shares.source.memory + shares.destination.memory);
  const { readBytes = 0, deviceReadBytes = 0 } = evidence.rsyncs ?? {};
  const again = readBytes > 0 ? deviceReadBytes / readBytes : 0;
  // Directories and small files make a device read more than rsyncs do: that alone is nothing that was pushed out.
  const isPushedOut = (refaultsPerSecond ?? 0) >= muchPushedOut;
  const isReadAgain = isPushedOut && again >= readAgain;
  if ((memoryStallPercent ?? 0) < longStall && reclaiming < longStall && !isReadAgain) return undefined;
  const isFull = (memoryUsedPercent ?? 0) >= fullMemory;
  // A group's limit is met whenever files are read: only where what was pushed out is needed again does it say something.
  const isMet = memoryLimitBytes !== undefined && (memoryLimitHits ?? 0) > 0;
  if (!isFull && !isMet && reclaiming < longStall) return undefined;
  const held = Math.max(memoryStallPercent ?? 0, reclaiming);
  const rereading = isReadAgain ? shares.source.fileData : 0;
  const limit = memoryLimitBytes === undefined ? "" : `, with ${bytes(memoryLimitBytes)} allowed to this control group`;
  const { schedule, settings } = evidence;
  const half = Math.max(1, Math.floor(schedule.lanes / 2));
  return verdict(evidence, "memory", {
    share: ofTheRun(Math.min(100, held + rereading), evidence),
    findings: [
      ...findingOf("counters", "time in which some process lacked memory", memoryStallPercent, "%", longStall),
      finding("processes", "rsyncs waiting for memory", reclaiming, "%", longStall),
      ...(readBytes > 0
        ? [finding("counters", "read from the device, of what rsyncs read", again, "times", readAgain)]
        : []),
      ...(isMet && isPushedOut
        ? [
            finding(
              "limits",
              `the group's memory in use, of ${bytes(memoryLimitBytes)}`,
              (100 * (memoryPeakBytes ?? memoryLimitBytes)) / memoryLimitBytes,
              "%",
              fullMemory,
            ),
          ]
        : findingOf("counters", "memory in use", memoryUsedPercent, "%", fullMemory)),
      ...findingOf(
        "counters",
        "pages read again after they were pushed out, a second",
        refaultsPerSecond,
        "count",
        muchPushedOut,
      ),
    ],
    sentence: `Memory limits this run: processes are held up by a lack of it for ${percent(held)} of the time${limit}.`,
    advice: `${memoryLimitBytes === undefined ? "give the machine more memory" : `raise the memory limit of the runner's service or container (now ${bytes(memoryLimitBytes)})`}${settings.parallelism === "auto" && schedule.lanes <= 2 ? "" : `, or set parallelism to ${half}`}`,
  });
}
