import { duration, percent, rate } from "../report/format.ts";
import type { Evidence, SideFigures } from "./evidence.ts";
import { gradientFinding } from "./gradient.ts";
import { fewerLanes, isDivisible, moreLanes } from "./lanes.ts";
import { ofTheRun, type Side, sharesOf, storageShare, sum } from "./shares.ts";
import { busyCpus, muchWaiting } from "./thresholds.ts";
import { type Finding, finding, findingOf, type Verdict, verdict } from "./verdict.ts";
import { placeOf } from "./words.ts";

/** A device with requests in flight for so much of the time is busy, if they queue as well (USE; iostat(1) on %util of parallel devices). */
const busyDevice = 90;
const queuedRequests = 1.5;
/** A device that is idle for so much of the time, while processes wait for it, is held back above its queue. */
const idleDevice = 50;
/** Milliseconds to an answer from which a file system is slow to answer, rather than a machine busy. */
const slowAnswer = 0.3;
/** Answers that take so many times as long as without load are held up by load at the other end (Gradient2's tolerance is 1.5). */
const loadedAnswer = 4;
/** A final sync of so much of the time of copying and sync says that copying was faster than the device. */
const longSync = 20;
/** Periods of a used-up CPU quota, in percent, from which our own questions are held up as well. */
const someThrottling = 10;
/** Link use from which a network is full. */
const fullLink = 85;
/** Retransmissions from which a network loses too much (AzCopy's performanceAdvisor.go: 2 % errors). */
const lossy = 2;

/**
 * All that the storage of a side can be to blame for.
 *
 * @param least percent of the rsyncs' time that they must wait for it
 */
export function storage(evidence: Evidence, side: Side, least: number): Verdict | undefined {
  const figures = evidence[side];
  // What is memory keeps nobody waiting for it.
  if (figures.kind === "memory") return undefined;
  const isDistant = figures.kind === "network" || figures.kind === "user-space";
  return (isDistant ? distant : disk)(evidence, side, figures, least);
}

function disk(evidence: Evidence, side: Side, figures: SideFigures, least: number): Verdict | undefined {
  const { seconds, sameDevice, settings } = evidence;
  const shares = sharesOf(evidence)[side];
  const waiting = storageShare(shares);
  const syncing = side === "destination" ? (100 * seconds.sync) / Math.max(0.001, seconds.copy + seconds.sync) : 0;
  if (waiting < least && syncing < longSync) return undefined;
  const total = seconds.survey + seconds.copy + seconds.sync;
  const share = ofTheRun(waiting, evidence) + (side === "destination" ? (100 * seconds.sync) / total : 0);
  const { busyPercent, queue, awaitMs, bytesPerSecond, limits } = figures;
  const name = `${side}-disk` as const;
  const held = busyPercent !== undefined && busyPercent < idleDevice && waiting >= least;
  const findings: Finding[] = [
    finding("processes", `rsyncs waiting for the ${side}`, waiting, "%", least),
    ...(held
      ? findingOf(
          "counters",
          `${figures.devices[0] ?? side} busy, though waited for`,
          busyPercent,
          "%",
          idleDevice,
          "at most",
        )
      : findingOf("counters", `${figures.devices[0] ?? side} busy`, busyPercent, "%", busyDevice)),
    ...(held ? [] : findingOf("counters", "requests in its queue", queue, "requests", queuedRequests)),
    ...(limits.length > 0 ? [finding("limits", `limits on it (${limits.join("; ")})`, limits.length, "count", 1)] : []),
    ...(syncing > 0 ? [finding("schedule", "final sync, of copying and sync", syncing, "%", longSync)] : []),
    ...gradientFinding(evidence, "at most"),
    ...findingOf("counters", "CPUs idle while I/O was outstanding", evidence.machine.iowaitPercent, "%", 20),
  ];
  const { fsync } = shares;
  const isDeleting = 2 * shares.deleting > waiting;
  const doing = isDeleting
    ? "to delete from it"
    : fsync >= 30
      ? "for data to be on it"
      : side === "source"
        ? "to read from it"
        : "to write to it";
  const pace = bytesPerSecond === undefined ? "" : ` at ${rate(bytesPerSecond)}`;
  const state = held
    ? `; it is busy for ${percent(busyPercent)} only, so something above its queue holds it back`
    : busyPercent === undefined
      ? ""
      : `; it is busy for ${percent(busyPercent)}${awaitMs === undefined ? "" : `, with ${awaitMs.toFixed(1)} ms to a request`}`;
  const last = syncing >= longSync ? `; the final sync took ${duration(seconds.sync)}` : "";
  return verdict(evidence, name, {
    share,
    findings,
    sentence: `${capital(placeOf(side, figures))} limits this run${pace}: rsyncs wait ${doing} for ${percent(waiting)} of their time${state}${last}.`,
    advice:
      fsync >= 30 && settings.fsync
        ? "drop --fsync from rsync-args: the input sync flushes everything once, at the end"
        : sameDevice
          ? "put source and destination on different devices: one serves both; more rsyncs will not help"
          : limits.length > 0
            ? `raise the limit that is set on it (${limits[0]}); more rsyncs will not help`
            : held
              ? "look for a limit above the device (io.max, blkio.throttle, the cloud volume's class, write-back limits); more rsyncs will not help"
              : figures.rotational === true && settings.parallelism !== "auto" && settings.parallelism > 2
                ? "set parallelism to 2: a disk that turns seeks between more"
                : (fewerLanes(evidence, "the disk serves no more") ??
                  "more rsyncs will not help: a faster device would"),
  });
}

/** Behind a network, or a program that serves the file system. */
function distant(evidence: Evidence, side: Side, figures: SideFigures, least: number): Verdict | undefined {
  const shares = sharesOf(evidence)[side];
  const waiting = storageShare(shares);
  const { idleAnswerMs, answerMs, nfs } = figures;
  const surveying = (100 * evidence.seconds.survey) / Math.max(0.001, evidence.seconds.survey + evidence.seconds.copy);
  const isSurveyed = surveying >= muchWaiting && (idleAnswerMs ?? 0) >= slowAnswer;
  if (waiting < least && !isSurveyed) return undefined;
  const share = ofTheRun(waiting, evidence) + (isSurveyed ? surveying : 0);
  const waits = finding("processes", `rsyncs waiting for the ${side}`, waiting, "%", least);
  const full = network(evidence, side, figures, share, waits);
  if (full !== undefined) return full;
  const answer = answerMs ?? nfs?.meanRoundTripMs;
  // Where CPUs are short, an answer that was there in time is read late.
  const isStarved =
    (evidence.machine.cpuPercent ?? 0) >= busyCpus || (evidence.machine.throttledPercent ?? 0) >= someThrottling;
  const isLoaded =
    !isStarved &&
    answer !== undefined &&
    idleAnswerMs !== undefined &&
    answer >= slowAnswer + 1 &&
    answer >= loadedAnswer * Math.max(slowAnswer, idleAnswerMs);
  if (isLoaded)
    return verdict(evidence, "remote", {
      share,
      findings: [
        waits,
        finding(
          "answers",
          "an answer under load, against one without",
          answer / Math.max(slowAnswer, idleAnswerMs),
          "times",
          loadedAnswer,
        ),
        ...findingOf("counters", "waiting at the client for a free slot", nfs?.meanQueueMs, "ms", 1),
      ],
      sentence: `What serves ${placeOf(side, figures)} limits this run: rsyncs wait for it for ${percent(waiting)} of their time, and it takes ${answer.toFixed(1)} ms to an answer under this load instead of ${idleAnswerMs.toFixed(1)} ms.`,
      advice: "look at the server: its disks or CPUs are the limit; more rsyncs will not help",
    });
  const measured = Math.max(idleAnswerMs ?? 0, answer ?? 0);
  return verdict(evidence, `${side}-latency`, {
    share,
    findings: [
      waits,
      ...findingOf("answers", `an answer of the ${side}`, idleAnswerMs ?? answer, "ms", slowAnswer),
      ...findingOf(
        "answers",
        "the same while rsyncs ran",
        idleAnswerMs === undefined ? undefined : answerMs,
        "ms",
        slowAnswer,
      ),
      ...findingOf("counters", "NFS round trip", nfs?.meanRoundTripMs, "ms", slowAnswer),
      ...findingOf("counters", "CPUs busy", evidence.machine.cpuPercent, "%", busyCpus, "at most"),
    ],
    sentence: `Waiting for answers of ${placeOf(side, figures)} limits this run: for ${percent(waiting)} of their time rsyncs wait for one${measured > 0 ? `, which takes ${measured.toFixed(1)} ms` : ""}.`,
    advice: latencyAdvice(evidence),
  });
}

function latencyAdvice(evidence: Evidence): string {
  const { settings } = evidence;
  const more = moreLanes(evidence);
  if (!isDivisible(evidence))
    return "what there is to copy cannot be divided among more rsyncs; an answer that takes less time is what helps (mount options such as nconnect and actimeo, a nearer server)";
  const sooner = settings.parallelism === "auto" ? "" : " (auto would take what the time to an answer asks for)";
  return more === undefined
    ? "leave parallelism at auto: the next run begins with what this one found best"
    : `${more}${sooner}: each rsync waits for one answer at a time, so more of them wait for more at once`;
}

/** A link that is full, or that loses what it carries. */
function network(
  evidence: Evidence,
  side: Side,
  figures: SideFigures,
  share: number,
  waits: Finding,
): Verdict | undefined {
  const { linkBitsPerSecond } = figures;
  const { receivedBytesPerSecond = 0, sentBytesPerSecond = 0, retransmittedPercent } = evidence.machine;
  const carried = side === "source" ? receivedBytesPerSecond : sentBytesPerSecond;
  if (figures.kind !== "network") return undefined;
  const used = linkBitsPerSecond === undefined ? undefined : (800 * carried) / linkBitsPerSecond;
  const isLossy =
    (retransmittedPercent ?? 0) >= lossy && sum(sharesOf(evidence)[side], ["fileData", "throttled"]) >= muchWaiting;
  if ((used ?? 0) < fullLink && !isLossy) return undefined;
  const name = figures.interface ?? "the network";
  return verdict(evidence, "network", {
    share,
    findings: [
      waits,
      ...findingOf("counters", `${name} in use`, used, "%", fullLink),
      ...findingOf("counters", "TCP segments sent again", retransmittedPercent, "%", lossy),
    ],
    sentence: isLossy
      ? `The network limits this run: ${percent(retransmittedPercent ?? 0)} of what is sent has to be sent again.`
      : `The network limits this run: ${name} carries ${rate(carried)}, ${percent(used ?? 0)} of what it can.`,
    advice: isLossy
      ? "look for what loses packets on the way (cables, duplex, a full switch); more rsyncs will not help"
      : "a faster link, or a second one (nconnect, bonding), is what helps; more rsyncs will not",
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
