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
    sentence: `${nameOf(longest)} limits this run: it took ${duration(longest.seconds)} of ${duration(makespanSeconds)}; for ${percent(alone >= longAlone ? alone : underused)} of the time ${alone >= longAlone ? "no other rsync ran beside it" : "fewer than half of the lanes had something to do"}.`,
    advice: adviceFor(longest, makespanSeconds, laneSeconds / lanes),
  });
}

function adviceFor(longest: LongestShard, makespanSeconds: number, evenSeconds: number): string {
  const part = percent((100 * longest.seconds) / makespanSeconds);
  if (longest.kind === "relink")
    return `the last pass for hard links is ${part} of the run, and one rsync has to make it: without preserve hard-links it is not needed`;
  if (longest.file !== undefined)
    return `a split is not possible: one file of ${bytes(longest.bytes)} in ${projectOf(longest)} is ${part} of the run; more rsyncs will not help`;
  return `split what is in ${projectOf(longest)} into more directories, or give projects patterns below it; more rsyncs will not help, and a perfect split would take ${duration(evenSeconds)}`;
}

function nameOf(longest: LongestShard): string {
  if (longest.kind === "relink") return "The last pass for hard links";
  if (longest.file === undefined) return `One part of ${projectOf(longest)}`;
  return `One file, ${JSON.stringify(longest.file)} of ${bytes(longest.bytes)},`;
}

function projectOf({ project }: Pick<LongestShard, "project">): string {
  return project === "" ? "the loose files" : project;
}
