// What a workload must reach, judged from the contenders that comparison.mjs measured.
import { medianOfRounds } from "./statistics.mjs";

/**
 * Each is { text, judge }: text is the target in words; judge(contenders) returns { reached, met }, reached in words, met a
 * boolean or undefined when what it takes was not measured. Ratios and differences are medians of those within a round.
 */
const notMeasured = { reached: "not measured", met: undefined };

/** At least so many times as fast as one rsync. */
export function timesOneRsync(factor) {
  return { text: `at least ${factor}× one rsync`, judge: (all) => faster(all, named(all, "rsync"), factor) };
}

/** At least so many times as fast as the pool of one rsync per project. */
export function timesPool(factor) {
  return {
    text: `at least ${factor}× the pool of one rsync per project`,
    judge: (all) => faster(all, named(all, "pool"), factor),
  };
}

/** At least so many times as fast as the fastest of the pool, fpsync and rclone; all three must have been measured or failed. */
export function timesBestPeer(factor) {
  const text = factor === 1 ? "no slower than any other peer" : `at least ${factor}× the best peer`;
  return {
    text,
    judge(all) {
      const others = all.filter(({ name }) => ["pool", "fpsync", "rclone"].includes(name));
      const measured = others.filter(({ seconds }) => seconds.length > 0);
      if (measured.length === 0) return notMeasured;
      const [best] = measured.toSorted((one, other) => ratio(all, one) - ratio(all, other));
      const { reached, met } = faster(all, best, factor);
      const missing = 3 - measured.length;
      // With a peer missing it may be said that the target is failed, not that it is reached.
      return {
        reached: `${reached} (${best.name})${missing > 0 ? `, ${missing} of 3 not measured` : ""}`,
        met: missing > 0 && met ? undefined : met,
      };
    },
  };
}

/** At most so many times as long as one rsync. */
export function timesAsLongAsOneRsync(factor) {
  return {
    text: factor === 1 ? "no slower than one rsync" : `at most ${factor}× one rsync's time`,
    judge(all) {
      const rsync = named(all, "rsync");
      if (!isMeasured(rsync)) return notMeasured;
      const figure = medianOfRounds(rsync.seconds, usual(all).seconds, (theirs, own) => own / theirs);
      return { reached: `${figure.toFixed(2)}× its time`, met: figure <= factor };
    },
  };
}

/** At most so many seconds more than one rsync. */
export function secondsBehindOneRsync(seconds) {
  return {
    text: `at most ${seconds} s more than one rsync`,
    judge(all) {
      const rsync = named(all, "rsync");
      if (!isMeasured(rsync)) return notMeasured;
      const figure = medianOfRounds(rsync.seconds, usual(all).seconds, (theirs, own) => own - theirs);
      return {
        reached: figure < 0 ? `${(-figure).toFixed(2)} s less` : `${figure.toFixed(2)} s more`,
        met: figure <= seconds,
      };
    },
  };
}

/** How many times as long a contender takes as dailysync in its usual case; undefined if it was not measured. */
export function ratio(all, contender) {
  if (!isMeasured(contender)) return undefined;
  return medianOfRounds(contender.seconds, usual(all).seconds, (theirs, own) => theirs / own);
}

function faster(all, contender, factor) {
  const figure = ratio(all, contender);
  return figure === undefined ? notMeasured : { reached: `${figure.toFixed(2)}×`, met: figure >= factor };
}

function usual(all) {
  return all.find((contender) => contender.usual);
}

function named(all, name) {
  return all.find((contender) => contender.name === name);
}

function isMeasured(contender) {
  return contender !== undefined && contender.seconds.length > 0;
}
