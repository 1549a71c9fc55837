// Measures the memory of dailysync's own process, without its rsyncs.
import { dailysyncSeries } from "./dailysync.mjs";
import { tell } from "./progress.mjs";

const mostBytes = 200e6;

/**
 * Resolves to { rows, targets }: rows are { title, seconds, peakBytes } of one run each, since a tree of this size tells the same
 * every time; targets as in parallelism.mjs.
 */
export async function measureMemory({ place }) {
  const rows = [];
  for (const [title, start, history] of [
    ["cold, no history", "cold", "fresh"],
    ["nothing changed, with history", "unchanged", "warm"],
  ]) {
    const run = await dailysyncSeries({ place, start, deletes: false, history, name: start });
    const { seconds, peakBytes } = await run();
    rows.push({ title, seconds, peakBytes });
    tell(`dailysync, ${title}`, seconds, megabytes(peakBytes));
  }
  const most = Math.max(...rows.map(({ peakBytes }) => peakBytes));
  return {
    rows,
    targets: [{ text: "own process stays under 200 MB", reached: `${megabytes(most)} at most`, met: most < mostBytes }],
  };
}

/** Bytes in megabytes, as text. */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
