import { percent } from "../report/format.ts";
import type { Evidence } from "./evidence.ts";
import { couldTakeMore, fewerLanes, isDivided } from "./lanes.ts";
import { computingShare, computingTogether, ofTheRun, queueingShare, sharesOf, storageShare } from "./shares.ts";
import { busyCpus } from "./thresholds.ts";
import { finding, findingOf, type Verdict, verdict } from "./verdict.ts";

/** Of the time in which processes could compute, the share in a queue from which CPUs are short: 51–63 measured with twice as many as CPUs, under 15 with one. */
const longQueue = 20;
/** A share of the rsyncs' time that CPUs must account for, lest a busy neighbour is blamed for what a disk does. */
const leastComputing = 25;
/** The same where rsyncs queue for most of what they could compute (with 85 % busy they still queued for half of it). */
const nearlyBusyCpus = 75;
/** A share of the rsyncs' time that is most of it. */
const muchComputing = 50;
/** Periods in which a quota was used up: Kubernetes' alert CPUThrottlingHigh (kubernetes-mixin). */
const throttledPeriods = 25;
/** A hypervisor that takes this much leaves too few CPUs. */
const muchStolen = 10;
/** A process that computes for so much of its time is what its rsync waits for. */
const wholeCore = 70;
/** The most of its time that a process with a core of its own queues for. */
const shortQueue = 15;

/** A quota of our control group. */
export function cpuQuota(evidence: Evidence): Verdict | undefined {
  const { throttledPercent, cpuQuota: quota, cpuPercent } = evidence.machine;
  const computing = computingTogether(sharesOf(evidence));
  if (throttledPercent === undefined || throttledPercent < throttledPeriods || computing < leastComputing)
    return undefined;
  const share = ofTheRun(computing, evidence);
  const allowed = quota === undefined ? "its quota of CPU" : `${Number(quota.toPrecision(2))} CPUs`;
  const { cpus } = evidence.settings;
  return verdict(evidence, "cpu-quota", {
    share,
    findings: [
      finding("limits", "periods in which the CPU quota was used up", throttledPercent, "%", throttledPeriods),
      finding("processes", "rsyncs computing, or stopped while they could", computing, "%", leastComputing),
    ],
    sentence: `The CPU quota of this control group limits the run: ${allowed} were used up in ${percent(throttledPercent)} of all periods${cpuPercent === undefined ? "" : `, while the machine's CPUs were busy for ${percent(cpuPercent)}`}.`,
    advice: `raise the CPU quota of the runner's service or container (CPUQuota=, --cpus)${cpus === undefined ? "" : ` to ${Math.max(2, 2 * Math.ceil(quota ?? cpus))} CPUs or more`}; more rsyncs will not help`,
  });
}

/** All CPUs are taken. */
export function cpu(evidence: Evidence): Verdict | undefined {
  const { cpuPercent, stealPercent, cpuStallPercent, throttledPercent } = evidence.machine;
  if (cpuPercent === undefined || (throttledPercent ?? 0) >= throttledPeriods) return undefined;
  const shares = sharesOf(evidence);
  const computing = computingTogether(shares);
  const queueing = queueingShare({
    onCpu: shares.source.onCpu + shares.destination.onCpu,
    waitingForCpu: shares.source.waitingForCpu + shares.destination.waitingForCpu,
  });
  const taken = cpuPercent + (stealPercent ?? 0);
  const isSeen = evidence.rsyncs !== undefined;
  const { checksum, cpus, machineCpus } = evidence.settings;
  // Where a run may use some of the CPUs alone, how busy all of them are says nothing: its own processes' queue does.
  const isConfined = isSeen && cpus !== undefined && machineCpus !== undefined && cpus < machineCpus;
  const isQueued = isSeen && computing >= muchComputing && queueing >= 2 * longQueue;
  // A long queue says it by itself: the mean of a run has quieter moments, at its end for one.
  const busy = isQueued ? nearlyBusyCpus : busyCpus;
  const isTaken = isConfined ? isQueued : taken >= busy;
  if (!isTaken || (isSeen && (computing < leastComputing || queueing < longQueue))) return undefined;
  const stolen =
    (stealPercent ?? 0) >= muchStolen
      ? `, and the hypervisor gives ${percent(stealPercent ?? 0)} of them to others`
      : "";
  return verdict(evidence, "cpu", {
    share: ofTheRun(isSeen ? computing : cpuPercent, evidence),
    findings: [
      finding(isConfined ? "context" : "counters", "CPUs busy", taken, "%", busy),
      ...(isSeen
        ? [
            finding("processes", "rsyncs computing or queueing for a CPU", computing, "%", leastComputing),
            finding("processes", "of that, queueing", queueing, "%", longQueue),
          ]
        : []),
      ...findingOf("counters", "time in which some process lacked a CPU", cpuStallPercent, "%", 20),
    ],
    sentence: `The CPUs limit this run: ${isConfined ? `it may use ${cpus} of ${machineCpus}` : `${cpus === undefined ? "they" : `all ${cpus}`} are busy for ${percent(cpuPercent)}`}${stolen}, and rsyncs compute or queue for them for ${percent(computing)} of their time.`,
    advice: checksum
      ? "drop --checksum from rsync-args, which makes rsync read and compute over everything, or give the machine more CPUs"
      : (fewerLanes(evidence, "each rsync takes its time from the others") ??
        "give the machine more CPUs, or run when it has less else to do; no input makes this faster"),
  });
}

/** One rsync at a time, as fast as a core is, and the others have nothing to do. */
export function singleThread(evidence: Evidence): Verdict | undefined {
  const { schedule, settings, machine } = evidence;
  if (evidence.rsyncs === undefined || isDivided(evidence) || couldTakeMore(evidence)) return undefined;
  const { roles, source, destination } = sharesOf(evidence);
  const computing = Object.values(roles).map((shares) => computingShare(shares));
  const most = Math.max(...computing);
  const together = computing.reduce((sum, share) => sum + share, 0);
  const queueing = Math.max(
    ...Object.values(roles)
      .filter(({ onCpu }) => onCpu > 10)
      .map(queueingShare),
    0,
  );
  const waiting = Math.max(storageShare(source), storageShare(destination));
  if (Math.max(most, together) < wholeCore || waiting > most || (machine.cpuPercent ?? 0) >= busyCpus) return undefined;
  const why = settings.notSplit ?? "there is nothing else to copy meanwhile";
  return verdict(evidence, "single-thread", {
    share: ofTheRun(Math.min(100, Math.max(most, together)), evidence),
    findings: [
      most >= wholeCore
        ? finding("processes", "the busiest process of each rsync computing", most, "%", wholeCore)
        : finding("processes", "an rsync's processes computing in turns", together, "%", wholeCore),
      finding("processes", "of that, queueing for a CPU", queueing, "%", shortQueue, "at most"),
      ...findingOf("context", "CPUs busy", machine.cpuPercent, "%", busyCpus, "at most"),
      finding("schedule", "rsyncs at once, on average", meanLanes(schedule), "lanes", 1.5, "at most"),
    ],
    sentence: `One rsync alone limits this run, at the speed of one core: its processes compute for ${percent(Math.min(100, together))} of the time while other CPUs idle (${why}).`,
    advice: settings.checksum
      ? "drop --checksum from rsync-args: without it unchanged files are not read"
      : settings.notSplit === undefined
        ? "nothing can be split any further; more rsyncs will not help, a faster core would"
        : "do without what keeps the tree in one piece (see the notice), so that several rsyncs can share it",
  });
}

function meanLanes({ laneSeconds, makespanSeconds }: Evidence["schedule"]): number {
  return makespanSeconds === 0 ? 0 : laneSeconds / makespanSeconds;
}
