import type { Evidence } from "./evidence.ts";

/** What can limit a run. */
export const verdictNames = [
  "cpu",
  "cpu-quota",
  "single-thread",
  "source-disk",
  "destination-disk",
  "source-latency",
  "destination-latency",
  "network",
  "remote",
  "memory",
  "bandwidth-limit",
  "skew",
  "parallelism-too-low",
  "parallelism-too-high",
  "errors",
  "too-short",
  "unknown",
] as const;
export type VerdictName = (typeof verdictNames)[number];

export type Confidence = "high" | "medium" | "low";

/**
 * Where a finding comes from. Two of different kinds do not err in the same way, which is what a high confidence stands on.
 *
 * - `processes`: what rsync's processes were seen to wait for
 * - `counters`: what devices, CPUs, interfaces and memory counted
 * - `limits`: a limit that is set, in the inputs or by a control group
 * - `answers`: how long a file system took to answer
 * - `schedule`: when which rsync ran, and how it ended; exact
 * - `gradient`: what more or fewer rsyncs did
 * - `context`: what has to be so, but is in many runs: worth knowing, and no evidence of its own
 */
export type FindingKind = "processes" | "counters" | "limits" | "answers" | "schedule" | "gradient" | "context";

/** One measured value beside the threshold that it is held against. */
export interface Finding {
  readonly kind: FindingKind;
  /** What was measured, in words. */
  readonly what: string;
  readonly value: number;
  readonly unit: Unit;
  readonly comparison: "at least" | "at most";
  readonly threshold: number;
  /** Whether the value is on the verdict's side of the threshold. */
  readonly supports: boolean;
}

export type Unit = "%" | "ms" | "B/s" | "B" | "s" | "requests" | "times" | "CPUs" | "lanes" | "count";

/** A named limit of the run. */
export interface Verdict {
  readonly name: VerdictName;
  /** Percent of the rsyncs' time (survey and sync of the run's) that it accounts for. */
  readonly share: number;
  readonly confidence: Confidence;
  /** What it is, in one sentence with its figures. */
  readonly sentence: string;
  /** What to change: the input, and the value to try. */
  readonly advice: string;
  readonly evidence: readonly Finding[];
}

/** A finding, held against its threshold. */
export function finding(
  kind: FindingKind,
  what: string,
  value: number,
  unit: Unit,
  threshold: number,
  comparison: Finding["comparison"] = "at least",
): Finding {
  const supports = comparison === "at least" ? value >= threshold : value <= threshold;
  return { kind, what, value, unit, comparison, threshold, supports };
}

/** A finding of a value that may be unknown; none then. */
export function findingOf(
  kind: FindingKind,
  what: string,
  value: number | undefined,
  unit: Unit,
  threshold: number,
  comparison: Finding["comparison"] = "at least",
): readonly Finding[] {
  return value === undefined ? [] : [finding(kind, what, value, unit, threshold, comparison)];
}

/** Seconds of copying below which nothing is certain (AzCopy names no limit before, chunkStatusLogger.go), and below which nothing is said. */
export const certainSeconds = 30;
export const tellingSeconds = 10;
/** Glimpses of senders below which shares are chance: with 50, a share of a half is ±7 points off in two of three cases. */
export const tellingGlimpses = 50;
/** Shares, in percent, from which one kind of evidence makes a verdict likely, and two make it certain. */
const likelyShare = 50;
const leastShare = 25;
const certainShare = 70;

const levels: readonly Confidence[] = ["low", "medium", "high"];

/**
 * High: two kinds of findings agree on at least 70 % of at least 30 s; medium: two kinds on a quarter, or one on half. The schedule is exact and
 * counts for two. One level lower where rsync's processes could not be looked at, or not closely.
 */
export function confidenceOf(share: number, findings: readonly Finding[], evidence: Evidence): Confidence {
  const telling = findings.filter(({ supports, kind }) => supports && kind !== "context");
  const kinds = new Set(telling.map(({ kind }) => kind));
  const weight = kinds.size + (kinds.has("schedule") ? 1 : 0);
  const { survey, copy, sync } = evidence.seconds;
  const isCertain = weight >= 2 && share >= certainShare && survey + copy + sync >= certainSeconds;
  const isLikely = share >= likelyShare || (weight >= 2 && share >= leastShare);
  const level = isCertain ? 2 : isLikely ? 1 : 0;
  return levels[Math.max(0, level - (isSeenClosely(evidence) ? 0 : 1))] ?? "low";
}

/** Whether the processes were looked at often, and told what they waited for: those of another user only say that they wait. */
function isSeenClosely({ rsyncs }: Evidence): boolean {
  if (rsyncs === undefined || rsyncs.seconds === 0 || rsyncs.glimpses < tellingGlimpses) return false;
  const hidden = Object.values(rsyncs.roles).reduce(
    (sum, { uninterruptible, unknown }) => sum + uninterruptible + unknown,
    0,
  );
  return hidden < rsyncs.seconds;
}

/** A verdict, its confidence from its findings. */
export function verdict(
  evidence: Evidence,
  name: VerdictName,
  {
    share,
    findings,
    sentence,
    advice,
  }: {
    readonly share: number;
    readonly findings: readonly Finding[];
    readonly sentence: string;
    readonly advice: string;
  },
): Verdict {
  const bounded = Math.min(100, Math.max(0, share));
  return {
    name,
    share: bounded,
    confidence: confidenceOf(bounded, findings, evidence),
    sentence,
    advice,
    evidence: findings,
  };
}
