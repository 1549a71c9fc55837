import { percent, rate } from "../report/format.ts";
import type { Evidence } from "./evidence.ts";
import { ofTheRun, sharesOf } from "./shares.ts";
import { finding, type Verdict, verdict } from "./verdict.ts";

/** Share of the senders' time asleep from which the limit is what they wait for (99 % measured). */
const longSleep = 50;
/** Share of a limit that has to be used for it to limit: the shares of lanes that stand empty stay unused (AzCopy: 90 % of the cap). */
const used = 60;

/** The input bandwidth-limit. */
export function bandwidthLimit(evidence: Evidence): Verdict | undefined {
  const { settings, schedule } = evidence;
  const { bandwidthLimit: limit } = settings;
  if (limit === undefined || schedule.makespanSeconds === 0) return undefined;
  const asleep = sharesOf(evidence).source.asleep;
  const copied = schedule.bytesTransferred / schedule.makespanSeconds;
  const share = (100 * copied) / limit;
  if (asleep < longSleep && (evidence.rsyncs !== undefined || share < used)) return undefined;
  return verdict(evidence, "bandwidth-limit", {
    share: ofTheRun(evidence.rsyncs === undefined ? share : asleep, evidence),
    findings: [
      finding("processes", "rsyncs asleep to keep to their share of it", asleep, "%", longSleep),
      finding("limits", "part of bandwidth-limit that was used", share, "%", used),
    ],
    sentence: `The input bandwidth-limit limits this run: rsyncs copy ${rate(copied)} of the ${rate(limit)} that it allows, and sleep for ${percent(asleep)} of their time.`,
    advice: `raise bandwidth-limit to ${higher(limit)}, or leave it empty while nobody else needs the bandwidth`,
  });
}

/** Twice the limit, as the input is written. */
function higher(limit: number): string {
  const doubled = 2 * limit;
  for (const [unit, size] of [
    ["G", 2 ** 30],
    ["M", 2 ** 20],
    ["k", 2 ** 10],
  ] as const)
    if (doubled >= size) return `${Number((doubled / size).toPrecision(3))}${unit}`;
  return String(Math.round(doubled));
}
