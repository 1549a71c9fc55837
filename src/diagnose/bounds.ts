import { duration } from "../report/format.ts";
import type { Evidence } from "./evidence.ts";
import { sharesOf } from "./shares.ts";
import type { Verdict, VerdictName } from "./verdict.ts";

/** What the copying could at best have taken, and how that is known. All in seconds. */
export interface Bounds {
  readonly makespanSeconds: number;
  readonly lanes: number;
  /** The longest rsync: without splitting it nothing can be faster. */
  readonly longestSeconds: number;
  /** The time of all rsyncs over the lanes: faster only if rsyncs themselves are. */
  readonly evenSeconds: number;
  /** What a perfect plan for as many lanes would still gain. */
  readonly gainSeconds: number;
  /** What a single rsync would have taken, and how that was estimated; undefined where nothing says so. */
  readonly oneRsync: { readonly seconds: number; readonly how: string } | undefined;
}

/** Limits that all rsyncs share: a single rsync would have been held up by it as well, and nobody knows how much less. */
const shared: ReadonlySet<VerdictName> = new Set([
  ...(["source-disk", "destination-disk", "network", "remote", "bandwidth-limit", "memory", "errors"] as const),
]);

/**
 * The bounds of a run; undefined where no rsync ran.
 *
 * @param verdicts what limited it
 */
export function boundsOf(
  { schedule, rsyncs, tuning }: Evidence,
  verdicts: readonly Pick<Verdict, "name">[],
): Bounds | undefined {
  const { lanes, makespanSeconds, laneSeconds, longest } = schedule;
  if (longest === undefined || lanes === 0) return undefined;
  const evenSeconds = laneSeconds / lanes;
  return {
    makespanSeconds,
    lanes,
    longestSeconds: longest.seconds,
    evenSeconds,
    gainSeconds: Math.max(0, makespanSeconds - evenSeconds),
    oneRsync: oneRsync(
      laneSeconds,
      makespanSeconds,
      verdicts.some(({ name }) => shared.has(name)) ? undefined : rsyncs,
      tuning.rates,
    ),
  };
}

function oneRsync(
  laneSeconds: number,
  makespanSeconds: number,
  rsyncs: Evidence["rsyncs"],
  rates: Evidence["tuning"]["rates"],
): Bounds["oneRsync"] {
  const one = rates.find(({ lanes }) => lanes === 1);
  const best = rates.reduce((most, { rate }) => Math.max(most, rate), 0);
  if (one !== undefined && one.rate > 0 && best > one.rate)
    return { seconds: (makespanSeconds * best) / one.rate, how: "from the pace of one rsync, measured in this run" };
  if (rsyncs === undefined || rsyncs.seconds === 0) return undefined;
  // The three processes of an rsync queue at the same time: more than the longest of them, and less than all together, is lost.
  const { roles } = sharesOf({ rsyncs });
  const share = Math.min(90, Math.max(...Object.values(roles).map(({ waitingForCpu }) => waitingForCpu))) / 100;
  return {
    seconds: laneSeconds * (1 - share),
    how: `the time of all rsyncs, ${duration(laneSeconds)}, ${share < 0.01 ? "" : `less the ${Math.round(100 * share)} % in which they queued for a CPU, `}as if none had slowed another otherwise`,
  };
}
