import type { ProjectGrowth } from "../history/trends.ts";
import { bytes, counted, duration } from "./format.ts";
import type { Report } from "./report.ts";
import { projectName } from "./words.ts";

/** A run that differs from the median by less, in share and in seconds, is an ordinary one: runs scatter, and nobody minds seconds. */
const leastDifference = { share: 0.1, seconds: 10 };
/** From this factor on, what was copied explains how long it took. */
const tellingFactor = 1.5;
/** In milliseconds: a week, give or take when runs begin. */
const longestWeek = 8.5 * 24 * 60 * 60 * 1000;

/** What runs of its kind usually take: `median of 14 runs: 58 min 20 s`; undefined while there are too few. */
export function usualDuration({ trends }: Report): string | undefined {
  const usual = trends?.duration;
  return usual && `median of ${counted(usual.runs, "run")}: ${duration(usual.medianSeconds)}`;
}

/**
 * What is out of the ordinary: `12 % slower than the median of 14 runs; alpha grew by 40.0 GiB since last week`. Undefined on an ordinary
 * night. Names are as they are.
 */
export function trendSentence(report: Report): string | undefined {
  const pace = paceWords(report);
  const growth = (report.trends?.growth ?? []).map((one) => growthWords(one, report.run.startedAt));
  const all = [...(pace === undefined ? [] : [pace]), ...growth];
  return all.length === 0 ? undefined : all.join("; ");
}

function paceWords({ run, totals, trends }: Report): string | undefined {
  const usual = trends?.duration;
  if (usual === undefined || usual.medianSeconds <= 0) return undefined;
  const difference = run.seconds - usual.medianSeconds;
  const share = difference / usual.medianSeconds;
  if (Math.abs(share) < leastDifference.share || Math.abs(difference) < leastDifference.seconds) return undefined;
  const median = `the median of ${counted(usual.runs, "run")}`;
  const factor = usual.medianBytesTransferred > 0 ? totals.bytesTransferred / usual.medianBytesTransferred : 1;
  if (share > 0) {
    const data = factor >= tellingFactor ? `, with ${times(factor)} the data to copy` : "";
    if (share >= 1) return `${times(share + 1)} as long as ${median}${data}`;
    return `${Math.round(100 * share)} % slower than ${median}${data}`;
  }
  const data = factor <= 1 / tellingFactor ? ", with less data to copy" : "";
  return `${Math.round(-100 * share)} % quicker than ${median}${data}`;
}

/** `3.1 times`, `12 times`. */
function times(factor: number): string {
  return `${factor < 9.95 ? factor.toFixed(1) : Math.round(factor)} times`;
}

function growthWords({ name, since, bytesBefore, bytes: now }: ProjectGrowth, startedAt: string): string {
  const change = `${now > bytesBefore ? "grew" : "shrank"} by ${bytes(Math.abs(now - bytesBefore))}`;
  const isLastWeek = Date.parse(startedAt) - Date.parse(since) < longestWeek;
  return `${projectName(name)} ${change} since ${isLastWeek ? "last week" : since.slice(0, "2026-11-22".length)}`;
}
