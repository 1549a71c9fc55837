import { counted } from "../report/format.ts";
import type { VerdictName } from "./verdict.ts";

/** Runs that are looked back at. */
const runsLookedAt = 10;
/** Fewer make no habit. */
const leastRuns = 3;

/** What to ask when a verdict is new. */
const questions: Readonly<Partial<Record<VerdictName, string>>> = {
  cpu: "what else ran?",
  "cpu-quota": "was the quota changed?",
  "source-disk": "is its disk failing, or busy with something else?",
  "destination-disk": "is its disk failing, or busy with something else?",
  "source-latency": "is the NAS slow?",
  "destination-latency": "is the NAS slow?",
  network: "who else uses the link?",
  remote: "is the server busy?",
  memory: "what else ran?",
  "bandwidth-limit": "was the limit lowered?",
  skew: "has one project grown?",
  errors: "what failed?",
};

/**
 * How a verdict compares with those of earlier runs, in a sentence; undefined while there is nothing to compare with.
 *
 * @param earlier verdicts of earlier runs, oldest first
 */
export function trend(today: VerdictName, earlier: readonly VerdictName[]): string | undefined {
  const telling = earlier.filter((name) => name !== "too-short").slice(-runsLookedAt);
  if (telling.length < leastRuns || today === "too-short") return undefined;
  const times = (name: VerdictName): number => telling.filter((one) => one === name).length;
  const [usual] = [...new Set(telling)].sort((one, other) => times(other) - times(one));
  if (usual === undefined) return undefined;
  const before = `${usual} in ${times(usual)} of the last ${counted(telling.length, "run")}`;
  if (usual === today) return `${before}, and today`;
  const question = questions[today];
  return `${before}; today ${today}${question === undefined ? "" : `: ${question}`}`;
}
