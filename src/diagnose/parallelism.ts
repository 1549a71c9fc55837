import { percent } from "../report/format.ts";
import type { Evidence } from "./evidence.ts";
import { gradientFinding, gradientOf, worthwhileGain } from "./gradient.ts";
import { couldTakeMore, mostLanes, nextLanes } from "./lanes.ts";
import { ofTheRun, type Side, sharesOf, sides, storageShare } from "./shares.ts";
import { storage } from "./storage.ts";
import { busyCpus, busyDevice, muchFsync, muchWaiting, queuedRequests, slowAnswer, someWaiting } from "./thresholds.ts";
import { finding, findingOf, type Verdict, verdict } from "./verdict.ts";

/** Share of their time for which rsyncs do something themselves, rather than wait for CPUs or devices that are taken, if more of them could do more. */
const oneAfterTheOther = 70;
/** More rsyncs that do this much less than fewer are too many. */
const clearLoss = 95;

/** Fewer rsyncs than machine and storage could bear. */
export function tooLow(evidence: Evidence): Verdict | undefined {
  const { settings, schedule, machine } = evidence;
  const { cpuPercent } = machine;
  if (cpuPercent === undefined || cpuPercent >= busyCpus || !couldTakeMore(evidence)) return undefined;
  const shares = sharesOf(evidence);
  const working = sides.reduce((sum, side) => sum + storageShare(shares[side]) + shares[side].onCpu, 0);
  const queueing = shares.source.waitingForCpu + shares.destination.waitingForCpu;
  const saturated = sides.some((side) => storageShare(shares[side]) >= muchWaiting && isSaturated(evidence, side));
  const gained = gradientOf(evidence)?.gain;
  // A server or a link that has nothing left answers no faster to more rsyncs.
  const isElsewhere = sides.some((side) => {
    const name = storage(evidence, side, someWaiting)?.name;
    return name === "network" || name === "remote";
  });
  const isGiven = settings.parallelism !== "auto";
  // Of what auto chose only a step up that still gained says that it was too little.
  const isTooLow = isGiven
    ? working >= oneAfterTheOther &&
      queueing < working / 4 &&
      !saturated &&
      !isElsewhere &&
      (gained ?? 100) >= worthwhileGain
    : gained !== undefined && gained >= worthwhileGain;
  if (!isTooLow) return undefined;
  const { lanes } = schedule;
  return verdict(evidence, "parallelism-too-low", {
    share: ofTheRun(Math.min(100, working), evidence),
    findings: [
      finding(
        "processes",
        "rsyncs busy at source or destination, one after the other",
        Math.min(100, working),
        "%",
        oneAfterTheOther,
      ),
      finding("context", "CPUs idle", 100 - cpuPercent, "%", 100 - busyCpus),
      ...sides.flatMap((side) =>
        storageShare(shares[side]) >= someWaiting
          ? findingOf("answers", `an answer of the ${side}`, evidence[side].idleAnswerMs, "ms", slowAnswer)
          : [],
      ),
      ...(isGiven && settings.cpus !== undefined
        ? [
            finding(
              "limits",
              "rsyncs at once, as the input parallelism says",
              lanes,
              "lanes",
              settings.cpus + 1,
              "at most",
            ),
          ]
        : []),
      ...gradientFinding(evidence, "at least"),
    ],
    sentence: `Too few rsyncs run at once: ${lanes === 1 ? "one does" : `each of the ${lanes} does`} one thing after the other, while the CPUs idle for ${percent(100 - cpuPercent)} and no device is at its limit.`,
    advice: isGiven
      ? `set parallelism to auto, or to ${nextLanes(lanes, evidence) ?? mostLanes}`
      : "leave parallelism at auto: the next run begins with what this one found best",
  });
}

/** Whether a side's device has nothing left: busy with a queue, or held back by a limit. */
function isSaturated(evidence: Evidence, side: Side): boolean {
  const { busyPercent = 0, queue = 0, limits, kind } = evidence[side];
  const { throttled, fsync } = sharesOf(evidence)[side];
  return (
    kind === "block" &&
    ((busyPercent >= busyDevice && queue >= queuedRequests) ||
      limits.length > 0 ||
      throttled + fsync >= muchFsync ||
      busyPercent < 20)
  );
}

/** More rsyncs than do good: fewer did as much or more. */
export function tooHigh(evidence: Evidence): Verdict | undefined {
  const { tuning, settings, schedule } = evidence;
  const here = tuning.rates.find(({ lanes }) => lanes === schedule.lanes);
  // What auto tried and left again was no limit.
  if (here === undefined || settings.parallelism === "auto") return undefined;
  const fewer = [...tuning.rates, ...tuning.earlierRates].filter(({ lanes }) => lanes < here.lanes);
  const best = fewer.reduce<(typeof fewer)[number] | undefined>(
    (most, one) => (one.rate > (most?.rate ?? 0) ? one : most),
    undefined,
  );
  if (best === undefined) return undefined;
  const did = (100 * here.rate) / best.rate;
  if (did >= clearLoss) return undefined;
  const shares = sharesOf(evidence);
  const waiting = Math.max(storageShare(shares.source), storageShare(shares.destination));
  const { queue } =
    storageShare(shares.source) >= storageShare(shares.destination) ? evidence.source : evidence.destination;
  // Another night is other work, on storage that may have had more else to do.
  const isEarlier = !tuning.rates.includes(best);
  const found = verdict(evidence, "parallelism-too-high", {
    share: ofTheRun(Math.max(waiting, 100 - did), evidence),
    findings: [
      finding("gradient", `work of ${here.lanes} rsyncs, of that of ${best.lanes}`, did, "%", clearLoss, "at most"),
      finding("processes", "rsyncs waiting for storage", waiting, "%", muchWaiting),
      ...findingOf("counters", "requests in the device's queue", queue, "requests", 2),
    ],
    sentence: `Too many rsyncs run at once: ${here.lanes} did ${percent(did)} of the work that ${best.lanes} did in the same time${isEarlier ? " in an earlier run" : ""}.`,
    advice: `set parallelism to ${best.lanes}, or to auto, which finds it`,
  });
  return isEarlier && found.confidence === "high" ? { ...found, confidence: "medium" } : found;
}
