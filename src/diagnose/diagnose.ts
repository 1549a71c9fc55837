import type { Activity } from "../measure/activity.ts";
import { counted, duration, percent, rate } from "../report/format.ts";
import { linkUse } from "./distant.ts";
import type { Evidence } from "./evidence.ts";
import { bandwidthLimit } from "./limits.ts";
import { memory } from "./memory.ts";
import { tooHigh, tooLow } from "./parallelism.ts";
import { cpu, cpuQuota, singleThread } from "./processors.ts";
import { sharesOf, sides, storageShare } from "./shares.ts";
import { skew } from "./skew.ts";
import { storage } from "./storage.ts";
import { busyCpus, muchWaiting, muchWaitingInTurns, someWaiting } from "./thresholds.ts";
import { errors } from "./troubles.ts";
import {
  certainSeconds,
  finding,
  findingOf,
  tellingGlimpses,
  tellingSeconds,
  type Verdict,
  type VerdictName,
  verdict,
} from "./verdict.ts";
import { activityWords } from "./words.ts";

/** What limited a run, and what did not. */
export interface Diagnosis {
  /** The most important first; never empty. */
  readonly verdicts: readonly [Verdict, ...Verdict[]];
  /** What was looked at and found well, with its figure. */
  readonly exonerated: readonly string[];
}

/**
 * What hides others comes first: failures, then limits that somebody set, then the plan, then the machine, then storage, the side that rsyncs
 * waited for longer first. Errors before saturation before utilisation is the USE method's order; AzCopy's advisor, too, says nothing
 * of the network while requests fail (performanceAdvisor.go).
 */
const questions: readonly ((evidence: Evidence) => Verdict | undefined)[] = [
  errors,
  bandwidthLimit,
  memory,
  cpuQuota,
  tooHigh,
  skew,
  cpu,
  singleThread,
  tooLow,
];

/** Names what limited a run. Pure: the same evidence always gives the same verdicts. */
export function diagnose(evidence: Evidence): Diagnosis {
  if (isTooShort(evidence)) return { verdicts: [tooShort(evidence)], exonerated: [] };
  const limits = questions.map((ask) => ask(evidence)).filter((answer) => answer !== undefined);
  const [first, ...others] = smallOnesLast([...limits, ...storages(evidence, limits.length > 0)]);
  const verdicts = first === undefined ? ([unknown(evidence)] as const) : ([first, ...others] as const);
  const named = new Set<VerdictName>(verdicts.map(({ name }) => name));
  return {
    verdicts,
    exonerated: wellBehaved(evidence)
      .filter(({ clears }) => !clears.some((name) => named.has(name)))
      .map(({ words }) => words),
  };
}

/** What another verdict outweighs so many times is not what to change first, whatever it would hide if it were larger. */
const outweighed = 3;

/** Puts verdicts that another outweighs by far behind the others; errors stay in front. */
function smallOnesLast(verdicts: readonly Verdict[]): readonly Verdict[] {
  const largest = Math.max(...verdicts.map(({ share }) => share));
  const isSmall = ({ name, share }: Verdict): boolean => name !== "errors" && outweighed * share < largest;
  return [...verdicts.filter((one) => !isSmall(one)), ...verdicts.filter(isSmall)];
}

/**
 * The sides that rsyncs wait for, the one that they wait for longer first.
 *
 * @param isLimited whether something else limits the run too: then less of it is worth a word
 */
function storages(evidence: Evidence, isLimited: boolean): Verdict[] {
  const atLeast = (least: number): Verdict[] =>
    sides
      .map((side) => storage(evidence, side, least))
      .filter((answer) => answer !== undefined)
      .sort((one, other) => other.share - one.share);
  const shares = sharesOf(evidence);
  const together = storageShare(shares.source) + storageShare(shares.destination);
  const some = isLimited || together >= muchWaitingInTurns || atLeast(muchWaiting).length > 0;
  return some ? atLeast(someWaiting) : [];
}

function secondsOf({ seconds: { survey, copy, sync } }: Evidence): number {
  return survey + copy + sync;
}

function isTooShort(evidence: Evidence): boolean {
  const seconds = secondsOf(evidence);
  // Of a longer run the machine's figures tell enough for a cautious verdict: what leaves no time for looking may be the limit itself.
  const isLittleSeen = evidence.rsyncs !== undefined && evidence.rsyncs.glimpses < tellingGlimpses;
  return seconds < tellingSeconds || (isLittleSeen && seconds < certainSeconds);
}

/** The figures of a run that ended too soon for more. */
function tooShort(evidence: Evidence): Verdict {
  const { rsyncs, machine } = evidence;
  const seconds = secondsOf(evidence);
  return {
    ...verdict(evidence, "too-short", {
      share: 100,
      findings: [
        finding("schedule", "survey, copying and sync", seconds, "s", tellingSeconds, "at most"),
        ...findingOf("processes", "looks at rsyncs", rsyncs?.glimpses, "count", tellingGlimpses, "at most"),
        ...findingOf("counters", "CPUs busy", machine.cpuPercent, "%", busyCpus),
      ],
      sentence: `Too short to say what limits this run: it took ${duration(seconds)}${rsyncs === undefined ? "" : `, with ${counted(rsyncs.glimpses, "look")} at rsyncs`}.`,
      advice: "nothing to change: a run of seconds has no bottleneck worth naming",
    }),
    confidence: "low",
  };
}

/** Nothing stands out: what there is, and what to try. */
function unknown(evidence: Evidence): Verdict {
  const { source, destination } = sharesOf(evidence);
  const largest = sides
    .flatMap((side) =>
      Object.entries(side === "source" ? source : destination).map(([activity, share]) => ({
        what: `${side === "source" ? "senders" : "receivers and generators"} ${activityWords[activity as Activity]}`,
        isPeer: activity === "peer",
        share,
      })),
    )
    .filter(({ isPeer, share }) => !isPeer && share >= 1)
    .sort((one, other) => other.share - one.share)
    .slice(0, 5);
  const { survey, copy, sync } = evidence.seconds;
  const first = largest[0];
  const isSurvey = survey > copy + sync;
  const more = evidence.settings.parallelism === "auto" ? undefined : evidence.settings.parallelism * 2;
  return {
    ...verdict(evidence, "unknown", {
      share: isSurvey ? (100 * survey) / secondsOf(evidence) : (first?.share ?? 0),
      findings: largest.map(({ what, share }) => finding("processes", what, share, "%", 50)),
      sentence: isSurvey
        ? `What limits this run is not clear: looking through source and destination took ${duration(survey)} of ${duration(secondsOf(evidence))}.`
        : `What limits this run is not clear: ${first === undefined ? "rsync's processes could not be looked at" : `the most that stands out is ${first.what} for ${percent(first.share)} of the rsyncs' time`}.`,
      advice:
        evidence.missing.length > 0
          ? `let this user read what is named under "Not measured", and look again`
          : more === undefined
            ? "look at the next runs: several that agree say more than one"
            : `try parallelism ${more}, or auto, and compare`,
    }),
    confidence: "low",
  };
}

interface WellBehaved {
  readonly words: string;
  /** Verdicts that it speaks against. */
  readonly clears: readonly VerdictName[];
}

/** What was measured and stayed clear of its threshold. */
function wellBehaved(evidence: Evidence): WellBehaved[] {
  const { machine, troubles, settings } = evidence;
  const well: WellBehaved[] = [];
  const below = (value: number | undefined, threshold: number, words: string, ...clears: VerdictName[]): void => {
    if (value !== undefined && value < threshold) well.push({ words: `${words} ${percent(value)}`, clears });
  };
  // The machine's CPUs say nothing of the few that this run may use.
  if ((settings.cpus ?? 0) >= (settings.machineCpus ?? 0)) below(machine.cpuPercent, busyCpus - 10, "CPUs busy", "cpu");
  if (machine.cpuQuota !== undefined)
    below(machine.throttledPercent, 10, "periods stopped by the CPU quota", "cpu-quota");
  below(machine.memoryStallPercent, 5, "held up by a lack of memory", "memory");
  for (const side of sides) {
    const figures = evidence[side];
    const { carried, used } = linkUse(evidence, side);
    const device = figures.devices[0];
    if (device !== undefined)
      below(figures.busyPercent, 60, `${device} (${side}) busy`, `${side}-disk`, "parallelism-too-high");
    if (used !== undefined) below(used, 50, `${figures.interface ?? "network"} in use`, "network");
    else if (figures.kind === "network")
      well.push({ words: `network (speed not known) ${rate(carried)}`, clears: ["network", "remote"] });
  }
  if (troubles.failedAttempts === 0) well.push({ words: "no rsync failed", clears: ["errors"] });
  if (settings.bandwidthLimit === undefined) well.push({ words: "no bandwidth-limit", clears: ["bandwidth-limit"] });
  return well;
}
