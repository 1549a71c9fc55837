import { adviceSentence, diagnosisSection, verdictSentence } from "./diagnosis.ts";
import { bytes, count, counted, duration, percent, rate } from "./format.ts";
import { name, prose } from "./markdown.ts";
import type { Report } from "./report.ts";
import { details, resources, timelineSection } from "./summary-details.ts";
import { failedProjects, pathLists, projectTable, type SummaryDetail } from "./summary-projects.ts";
import { trendSentence, usualDuration } from "./trend-words.ts";
import { secondsOfCopying, verificationWords } from "./verification.ts";
import { comparison, headline, nothingStarted, resultIcons, transferRate, versionsSentences } from "./words.ts";

/** GitHub drops a summary of more than 1 MiB whole; this leaves room for what other tools add to the file. */
const defaultBudget = 900 * 1024;

/** From everything to next to nothing. Names may be hostile and take 20 bytes a character, so the last levels are small. */
const levels: readonly SummaryDetail[] = [
  { projects: Number.POSITIVE_INFINITY, paths: 1000, problems: 100, lines: 20, timeline: true },
  { projects: 2000, paths: 200, problems: 50, lines: 10, timeline: true },
  { projects: 500, paths: 50, problems: 20, lines: 5, timeline: true },
  { projects: 200, paths: 30, problems: 20, lines: 5, timeline: true },
  { projects: 50, paths: 20, problems: 10, lines: 3, timeline: true },
  { projects: 10, paths: 5, problems: 3, lines: 1, timeline: false },
];

/**
 * A report as GitHub Markdown for the job summary, of at most `budgetBytes` bytes: when all of it is too much it is made again with
 * less detail, which it then says, and is never cut in the middle. No name in it can become Markdown, HTML, Mermaid, a mention or a link.
 */
export function summary(report: Report, budgetBytes: number = defaultBudget): string {
  for (const detail of levels) {
    const markdown = render(report, detail);
    if (Buffer.byteLength(markdown) <= budgetBytes) return markdown;
  }
  return `## ${resultIcons[report.result]} ${headline(report)}\n\nThe rest is in report.json: it did not fit here.\n`;
}

function render(report: Report, detail: SummaryDetail): string {
  const parts = [
    `## ${resultIcons[report.result]} ${headline(report)}`,
    verdictLine(report),
    keyFigures(report),
    `${given(report.source)} → ${given(report.destination)}`,
    reasons(report, detail),
    notices(report, detail),
    ...(nothingStarted(report)
      ? []
      : [
          failedProjects(report, detail),
          totals(report),
          verification(report),
          projectTable(report, detail),
          ...pathLists(report, detail),
          diagnosisSection(report),
          resources(report),
          detail.timeline ? timelineSection(report) : undefined,
        ]),
    details(report, detail),
  ];
  return `${parts.filter((part) => part !== undefined).join("\n\n")}\n`;
}

/** What limited the run, and what to change: what a person reads second. */
function verdictLine(report: Report): string | undefined {
  const sentence = verdictSentence(report);
  if (sentence === undefined) return undefined;
  const advice = adviceSentence(report);
  return `${prose(sentence)}${advice === undefined ? "" : ` <b>${prose(advice)}</b>`}`;
}

function given(path: string): string {
  return path === "" ? "(not given)" : name(path);
}

function keyFigures(report: Report): string | undefined {
  if (nothingStarted(report)) return undefined;
  const { totals, run, parallelism } = report;
  const moved = `${bytes(totals.bytesTransferred)} ${run.dryRun ? "to transfer" : "transferred"} of ${bytes(totals.bytes)}`;
  const usual = usualDuration(report);
  const figures = [
    usual === undefined ? `**${duration(run.seconds)}**` : `**${duration(run.seconds)}** (${usual})`,
    counted(totals.projects, "project"),
    moved,
    `${counted(parallelism.lanes, "rsync")} at once`,
  ];
  const before = comparison(report);
  const news = trendSentence(report);
  return [
    figures.join(" · "),
    ...(before === undefined ? [] : [`<sub>${before}</sub>`]),
    ...(news === undefined ? [] : [`Trend: ${prose(news)}`]),
  ].join("\n\n");
}

/** Why the result is not success, in the colour of GitHub's alerts. */
function reasons(report: Report, detail: SummaryDetail): string | undefined {
  if (report.result === "success" || report.reasons.length === 0) return undefined;
  const kind = report.result === "failure" ? "CAUTION" : "WARNING";
  return [`> [!${kind}]`, ...sentences(report.reasons, detail).map((sentence) => `> - ${sentence}`)].join("\n");
}

function notices(report: Report, detail: SummaryDetail): string | undefined {
  if (report.notices.length === 0) return undefined;
  return sentences(report.notices, detail)
    .map((sentence) => `- ℹ️ ${sentence}`)
    .join("\n");
}

function sentences(texts: readonly string[], detail: SummaryDetail): string[] {
  const shown = texts.slice(0, detail.paths).map((text) => prose(text));
  const left = texts.length - shown.length;
  return left > 0 ? [...shown, `and ${count(left)} more in report.json`] : shown;
}

function totals(report: Report): string {
  const { totals, run } = report;
  const speed = transferRate(totals.bytesTransferred, secondsOfCopying(report));
  const share = totals.bytes > 0 ? ` (${percent((totals.bytesTransferred / totals.bytes) * 100)})` : "";
  const would = run.dryRun ? "would be " : "";
  const size = `${bytes(totals.bytes)} in ${counted(totals.files, "file")} and ${counted(totals.directories, "directory", "directories")}`;
  const moved = `${bytes(totals.bytesTransferred)}${share} in ${counted(totals.filesTransferred, "file")}`;
  const deleted =
    report.deletions === undefined ? "" : ` ${counted(totals.filesDeleted, "entry", "entries")} ${would}deleted.`;
  const pace = speed === undefined || run.dryRun ? "" : `, ${rate(speed)} on average`;
  const kept = versionsSentences(report).map((sentence) => `\n\n${prose(sentence)}`);
  return `**Source:** ${size}. **${run.dryRun ? "Would be transferred" : "Transferred"}:** ${moved}${pace}.${deleted}${kept.join("")}`;
}

function verification(report: Report): string | undefined {
  const words = verificationWords(report);
  return words.length === 0 ? undefined : words.map((sentence) => `${prose(sentence)}.`).join(" ");
}
