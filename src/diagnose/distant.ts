import { duration, percent, rate } from "../report/format.ts";
import type { Evidence, SideFigures } from "./evidence.ts";
import { isDivisible, moreLanes } from "./lanes.ts";
import { type Side, sharesOf, storageShare, sum, syncShare, withSync } from "./shares.ts";
import { busyCpus, longSync, muchWaiting, slowAnswer } from "./thresholds.ts";
import { type Finding, finding, findingOf, type Verdict, verdict } from "./verdict.ts";
import { placeOf } from "./words.ts";

/** Answers that take so many times as long as without load are held up by load at the other end (Gradient2's tolerance is 1.5). */
const loadedAnswer = 4;
/** Periods of a used-up CPU quota, in percent, from which our own questions are held up as well. */
const someThrottling = 10;
/** Link use from which a network is full. */
const fullLink = 85;
/** Retransmissions from which a network loses too much (AzCopy's performanceAdvisor.go: 2 % errors). */
const lossy = 2;

/** Storage behind a network, or behind a program that serves the file system. */
export function distant(evidence: Evidence, side: Side, least: number): Verdict | undefined {
  const figures = evidence[side];
  const shares = sharesOf(evidence)[side];
  const waiting = storageShare(shares);
  const syncing = syncShare(evidence, side);
  const { survey, copy } = evidence.seconds;
  const surveying = (100 * survey) / Math.max(0.001, survey + copy);
  const isSurveyed = surveying >= muchWaiting && (figures.idleAnswerMs ?? 0) >= slowAnswer;
  if (waiting < least && syncing < longSync && !isSurveyed) return undefined;
  const share = withSync(waiting, evidence, side) + (isSurveyed ? surveying : 0);
  const waits = finding("processes", `rsyncs waiting for the ${side}`, waiting, "%", least);
  const found = network(evidence, side, figures, share, waits);
  if (found !== undefined) return found;
  // What is written and not answered yet fills memory: that is about bytes, not about single answers.
  const writing = sum(shares, ["throttled", "fsync"]);
  if (syncing >= longSync || 2 * writing > waiting)
    return verdict(evidence, "remote", {
      share,
      findings: [
        waits,
        ...(syncing > 0 ? [finding("schedule", "final sync, of copying and sync", syncing, "%", longSync)] : []),
        finding("processes", "rsyncs waiting until unwritten data is written", writing, "%", least),
      ],
      sentence: `What serves ${placeOf(side, figures)}, or the way to it, takes data more slowly than rsyncs give it: they wait until it is written for ${percent(writing)} of their time${syncing >= longSync ? `, and the final sync took ${duration(evidence.seconds.sync)}` : ""}.`,
      advice: "look at the server's disks and the link to it; more rsyncs will not help",
    });
  return loaded(evidence, side, figures, share, waits) ?? latency(evidence, side, figures, share, waits);
}

/** A server that answers far more slowly under this load than without. */
function loaded(
  evidence: Evidence,
  side: Side,
  figures: SideFigures,
  share: number,
  waits: Finding,
): Verdict | undefined {
  const { cpuPercent = 0, throttledPercent = 0 } = evidence.machine;
  const { idleAnswerMs, nfs } = figures;
  const answer = figures.answerMs ?? nfs?.meanRoundTripMs;
  if (answer === undefined || idleAnswerMs === undefined) return undefined;
  // Where CPUs are short, an answer that was there in time is read late; and where the client has no free slot, it was never asked for.
  const isStarved = cpuPercent >= busyCpus || throttledPercent >= someThrottling;
  const times = answer / Math.max(slowAnswer, idleAnswerMs);
  if (isStarved || isQueuedAtClient(figures) || answer < slowAnswer + 1 || times < loadedAnswer) return undefined;
  const way = figures.kind === "network" && figures.linkBitsPerSecond === undefined ? ", or the way to it," : "";
  return verdict(evidence, "remote", {
    share,
    findings: [waits, finding("answers", "an answer under load, against one without", times, "times", loadedAnswer)],
    sentence: `What serves ${placeOf(side, figures)}${way} limits this run: rsyncs wait for it for ${percent(waits.value)} of their time, and it takes ${answer.toFixed(1)} ms to an answer under this load instead of ${idleAnswerMs.toFixed(1)} ms.`,
    advice: `look at the server${way === "" ? "" : " and the link to it"}: its disks or CPUs are the limit; more rsyncs will not help`,
  });
}

/** Answers that each take their time, load or no load. */
function latency(evidence: Evidence, side: Side, figures: SideFigures, share: number, waits: Finding): Verdict {
  const { idleAnswerMs, answerMs, nfs } = figures;
  const measured = Math.max(idleAnswerMs ?? 0, answerMs ?? nfs?.meanRoundTripMs ?? 0);
  return verdict(evidence, `${side}-latency`, {
    share,
    findings: [
      waits,
      ...findingOf("answers", `an answer of the ${side}`, idleAnswerMs ?? answerMs, "ms", slowAnswer),
      ...findingOf(
        "answers",
        "the same while rsyncs ran",
        idleAnswerMs === undefined ? undefined : answerMs,
        "ms",
        slowAnswer,
      ),
      ...findingOf("counters", "NFS round trip", nfs?.meanRoundTripMs, "ms", slowAnswer),
      ...findingOf("counters", "waiting at the NFS client for a free slot", nfs?.meanQueueMs, "ms", slowAnswer),
      ...findingOf("context", "CPUs busy", evidence.machine.cpuPercent, "%", busyCpus, "at most"),
    ],
    sentence: `Waiting for answers of ${placeOf(side, figures)} limits this run: for ${percent(waits.value)} of their time rsyncs wait for one${measured > 0 ? `, which takes ${measured.toFixed(1)} ms` : ""}.`,
    advice: isQueuedAtClient(figures)
      ? "let the NFS client ask for more at once: mount with nconnect, or raise its slots (nfs.max_session_slots, sunrpc.tcp_slot_table_entries)"
      : latencyAdvice(evidence),
  });
}

/** Whether NFS requests wait longer in this machine, for a free slot, than for their answer. */
function isQueuedAtClient({ nfs }: SideFigures): boolean {
  return nfs?.meanQueueMs !== undefined && nfs.meanQueueMs > (nfs.meanRoundTripMs ?? 0);
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

/** Bytes a second that the network carries for a side, and what that is in percent of its link, where its speed is known. */
export function linkUse(
  evidence: Evidence,
  side: Side,
): { readonly carried: number; readonly used: number | undefined } {
  const { receivedBytesPerSecond = 0, sentBytesPerSecond = 0 } = evidence.machine;
  const { linkBitsPerSecond } = evidence[side];
  const carried = side === "source" ? receivedBytesPerSecond : sentBytesPerSecond;
  return { carried, used: linkBitsPerSecond === undefined ? undefined : (800 * carried) / linkBitsPerSecond };
}

/** A link that is full, or that loses what it carries. */
function network(
  evidence: Evidence,
  side: Side,
  figures: SideFigures,
  share: number,
  waits: Finding,
): Verdict | undefined {
  if (figures.kind !== "network") return undefined;
  const { nfs } = figures;
  const { retransmittedPercent } = evidence.machine;
  const { carried, used } = linkUse(evidence, side);
  // The mount's own count, where it has one: what else the machine sends may take another way.
  const lost = nfs === undefined ? retransmittedPercent : (100 * nfs.retransmissions) / Math.max(1, nfs.operations);
  const isLossy = (lost ?? 0) >= lossy && sum(sharesOf(evidence)[side], ["fileData", "throttled"]) >= muchWaiting;
  if ((used ?? 0) < fullLink && !isLossy) return undefined;
  const name = figures.interface ?? "the network";
  return verdict(evidence, "network", {
    share,
    findings: [
      waits,
      ...findingOf("counters", `${name} in use`, used, "%", fullLink),
      ...findingOf("counters", "requests or segments sent again", lost, "%", lossy),
    ],
    sentence: isLossy
      ? `The network limits this run: ${percent(lost ?? 0)} of what is sent has to be sent again.`
      : `The network limits this run: ${name} carries ${rate(carried)}, ${percent(used ?? 0)} of what it can.`,
    advice: isLossy
      ? "look for what loses packets on the way (cables, duplex, a full switch); more rsyncs will not help"
      : "a faster link, or a second one (nconnect, bonding), is what helps; more rsyncs will not",
  });
}
