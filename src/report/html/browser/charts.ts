import type uPlot from "uplot";
import { bytes, milliseconds, percent, rate } from "../../format.ts";
import type { Chart, SeriesUnit } from "../page-data.ts";
import { colour, element } from "./elements.ts";
import { fitted } from "./fitted.ts";
import { axisLook, type TimeAxis } from "./time-axis.ts";

/** Lines differ by more than colour. */
const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 4, 2, 4]];

const words: Readonly<Record<SeriesUnit, (value: number) => string>> = {
  "%": percent,
  B: bytes,
  "B/s": rate,
  ms: milliseconds,
  s: (value) => `${value} s`,
  processes: (value) => value.toFixed(value < 10 ? 1 : 0),
};

/** Draws lines, or layers, over the run's time; the legend says the values under the cursor and shows or hides lines. */
export function drawChart(place: HTMLElement, chart: Chart, axis: TimeAxis): void {
  const say = words[chart.unit];
  const look = axis.options();
  const { lines, stacked } = chart;
  // The topmost layer, which is the sum of all, is drawn first, and the others over it.
  const order = stacked ? lines.map((_, index) => lines.length - 1 - index) : lines.map((_, index) => index);
  const values = stacked ? layers(chart) : lines.map((line) => line.values as (number | null)[]);
  const stroke = (index: number) => () => colour(stacked ? `layer-${index % 12}` : `line-${index % 4}`);
  const outputs = lines.map(() => element("output"));
  const made = fitted(
    place,
    {
      height: 190,
      scales: { ...look.scales, y: { range: (_, __, max) => [0, top(max, chart.unit)] } },
      ...(look.cursor === undefined ? {} : { cursor: look.cursor }),
      legend: { show: false },
      series: [
        {},
        ...order.map(
          (index): uPlot.Series => ({
            stroke: stroke(index),
            width: stacked ? 0 : 2,
            ...(stacked ? { fill: stroke(index) } : { dash: [...(dashes[index % 4] ?? [])] }),
            points: { show: chart.times.length < 3 && !stacked },
          }),
        ),
      ],
      axes: [look.axis, { ...axisLook(), size: 78, values: (_, splits) => splits.map(say) }],
      plugins: [look.phases],
      hooks: {
        setCursor: [
          ({ cursor: { idx } }) => {
            lines.forEach((line, index) => {
              const value = idx === null || idx === undefined ? null : (line.values[idx] ?? null);
              const output = outputs[index];
              if (output !== undefined) output.textContent = value === null ? "" : say(value);
            });
          },
        ],
      },
    },
    [[...chart.times], ...order.map((index) => values[index] ?? [])],
  );
  axis.add(made);
  const shown = stacked ? order : lines.map((_, index) => index);
  const items = shown.map((index) => {
    const swatch = swatchOf(index, stacked);
    const label = element("span", { text: lines[index]?.label ?? "" });
    const output = outputs[index] ?? element("output");
    if (stacked) return element("li", {}, [swatch, label, output]);
    const box = element("input", { type: "checkbox" });
    box.checked = true;
    box.addEventListener("change", () => made.setSeries(index + 1, { show: box.checked }));
    return element("li", {}, [element("label", {}, [box, swatch, label]), output]);
  });
  place.append(element("ul", { class: "legend" }, items));
}

/** Each line with those before it added. */
function layers({ times, lines }: Chart): number[][] {
  const sum = times.map(() => 0);
  return lines.map(({ values }) => sum.map((_, index) => (sum[index] = (sum[index] ?? 0) + (values[index] ?? 0))));
}

/** The end of the scale: never less than something, so that nothing at all is a line at the bottom. */
function top(max: number | null, unit: SeriesUnit): number {
  if (unit === "%") return Math.max(10, Math.min(100, (max ?? 0) * 1.1));
  return Math.max(unit === "B" || unit === "B/s" ? 1024 : 1, (max ?? 0) * 1.1);
}

function swatchOf(index: number, stacked: boolean): Element {
  if (stacked) return element("i", { class: `swatch layer-${index % 12}` });
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "line");
  for (const [key, value] of Object.entries({ width: "28", height: "8", "aria-hidden": "true" }))
    picture.setAttribute(key, value);
  const drawn = { x1: "0", y1: "4", x2: "28", y2: "4", class: `line-${index % 4}` };
  for (const [key, value] of Object.entries(drawn)) line.setAttribute(key, value);
  line.setAttribute("stroke-dasharray", (dashes[index % 4] ?? []).join(" "));
  picture.append(line);
  return picture;
}
