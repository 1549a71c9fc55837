import { activityWords, capital } from "../../diagnose/words.ts";
import type { PastRun } from "../../history/history.ts";
import { activities } from "../../measure/activity.ts";
import { hasFailed } from "../attempt-end.ts";
import { bytes, count, counted, duration, percent } from "../format.ts";
import type { Report } from "../report.ts";
import { resourceRows, samplingWords, storageWords } from "../resources.ts";
import { secondsOfCopying } from "../verification.ts";
import { projectName, resultIcons } from "../words.ts";
import { mostBars } from "./data.ts";
import { folded, html, line, list, type Markup, table } from "./markup.ts";

/*
 * The sections with charts. The browser part draws into the elements with data-chart; what stands around them says the same in words
 * and tables.
 */

/** What each lane did when. Undefined when no rsync started. */
export function timelineSection(report: Report): Markup | undefined {
  const { attempts } = report;
  if (attempts.length === 0) return undefined;
  const which =
    attempts.length > mostBars
      ? `The failed, the repeated and the longest ${count(mostBars)} of ${count(attempts.length)} rsyncs; the others are in report.json`
      : "Every rsync";
  const tries = attempts.length - new Set(attempts.map(({ shard }) => shard)).size;
  const failed = attempts.filter(({ exitCode }) => hasFailed(exitCode)).length;
  const lanes = new Set(attempts.map(({ lane }) => lane)).size;
  const facts = `${counted(attempts.length, "rsync")} in ${counted(lanes, "lane")} over ${duration(secondsOfCopying(report))}: ${failed === 0 ? "none" : count(failed)} failed, ${tries === 0 ? "none" : count(tries)} tried again.`;
  return html`<section><h3>Timeline</h3>
<p>${facts} ${which}, a row per lane. ✗ and a frame: failed. ↻ and a dashed frame: tried again; the dotted line before it is the pause.</p>
${longestTable(report)}
<div data-chart="lanes" role="group" aria-label="Timeline of the lanes; + and − zoom, arrow keys move, 0 shows the whole run"></div>
</section>`;
}

/** Without a script, what would be the longest bars. */
function longestTable({ attempts, shards }: Report): Markup {
  const projectsOf = new Map(shards.map(({ id, projects }) => [id, projects]));
  const longest = [...attempts]
    .sort((a, b) => b.endedAtSeconds - b.startedAtSeconds - (a.endedAtSeconds - a.startedAtSeconds))
    .slice(0, 10);
  const rows = longest.map(({ shard, lane, startedAtSeconds, endedAtSeconds, exitCode }) => {
    const [first = "", ...others] = projectsOf.get(shard) ?? [];
    const words = line(projectName(first), 80);
    return [
      html`${shard} <bdi>${words}</bdi>${others.length === 0 ? undefined : ` and ${count(others.length)} more`}`,
      String(lane + 1),
      duration(startedAtSeconds),
      duration(endedAtSeconds - startedAtSeconds),
      exitCode === undefined ? "ended by a signal" : `exit ${exitCode}`,
    ];
  });
  const headings = ["Shard, projects", "Lane", "Began after", "Took", "Ended with"];
  return html`<noscript>${table("The longest rsyncs", headings, rows, new Set([1, 2, 3]))}</noscript>`;
}

/** What the machine did meanwhile. Undefined when nothing was measured. */
export function resourcesSection({ resources }: Report): Markup | undefined {
  if (resources === undefined) return undefined;
  const rows = resourceRows(resources).map((row) => [row.label, row.mean, row.peak]);
  const facts = [
    `Source: ${line(storageWords(resources.source, (text) => text))}`,
    `Destination: ${line(storageWords(resources.destination, (text) => text))}`,
    samplingWords(resources),
    ...resources.missing.slice(0, 10).map((words) => `Not measured: ${line(words)}`),
  ];
  return html`<section><h3>The machine meanwhile</h3>
<div data-chart="resources"></div>
${rows.length === 0 ? undefined : table("Means and peaks of the run", ["Figure", "Mean", "Peak"], rows, new Set([1, 2]))}
${list(facts)}</section>`;
}

/** What the rsyncs' processes did or waited for. Undefined when none was looked at. */
export function statesSection({ resources }: Report): Markup | undefined {
  const samples = (resources?.samples ?? []).flatMap(({ activities: seen }) => (seen === undefined ? [] : [seen]));
  if (samples.length === 0) return undefined;
  const sum = (side: "source" | "destination", activity: (typeof activities)[number]) =>
    samples.reduce((total, sample) => total + sample[side][activity], 0);
  const all = (side: "source" | "destination") => activities.reduce((total, one) => total + sum(side, one), 0);
  const [source, destination] = [all("source"), all("destination")];
  const share = (part: number, whole: number) => (whole === 0 ? "–" : percent((100 * part) / whole));
  const rows = activities
    .map((one) => [one, sum("source", one), sum("destination", one)] as const)
    .filter(([, here, there]) => here + there > 0)
    .map(([one, here, there]) => [capital(activityWords[one]), share(here, source), share(there, destination)]);
  if (rows.length === 0) return undefined;
  return html`<section><h3>What the rsyncs waited for</h3>
<p>How many of their processes did what: the senders at the source, the generators and receivers at the destination.</p>
<div data-chart="states"></div>
${table("Share of the processes' time", ["What they did", "Source", "Destination"], rows, new Set([1, 2]))}</section>`;
}

/** The runs so far. Undefined where there is only this one. */
export function pastSection(past: readonly PastRun[]): Markup | undefined {
  if (past.length < 2) return undefined;
  const rows = [...past]
    .reverse()
    .map((run) => [
      `${line(run.startedAt.slice(0, 16).replace("T", " "), 40)} UTC`,
      `${resultIcons[run.result] ?? ""} ${line(run.result, 40)}`,
      duration(run.seconds),
      bytes(run.bytesTransferred),
      run.verdict ?? "–",
    ]);
  const headings = ["Began", "Result", "Took", "Transferred", "Limited by"];
  return html`<section><h3>The runs so far</h3>
<p>${counted(past.length, "run")} of this source and destination, as the history has them: ${verdictCounts(past)}.</p>
<div data-chart="past"></div>
${folded("The runs as a table", table("Newest first", headings, rows, new Set([2, 3])))}</section>`;
}

/** How often each verdict was given: `limited by source-disk 9 times, cpu once`. */
function verdictCounts(past: readonly PastRun[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of past) if (verdict !== undefined) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const words = [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([verdict, times]) => `${verdict} ${times === 1 ? "once" : `${times} times`}`);
  return words.length === 0 ? "without a verdict" : `limited by ${words.join(", ")}`;
}
