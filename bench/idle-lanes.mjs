// Measures how long lanes have nothing to do at the end of a run.
import { dailysyncSeries } from "./dailysync.mjs";
import { tell } from "./progress.mjs";
import { median } from "./statistics.mjs";

const lanes = 16;
const longestShare = 0.15;

/** Resolves to { rows, targets }: rows are { title, seconds, shares }, a figure for every round; targets as in parallelism.mjs. */
export async function measureIdleLanes({ workload, place, runs }) {
  const rows = [];
  for (const history of ["fresh", "warm"]) {
    const title = `dailysync, parallelism ${lanes}, ${history === "fresh" ? "no" : "with"} history`;
    const { start, deletes } = workload;
    const run = await dailysyncSeries({ place, start, deletes, parallelism: String(lanes), history, name: history });
    const row = { title, seconds: [], shares: [] };
    for (let round = 0; round < runs; round++) {
      const { seconds, report } = await run();
      row.seconds.push(seconds);
      row.shares.push(longestIdleShare(report));
      tell(title, seconds, `${percent(row.shares.at(-1))} idle`);
    }
    rows.push(row);
  }
  const reached = median(rows[0].shares);
  return {
    rows,
    targets: [
      {
        text: `with ${lanes} lanes, none idle at the end for more than ${percent(longestShare)} of the run`,
        reached: percent(reached),
        met: reached <= longestShare,
      },
    ],
  };
}

/** A share in per cent, as text. */
export function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

/** Of the lane that ends first, the time until the last one ends, as a share of the whole run. A lane without work ends at once. */
function longestIdleShare({ attempts, run }) {
  const starts = attempts.map(({ startedAtSeconds }) => startedAtSeconds);
  const ends = new Array(lanes).fill(Math.min(...starts));
  for (const { lane, endedAtSeconds } of attempts) ends[lane] = Math.max(ends[lane], endedAtSeconds);
  return (Math.max(...ends) - Math.min(...ends)) / run.seconds;
}
