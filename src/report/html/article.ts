import type { PastRun } from "../../history/history.ts";
import { decisions } from "../decisions.ts";
import { adviceSentence, verdictSentence } from "../diagnosis.ts";
import { counted } from "../format.ts";
import type { Report } from "../report.ts";
import { totalsWords } from "../totals.ts";
import { trendSentence, usualDuration } from "../trend-words.ts";
import { verificationWords } from "../verification.ts";
import { comparison, headline, keyFigures, nothingStarted, resultIcons, versionsSentences } from "../words.ts";
import { pastSection, resourcesSection, statesSection, timelineSection } from "./charts.ts";
import { html, line, list, type Markup, name } from "./markup.ts";
import type { ReportData } from "./page-data.ts";
import { detailsSection, diagnosisSection, pathSections, problemsSection, projectsSection } from "./sections.ts";

/** Sentences of a kind that are told; what there is more is in report.json. */
const mostSentences = 1000;

/** The story of one run; complete without the browser part, which adds the charts. */
export function article(report: Report, data: ReportData, past: readonly PastRun[], id: string): Markup {
  return html`<article id="${id}" aria-labelledby="${id}-headline">
<h2 id="${id}-headline"><span aria-hidden="true">${resultIcons[report.result]}</span> ${headline(report)}</h2>
${figures(report)}
${verdictParagraph(report)}
${reasons(report)}
${list(sentences(decisions(report)))}
<p>${given(report.source)} → ${given(report.destination)}</p>
${list(sentences(report.notices))}
${nothingStarted(report) ? undefined : told(report, data)}
${pastSection(past)}
${detailsSection(report)}
</article>
`;
}

function told(report: Report, data: ReportData): (Markup | undefined)[] {
  return [
    problemsSection(report),
    totals(report),
    timelineSection(report),
    projectsSection(report, data),
    ...pathSections(report),
    diagnosisSection(report),
    statesSection(report),
    resourcesSection(report),
  ];
}

/** What limited the run, and what to change: what a person reads after how it went. */
function verdictParagraph(report: Report): Markup | undefined {
  const sentence = verdictSentence(report);
  if (sentence === undefined) return undefined;
  const advice = adviceSentence(report);
  return html`<p>${line(sentence)}${advice === undefined ? undefined : html` <strong>${line(advice)}</strong>`}</p>`;
}

function given(path: string): Markup {
  return path === "" ? html`(not given)` : name(path);
}

function figures(report: Report): Markup | undefined {
  if (nothingStarted(report)) return undefined;
  const [time, ...others] = keyFigures(report);
  const usual = usualDuration(report);
  const [before, news] = [comparison(report), trendSentence(report)];
  return html`<p class="figures"><strong>${time}</strong>${usual === undefined ? "" : ` (${usual})`} · ${others.join(" · ")}</p>
${before === undefined ? undefined : html`<p class="quiet">${before}</p>`}
${news === undefined ? undefined : html`<p>Trend: ${line(news)}</p>`}`;
}

/** Why the result is not success. */
function reasons({ result, reasons: all }: Report): Markup | undefined {
  if (result === "success" || all.length === 0) return undefined;
  return html`<div class="reasons ${result}"><h3>Why</h3>${list(sentences(all))}</div>`;
}

function sentences(texts: readonly string[]): string[] {
  const left = texts.length - mostSentences;
  const shown = texts.slice(0, mostSentences).map((text) => line(text));
  return left > 0 ? [...shown, `and ${counted(left, "more sentence")} in report.json`] : shown;
}

function totals(report: Report): Markup {
  const { size, would, moved, deleted } = totalsWords(report);
  const more = [...versionsSentences(report), ...verificationWords(report)].map((text) => html`<p>${line(text)}.</p>`);
  return html`<p><strong>Source:</strong> ${size}. <strong>${would}:</strong> ${moved}.${deleted}</p>${more}`;
}
