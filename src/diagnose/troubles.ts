import { counted, duration, percent } from "../report/format.ts";
import type { Evidence } from "./evidence.ts";
import { ofTheRun } from "./shares.ts";
import { finding, findingOf, type Verdict, verdict } from "./verdict.ts";

/** Share of the lanes' time that failed attempts and the pauses behind them may cost before they are what limits. */
const muchLost = 20;

/** Part of all NFS requests that must have had no answer in time to limit a run. */
const unanswered = 0.001;

/** Failures and retries: what they cost hides everything else, so they come first. */
export function errors(evidence: Evidence): Verdict | undefined {
  const { troubles, schedule, source, destination } = evidence;
  const lostSeconds = troubles.failedSeconds + troubles.pausedSeconds;
  const all = schedule.laneSeconds + troubles.pausedSeconds;
  const lost = all === 0 ? 0 : (100 * lostSeconds) / all;
  const timeouts = (source.nfs?.majorTimeouts ?? 0) + (destination.nfs?.majorTimeouts ?? 0);
  const requests = (source.nfs?.operations ?? 0) + (destination.nfs?.operations ?? 0);
  // A few in a night are a switch that was started anew.
  const isUnanswered = timeouts >= Math.max(1, unanswered * requests);
  if (lost < muchLost && !isUnanswered) return undefined;
  return verdict(evidence, "errors", {
    share: ofTheRun(lost, evidence),
    findings: [
      finding("schedule", "lanes' time in attempts that failed and in pauses behind them", lost, "%", muchLost),
      finding("schedule", "attempts that failed", troubles.failedAttempts, "count", 1),
      ...findingOf("counters", "NFS requests that were never answered in time", timeouts || undefined, "count", 1),
    ],
    sentence:
      timeouts > 0 && lost < muchLost
        ? `Errors limit this run: ${counted(timeouts, "NFS request")} had no answer in time.`
        : `Errors limit this run: ${counted(troubles.failedAttempts, "attempt")} of ${troubles.attempts} failed${troubles.worst === undefined ? "" : ` (${troubles.worst})`}, which cost ${duration(lostSeconds)} of rsyncs' time, ${percent(lost)} of it.`,
    advice: "mend what the failed projects say before anything else; figures of speed mean little until then",
  });
}
