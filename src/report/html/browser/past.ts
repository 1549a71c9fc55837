import type uPlot from "uplot";
import { bytes, duration } from "../../format.ts";
import type { PastPoint } from "../page-data.ts";
import { colour, element } from "./elements.ts";
import { fitted } from "./fitted.ts";
import { axisLook } from "./time-axis.ts";

/** How a run ended, as a mark that needs no colour. */
const marks: Readonly<Record<string, string>> = { success: "●", degraded: "▲", failure: "✗", cancelled: "■" };

/** Draws how long the runs took and how much they moved, each with the mark of its result. Returns the charts, for new colours. */
export function drawPast(place: HTMLElement, past: readonly PastPoint[]): uPlot[] {
  if (past.length < 2) return [];
  const said = element("p", { class: "said", text: "● success  ▲ degraded  ✗ failure  ■ cancelled" });
  const pictures = [
    drawFigure(place, "Time", past, ({ seconds }) => seconds, duration, said),
    drawFigure(place, "Transferred", past, (point) => point.bytes, bytes, said),
  ];
  place.append(said);
  return pictures;
}

function drawFigure(
  place: HTMLElement,
  title: string,
  past: readonly PastPoint[],
  figure: (point: PastPoint) => number,
  words: (value: number) => string,
  said: HTMLElement,
): uPlot {
  const heading = element("h4", { text: title });
  const frame = element("div", { "aria-hidden": "true" });
  place.append(heading, frame);
  return fitted(
    frame,
    {
      height: 170,
      legend: { show: false },
      scales: { y: { range: (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.2)] } },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false }, sync: { key: "past" } },
      series: [{}, { stroke: () => colour("line-0"), width: 1, points: { show: false } }],
      axes: [axisLook(), { ...axisLook(), size: 78, values: (_, splits) => splits.map(words) }],
      hooks: {
        draw: [
          (chart) => {
            const { ctx } = chart;
            ctx.save();
            ctx.font = `${13 * devicePixelRatio}px system-ui, sans-serif`;
            ctx.textAlign = "center";
            ctx.textBaseline = "middle";
            for (const point of past) {
              ctx.fillStyle = colour(point.result === "success" ? "line-0" : "failed");
              const [x, y] = [chart.valToPos(point.at / 1000, "x", true), chart.valToPos(figure(point), "y", true)];
              ctx.fillText(marks[point.result] ?? "?", x, y);
            }
            ctx.restore();
          },
        ],
        setCursor: [
          ({ cursor: { idx } }) => {
            const point = idx === null || idx === undefined ? undefined : past[idx];
            if (point === undefined) return;
            const when = new Date(point.at).toISOString().slice(0, 16).replace("T", " ");
            const verdict = point.verdict === "" ? "" : `, limited by ${point.verdict}`;
            said.textContent = `${when} UTC: ${marks[point.result] ?? ""} ${point.result}, ${duration(point.seconds)}, ${bytes(point.bytes)} transferred${verdict}`;
          },
        ],
      },
    },
    [past.map(({ at }) => at / 1000), past.map(figure)],
  );
}
