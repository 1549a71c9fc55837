import { bytes, count, counted, duration } from "./format.ts";
import type { PathList, Report, VerificationReport } from "./report.ts";

/** What a run read back, in sentences; none where nothing was to be. */
export function verificationWords({ verification }: Report): string[] {
  if (verification === undefined) return [];
  const { mode, files, bytes: size, seconds, complete, sample } = verification;
  const what = {
    changed: "what this run copied",
    sample: "a sample",
    full: "everything",
  }[mode];
  const equal = `${counted(files, "file")} (${bytes(size)}) ${files === 1 ? "is" : "are"} equal to the source`;
  const end = complete ? "" : ", not to its end";
  return [
    `Read back in ${duration(seconds)}${end}: ${what}; ${equal}${wrong(verification)}`,
    ...(sample === undefined ? [] : [roundWords(sample)]),
  ];
}

/** Lists of what was found when a run was read back, with their headings; those without an entry left out. */
export function verificationLists({ verification }: Report): (PathList & { readonly title: string })[] {
  if (verification === undefined) return [];
  const { mode, mismatches, unreadable, notThere, changedMeanwhile } = verification;
  const copied = mode === "changed" ? ", though this run copied them" : "";
  return [
    {
      title: `Different from the source, though size and time agree: ${counted(mismatches.total, "file")}`,
      ...mismatches,
    },
    { title: `Could not be read to be compared: ${counted(unreadable.total, "path")}`, ...unreadable },
    { title: `Not at the destination${copied}: ${counted(notThere.total, "file")}`, ...notThere },
    { title: `Written since they were copied: ${counted(changedMeanwhile.total, "file")}`, ...changedMeanwhile },
  ].filter(({ total }) => total > 0);
}

/** What a verification found wrong, for the first line of all; undefined where it found nothing, or there was none. */
export function verificationTrouble({ verification }: Report): string | undefined {
  if (verification === undefined) return undefined;
  const { mode, mismatches, unreadable, notThere } = verification;
  if (mismatches.total > 0)
    return `${counted(mismatches.total, "file")} at the destination ${mismatches.total === 1 ? "differs" : "differ"} from the source`;
  if (mode === "changed" && notThere.total > 0)
    return `${counted(notThere.total, "file")} of it ${notThere.total === 1 ? "is" : "are"} gone`;
  if (unreadable.total > 0) return `${counted(unreadable.total, "path")} could not be read back`;
  return undefined;
}

/** Seconds of a run without those of reading back: what the speed of the copying is about. */
export function secondsOfCopying({ run, verification }: Pick<Report, "run" | "verification">): number {
  return run.seconds - (verification?.seconds ?? 0);
}

function wrong({ mismatches, unreadable }: VerificationReport): string {
  const parts = [
    ...(mismatches.total > 0 ? [`${count(mismatches.total)} ${mismatches.total === 1 ? "is" : "are"} not`] : []),
    ...(unreadable.total > 0 ? [`${count(unreadable.total)} could not be read`] : []),
  ];
  return parts.map((part) => `, ${part}`).join("");
}

function roundWords({
  percent: share,
  runs,
  roundStartedAt,
  runsLeft,
  lastRound,
}: NonNullable<VerificationReport["sample"]>): string {
  const done = `${share >= 99.95 ? "All" : `${share.toFixed(share < 9.95 ? 1 : 0)} %`} of the source has been read back in ${counted(runs, "run")} since ${day(roundStartedAt)}`;
  const left =
    runsLeft === undefined || runsLeft === 0 ? "" : `, the rest takes about ${counted(runsLeft, "run")} like this one`;
  const before =
    lastRound === undefined
      ? ""
      : `; the round before began on ${day(lastRound.startedAt)} and ended on ${day(lastRound.endedAt)}`;
  return `${done}${left}${before}`;
}

/** `2026-11-22` of an ISO 8601 moment. */
function day(iso: string): string {
  return iso.slice(0, 10);
}
