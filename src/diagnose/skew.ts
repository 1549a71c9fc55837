import { bytes, duration, percent } from "../report/format.ts";
import type { Evidence, LongestShard } from "./evidence.ts";
import { ofTheRun } from "./shares.ts";
import { finding, type Verdict, verdict } from "./verdict.ts";

/** Share of a run that a single rsync may spend alone, or lanes empty, before it is worth a word. */
const longAlone = 20;
const muchEmpty = 20;
/** Share of the full rate that one rsync alone must reach for the storage, and not the plan, to be the limit. */
const sameRate = 0.8;

/** One rsync ran on after the others had ended. */
export function skew(evidence: Evidence): Verdict | undefined {
  const { schedule } = evidence;
  const { makespanSeconds, laneSeconds, idleLaneSeconds, lanes, aloneSeconds, underusedSeconds, longest } = schedule;
  if (makespanSeconds === 0 || lanes < 2 || longest === undefined || schedule.rsyncs < 2) return undefined;
  const alone = (100 * aloneSeconds) / makespanSeconds;
  const underused = (100 * underusedSeconds) / makespanSeconds;
  const empty = (100 * idleLaneSeconds) / (idleLaneSeconds + laneSeconds);
  const { throughput } = schedule;
  // A device that one rsync keeps as busy as all of them do gives nothing to more of them.
  if (throughput !== undefined && throughput.full > 0 && throughput.alone >= sameRate * throughput.full)
    return undefined;
  if ((alone < longAlone && underused < 2 * longAlone) || empty < muchEmpty) return undefined;
  const bound = Math.max(longest.seconds, laneSeconds / lanes);
  return verdict(evidence, "skew", {
    share: ofTheRun(Math.max(alone, Math.min(underused, empty)), evidence),
    findings: [
      finding("schedule", "time in which one rsync ran alone", alone, "%", longAlone),
      finding("schedule", "lanes empty", empty, "%", muchEmpty),
      finding("schedule", "the longest rsync, of the whole", (100 * longest.seconds) / makespanSeconds, "%", 50),
      ...(throughput === undefined || throughput.full === 0
        ? []
        : [
            finding(
              "gradient",
              "bytes a second of one rsync alone, of those of all",
              (100 * throughput.alone) / throughput.full,
              "%",
              100 * sameRate,
              "at most",
            ),
          ]),
    ],
    sentence: `${nameOf(longest)} limits this run: it took ${duration(longest.seconds)} of ${duration(makespanSeconds)}, ${percent(alone)} of the time with no other rsync beside it.`,
    advice:
      longest.file === undefined
        ? `split what is in ${projectOf(longest)} into more directories, or give projects patterns below it; more rsyncs will not help, and a perfect split would take ${duration(Math.max(bound === longest.seconds ? laneSeconds / lanes : bound, 1))}`
        : `a split is not possible: one file of ${bytes(longest.bytes)} in ${projectOf(longest)} is ${percent((100 * longest.seconds) / makespanSeconds)} of the run; more rsyncs will not help`,
  });
}

function nameOf({ project, file, bytes: size }: LongestShard): string {
  return file === undefined
    ? `One part of ${projectOf({ project })}`
    : `One file, ${JSON.stringify(file)} of ${bytes(size)},`;
}

function projectOf({ project }: Pick<LongestShard, "project">): string {
  return project === "" ? "the loose files" : project;
}
