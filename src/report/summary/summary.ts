import { adviceSentence, verdictSentence } from "../diagnosis.ts";
import type { Report } from "../report.ts";
import { totalsWords } from "../totals.ts";
import { trendSentence, usualDuration } from "../trend-words.ts";
import { verificationWords } from "../verification.ts";
import { comparison, headline, keyFigures, nothingStarted, resultIcons, versionsSentences } from "../words.ts";
import { callouts, sentences } from "./callouts.ts";
import { levels, type SummaryDetail } from "./detail.ts";
import { details } from "./details.ts";
import { diagnosisSection } from "./diagnosis.ts";
import { pathSections } from "./lists.ts";
import { machineSection } from "./machine.ts";
import { name, prose } from "./markdown.ts";
import { failedProjects, projectTable } from "./projects.ts";
import { timelineSection } from "./timeline.ts";

/** GitHub drops a summary of more than 1 MiB whole; this leaves room for what other tools add to the file. */
const defaultBudget = 900 * 1024;

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
    figures(report),
    verdictLine(report),
    ...callouts(report, detail),
    `${given(report.source)} → ${given(report.destination)}`,
    notices(report, detail),
    ...(nothingStarted(report)
      ? []
      : [
          failedProjects(report, detail),
          totals(report),
          verification(report),
          projectTable(report, detail),
          ...pathSections(report, detail),
          diagnosisSection(report),
          machineSection(report, detail),
          detail.diagrams ? timelineSection(report) : undefined,
        ]),
    details(report, detail),
  ];
  return `${parts.filter((part) => part !== undefined).join("\n\n")}\n`;
}

/** What limited the run, and what to change: what a person reads after how it went. */
function verdictLine(report: Report): string | undefined {
  const sentence = verdictSentence(report);
  if (sentence === undefined) return undefined;
  const advice = adviceSentence(report);
  return `${prose(sentence)}${advice === undefined ? "" : ` <b>${prose(advice)}</b>`}`;
}

function given(path: string): string {
  return path === "" ? "(not given)" : name(path);
}

function figures(report: Report): string | undefined {
  if (nothingStarted(report)) return undefined;
  const [time, ...others] = keyFigures(report);
  const usual = usualDuration(report);
  const before = comparison(report);
  const news = trendSentence(report);
  return [
    [usual === undefined ? `**${time}**` : `**${time}** (${usual})`, ...others].join(" · "),
    ...(before === undefined ? [] : [`<sub>${prose(before)}</sub>`]),
    ...(news === undefined ? [] : [`Trend: ${prose(news)}`]),
  ].join("\n\n");
}

function notices(report: Report, detail: SummaryDetail): string | undefined {
  if (report.notices.length === 0) return undefined;
  return sentences(report.notices, detail)
    .map((sentence) => `- ℹ️ ${sentence}`)
    .join("\n");
}

function totals(report: Report): string {
  const { size, would, moved, deleted } = totalsWords(report);
  const kept = versionsSentences(report).map((sentence) => `\n\n${prose(sentence)}`);
  return `**Source:** ${size}. **${would}:** ${moved}.${deleted}${kept.join("")}`;
}

function verification(report: Report): string | undefined {
  const words = verificationWords(report);
  return words.length === 0 ? undefined : words.map((sentence) => `${prose(sentence)}.`).join(" ");
}
