import type { Work } from "../plan/pace.ts";
import type { PastRun } from "./history.ts";

/** Runs of the same kind that are looked at: storage and machines change. */
const runsLookedAt = 5;
/** Fewer lanes are taken where they did this much of what the best number did. */
const goodEnough = 0.95;

/**
 * The number of lanes that did most, by the last runs of the same kind of work on as many CPUs that tried more than one: of each the
 * lowest within 5 % of its best, and of these the median. Rates of different runs are not compared: each is in terms of what storage
 * and machine did that night. Undefined where no run tried more than one.
 */
export function bestLanes(runs: readonly PastRun[], work: Work, cpus: number | undefined): number | undefined {
  const picks = runs
    .filter((run) => run.work === work && run.cpus === cpus && run.result !== "cancelled")
    .map(({ rates = [] }) => rates.filter(({ rate }) => rate > 0))
    .filter(({ length }) => length > 1)
    .slice(-runsLookedAt)
    .map((rates) => {
      const best = Math.max(...rates.map(({ rate }) => rate));
      return Math.min(...rates.filter(({ rate }) => rate >= goodEnough * best).map(({ lanes }) => lanes));
    })
    .sort((one, other) => one - other);
  return picks[Math.floor(picks.length / 2)];
}
