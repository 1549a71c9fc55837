import { duration, percent, rate } from "../report/format.ts";
import type { Evidence } from "./evidence.ts";
import { gradientFinding } from "./gradient.ts";
import { fewerLanes } from "./lanes.ts";
import { type Side, sharesOf, storageShare, syncShare, withSync } from "./shares.ts";
import { busyDevice, longSync, muchFsync, queuedRequests } from "./thresholds.ts";
import { finding, findingOf, type Verdict, verdict } from "./verdict.ts";
import { capital, placeOf } from "./words.ts";

/** A device that is idle for so much of the time, while processes wait for it, is held back above its queue. */
const idleDevice = 50;
/** File systems that manage several devices: the one that was mounted does not speak for the others. */
const ofSeveral: ReadonlySet<string> = new Set(["btrfs", "bcachefs", "zfs"]);

/** A device that has no more to give, or that something holds back. */
export function disk(evidence: Evidence, side: Side, least: number): Verdict | undefined {
  const figures = evidence[side];
  const shares = sharesOf(evidence)[side];
  const waiting = storageShare(shares);
  const syncing = syncShare(evidence, side);
  if (waiting < least && syncing < longSync) return undefined;
  const { busyPercent, queue, awaitMs, bytesPerSecond = 0, limits } = figures;
  const isTold = bytesPerSecond > 0 && !ofSeveral.has(figures.fileSystem ?? "");
  const held = isTold && busyPercent !== undefined && busyPercent < idleDevice && waiting >= least;
  const device = figures.devices[0] ?? side;
  const isDeleting = 2 * shares.deleting > waiting;
  const isFlushing = shares.fsync >= muchFsync;
  const doing = side === "source" ? "to read from it" : "to write to it";
  const state = held
    ? `; it is busy for ${percent(busyPercent)} only, so something above its queue holds it back`
    : busyPercent === undefined || !isTold
      ? ""
      : `; it is busy for ${percent(busyPercent)}${awaitMs === undefined ? "" : `, with ${awaitMs.toFixed(1)} ms to a request`}`;
  return verdict(evidence, `${side}-disk`, {
    share: withSync(waiting, evidence, side),
    findings: [
      finding("processes", `rsyncs waiting for the ${side}`, waiting, "%", least),
      ...(held
        ? [finding("counters", `${device} busy, though waited for`, busyPercent, "%", idleDevice, "at most")]
        : [
            ...findingOf("counters", `${device} busy`, busyPercent, "%", busyDevice),
            ...findingOf("counters", "requests in its queue", queue, "requests", queuedRequests),
          ]),
      ...(limits.length > 0
        ? [finding("limits", `limits on it (${limits.join("; ")})`, limits.length, "count", 1)]
        : []),
      ...(syncing > 0 ? [finding("schedule", "final sync, of copying and sync", syncing, "%", longSync)] : []),
      ...gradientFinding(evidence, "at most"),
      ...findingOf("counters", "CPUs idle while I/O was outstanding", evidence.machine.iowaitPercent, "%", 20),
    ],
    sentence: `${capital(placeOf(side, figures))} limits this run${bytesPerSecond > 0 ? ` at ${rate(bytesPerSecond)}` : ""}: rsyncs wait ${isDeleting ? "to delete from it" : isFlushing ? "for data to be on it" : doing} for ${percent(waiting)} of their time${state}${syncing >= longSync ? `; the final sync took ${duration(evidence.seconds.sync)}` : ""}.`,
    advice: adviceFor(evidence, side, held, isFlushing),
  });
}

function adviceFor(evidence: Evidence, side: Side, held: boolean, isFlushing: boolean): string {
  const { settings, sameDevice } = evidence;
  const { limits, rotational } = evidence[side];
  const { parallelism } = settings;
  if (isFlushing && settings.fsync)
    return "drop --fsync from rsync-args: the input sync flushes everything once, at the end";
  if (limits.length > 0) return `raise the limit that is set on it (${limits.join("; ")}); more rsyncs will not help`;
  if (held)
    return "look for a limit above the device (io.max, blkio.throttle, the cloud volume's class, write-back limits); more rsyncs will not help";
  if (sameDevice) return "put source and destination on different devices: one serves both; more rsyncs will not help";
  if (rotational === true && parallelism !== "auto" && parallelism > 2)
    return "set parallelism to 2: a disk that turns seeks between more";
  return fewerLanes(evidence, "the disk serves no more") ?? "more rsyncs will not help: a faster device would";
}
