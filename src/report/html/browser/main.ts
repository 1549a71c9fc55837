import type uPlot from "uplot";
import type { PageData, ReportData } from "../page-data.ts";
import { drawChart } from "./charts.ts";
import { element } from "./elements.ts";
import { drawLanes } from "./lanes.ts";
import { drawPast } from "./past.ts";
import { enhanceProjects } from "./projects.ts";
import { TimeAxis } from "./time-axis.ts";

/** What draws charts anew in the colours that hold now. */
const redraws: (() => void)[] = [];

/** Gives the page, which tells its story without, its charts, its sorting and its choice of reports. */
function start(): void {
  const data = JSON.parse(document.getElementById("data")?.textContent ?? "[]") as PageData;
  const articles = [...document.querySelectorAll("article")];
  const enhanced = new Set<number>();
  const show = (chosen: number): void => {
    articles.forEach((article, index) => {
      article.hidden = index !== chosen;
    });
    const [article, report] = [articles[chosen], data[chosen]];
    if (article === undefined || report === undefined || enhanced.has(chosen)) return;
    enhanced.add(chosen);
    enhance(article, report);
  };
  document.documentElement.classList.add("scripted");
  choice(articles, show);
  show(0);
  const redraw = (): void => {
    for (const one of redraws) one();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  // Paper is white, whatever the screen is.
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printed");
    redraw();
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printed");
    redraw();
  });
}

/** Puts a list to choose from in the place of the links to the reports. */
function choice(articles: readonly HTMLElement[], show: (chosen: number) => void): void {
  const links = document.getElementById("reports");
  if (links === null) return;
  const titles = [...links.querySelectorAll("a")].map((link) => link.textContent ?? "");
  const select = element(
    "select",
    {},
    titles.map((text, index) => element("option", { text, value: String(index) })),
  );
  select.addEventListener("change", () => show(Number(select.value)));
  links.replaceChildren(element("label", { text: `Report (of ${articles.length}) ` }, [select]));
}

function enhance(article: HTMLElement, data: ReportData): void {
  const place = (name: string) => article.querySelector<HTMLElement>(`[data-chart="${name}"]`);
  const axis = new TimeAxis(data);
  const lanes = place("lanes");
  if (lanes !== null && data.bars.length > 0) drawLanes(lanes, data, axis);
  for (const [name, stacked] of [
    ["resources", false],
    ["states", true],
  ] as const) {
    const holder = place(name);
    for (const chart of data.charts.filter((one) => one.stacked === stacked)) {
      const frame = element("div", { role: "group", "aria-label": chart.title });
      holder?.append(element("h4", { text: chart.title }), frame);
      if (holder !== null) drawChart(frame, chart, axis);
    }
  }
  redraws.push(() => axis.redraw());
  const past = place("past");
  const drawn: readonly uPlot[] = past === null ? [] : drawPast(past, data.past);
  redraws.push(() => {
    for (const chart of drawn) chart.redraw(false, true);
  });
  const table = article.querySelector<HTMLTableElement>("table[data-projects]");
  if (table !== null) enhanceProjects(table, data);
}

start();
