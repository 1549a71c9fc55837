import { createHash } from "node:crypto";
import type { PastRun } from "../../history/history.ts";
import type { Report } from "../report.ts";
import { headline, resultIcons } from "../words.ts";
import { article } from "./article.ts";
import { script, style } from "./assets.ts";
import { dataOf } from "./data.ts";
import { html, line, Markup } from "./markup.ts";
import type { PageData } from "./page-data.ts";

/** A report, and the runs of its source and destination as the history has them, itself among them; oldest first. */
export interface Told {
  readonly report: Report;
  readonly past: readonly PastRun[];
}

/**
 * Reports as one page of HTML that needs nothing else, no network either; the last one is shown first. What it says in words and tables it says
 * without its script too.
 */
export function reportHtml(told: readonly Told[]): string {
  const newestFirst = [...told].reverse();
  const data: PageData = newestFirst.map(({ report, past }) => dataOf(report, past));
  const articles = newestFirst.map(({ report, past }, index) => {
    const own = data[index];
    return own === undefined ? undefined : article(report, own, past, idOf(index));
  });
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${digest(script)}; style-src ${digest(style)}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title(newestFirst)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header><h1>dailysync report</h1></header>
${choice(newestFirst)}
<main id="main">
${articles}
</main>
<script id="data" type="application/json">${new Markup(json(data))}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

function idOf(index: number): string {
  return `report-${index + 1}`;
}

function title([first]: readonly Told[]): string {
  if (first === undefined) return "dailysync report";
  const { report } = first;
  return `${resultIcons[report.result]} ${headline(report)} – ${line(report.source, 80)} – dailysync`;
}

/** Links to the reports of a page that has several. */
function choice(told: readonly Told[]): Markup | undefined {
  if (told.length < 2) return undefined;
  const links = told.map(({ report }, index) => {
    const when = report.run.startedAt.slice(0, 16).replace("T", " ");
    const words = `${when} UTC: ${headline(report)}, ${line(report.source, 60)} → ${line(report.destination, 60)}`;
    return html`<li><a href="#${idOf(index)}">${words}</a></li>`;
  });
  return html`<nav id="reports" aria-label="Reports"><ul>${links}</ul></nav>`;
}

/** JSON that nothing in it can end as an element; U+2028 and U+2029 for whoever takes it for a script. */
function json(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

/** What a Content-Security-Policy allows by its contents. */
function digest(text: string): Markup {
  return new Markup(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
}
