import type { Work } from "../plan/pace.ts";
import type { PastRun } from "./history.ts";

/** Runs of the same kind that are looked at: storage and machines change. */
const runsLookedAt = 10;
/** Fewer lanes are taken where they did this much of what the best number did. */
const goodEnough = 0.95;

/**
 * The number of lanes that did most in the last runs of the same kind of work on as many CPUs: the lowest within 5 % of the best, each
 * taken by its median. Undefined where no rate was measured.
 */
export function bestLanes(runs: readonly PastRun[], work: Work, cpus: number | undefined): number | undefined {
  const alike = runs.filter((run) => run.work === work && run.cpus === cpus && run.result !== "cancelled");
  const rates = new Map<number, number[]>();
  for (const { lanes, rate } of alike.slice(-runsLookedAt).flatMap((run) => run.rates ?? []))
    if (rate > 0) rates.set(lanes, [...(rates.get(lanes) ?? []), rate]);
  const medians = [...rates].map(([lanes, all]) => ({ lanes, rate: median(all) }));
  const best = Math.max(0, ...medians.map(({ rate }) => rate));
  const good = medians.filter(({ rate }) => rate >= goodEnough * best).map(({ lanes }) => lanes);
  return good.length === 0 ? undefined : Math.min(...good);
}

function median(figures: readonly number[]): number {
  return figures.toSorted((one, other) => one - other)[Math.floor(figures.length / 2)] ?? 0;
}
