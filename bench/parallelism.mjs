// Measures what automatic parallelism loses against the best fixed value.
import { dailysyncSeries } from "./dailysync.mjs";
import { tell } from "./progress.mjs";
import { median, medianOfRounds } from "./statistics.mjs";

const fixedValues = [1, 2, 4, 8, 16, 32, 64];

// A fixed value that takes this many times as long as the best is not run again.
const hopeless = 3;

/**
 * Resolves to { rows, targets }:
 * - rows: each { title, lanes, seconds, share }, of auto without and with history and of every fixed value: the most rsyncs at
 *   once, the seconds of every round, and its throughput as a share of that of the best fixed value;
 * - targets: each { text, reached, met }.
 */
export async function compareParallelism({ workload, place, runs }) {
  const { start, deletes } = workload;
  const series = async (name, parallelism, history) => {
    const run = await dailysyncSeries({ place, start, deletes, parallelism, history, name });
    const title = parallelism === "auto" ? `auto, ${history === "fresh" ? "no" : "with"} history` : parallelism;
    const row = { title, lanes: undefined, seconds: [] };
    return {
      row,
      async measure() {
        const { seconds, report } = await run();
        row.seconds.push(seconds);
        row.lanes = report.parallelism.lanes;
        tell(`dailysync, parallelism ${title}`, seconds, `${row.lanes} at once`);
      },
    };
  };

  const fixed = [];
  for (const value of fixedValues.toReversed()) fixed.unshift(await series(`fixed-${value}`, String(value), "fresh"));
  for (const { measure } of fixed.toReversed()) await measure();
  const first = Math.min(...fixed.map(({ row }) => row.seconds[0]));
  const candidates = fixed.filter(({ row }) => row.seconds[0] <= first * hopeless);
  // Their first run was only to choose: the figures that are compared are taken in turns.
  for (const { row } of candidates) row.seconds = [];

  const automatic = [await series("auto-fresh", "auto", "fresh"), await series("auto-warm", "auto", "warm")];
  for (let round = 0; round < runs; round++) for (const { measure } of [...automatic, ...candidates]) await measure();

  const [best] = candidates.map(({ row }) => row).toSorted((a, b) => median(a.seconds) - median(b.seconds));
  const rows = [...automatic, ...fixed].map(({ row }) => ({
    ...row,
    share: medianOfRounds(best.seconds, row.seconds, (theirs, own) => theirs / own),
  }));
  const target = (row, share, text) => ({
    text: `auto ${text}: at least ${share} of the throughput of the best fixed parallelism`,
    reached: `${row.share.toFixed(2)} (best: ${best.title})`,
    met: row.share >= share,
  });
  return { rows, targets: [target(rows[0], 0.8, "with no history"), target(rows[1], 0.9, "with history")] };
}
