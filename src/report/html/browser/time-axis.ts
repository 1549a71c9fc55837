import type uPlot from "uplot";
import { duration } from "../../format.ts";
import type { ReportData } from "../page-data.ts";
import { button, colour, element } from "./elements.ts";

/** The axis of time that all charts of a run share: zooming in one zooms in all. */
export class TimeAxis {
  readonly #charts: uPlot[] = [];
  readonly #phases: ReportData["phases"];
  readonly end: number;
  #from = 0;
  #to: number;

  constructor({ seconds, phases, bars }: ReportData) {
    this.#phases = phases;
    this.end = Math.max(seconds, 0.001, ...phases.map(([, start, length]) => start + length));
    for (const [, , , end] of bars) this.end = Math.max(this.end, end);
    this.#to = this.end;
  }

  add(chart: uPlot): void {
    this.#charts.push(chart);
  }

  /** Shows this part of the run everywhere; at least a thousandth of a second, and nothing outside the run. */
  show(from: number, to: number): void {
    const length = Math.min(this.end, Math.max(0.001, to - from));
    const start = Math.min(Math.max(0, from), this.end - length);
    if (start === this.#from && start + length === this.#to) return;
    [this.#from, this.#to] = [start, start + length];
    for (const chart of this.#charts) chart.setScale("x", { min: this.#from, max: this.#to });
  }

  zoom(factor: number): void {
    const [middle, half] = [(this.#from + this.#to) / 2, ((this.#to - this.#from) / 2) * factor];
    this.show(middle - half, middle + half);
  }

  pan(share: number): void {
    const by = (this.#to - this.#from) * share;
    this.show(this.#from + by, this.#to + by);
  }

  whole(): void {
    this.show(0, this.end);
  }

  /** Draws all charts anew, when colours have changed. */
  redraw(): void {
    for (const chart of this.#charts) chart.redraw(false, true);
  }

  /** What charts have in common: the scale, the axis, the cursor that moves in all of them, and the phases behind the lines. */
  options(): Pick<uPlot.Options, "scales" | "cursor"> & { readonly axis: uPlot.Axis; readonly phases: uPlot.Plugin } {
    return {
      // Whatever a chart has data of, all show the same part of the run.
      scales: { x: { time: false, range: () => [this.#from, this.#to] } },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        sync: { key: "time" },
        bind: {
          dblclick: () => () => {
            this.whole();
            return null;
          },
        },
      },
      axis: {
        ...axisLook(),
        values: (_, splits) => splits.map((value) => duration(value)),
        space: 70,
      },
      phases: {
        hooks: {
          drawClear: (chart) => this.#drawPhases(chart),
          setSelect: (chart) => {
            const { left, width } = chart.select;
            if (width <= 0) return;
            const [from, to] = [chart.posToVal(left, "x"), chart.posToVal(left + width, "x")];
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            this.show(from, to);
          },
        },
      },
    };
  }

  /** Buttons for those who have no mouse to drag with; keys do the same on the element. */
  controls(keys: HTMLElement): HTMLElement {
    const acts: Readonly<Record<string, () => void>> = {
      "+": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      ArrowLeft: () => this.pan(-0.25),
      ArrowRight: () => this.pan(0.25),
      "0": () => this.whole(),
    };
    keys.addEventListener("keydown", (event) => {
      const act = acts[event.key === "=" ? "+" : event.key];
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
    return element("div", { class: "controls", role: "group", "aria-label": "Part of the run that the charts show" }, [
      button("+", "Zoom in", () => this.zoom(0.5)),
      button("−", "Zoom out", () => this.zoom(2)),
      button("←", "Earlier", () => this.pan(-0.25)),
      button("→", "Later", () => this.pan(0.25)),
      button("Whole run", "Whole run", () => this.whole()),
    ]);
  }

  #drawPhases(chart: uPlot): void {
    const { ctx, bbox } = chart;
    const pixels = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, 0, bbox.width, bbox.top + bbox.height);
    ctx.clip();
    ctx.font = `${11 * pixels}px system-ui, sans-serif`;
    ctx.textBaseline = "bottom";
    ctx.textAlign = "left";
    let free = Number.NEGATIVE_INFINITY;
    this.#phases.forEach(([name, start, length], index) => {
      const [left, right] = [chart.valToPos(start, "x", true), chart.valToPos(start + length, "x", true)];
      if (index % 2 === 1) {
        ctx.fillStyle = colour("band");
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
      }
      ctx.fillStyle = colour("rule");
      ctx.fillRect(Math.round(left), bbox.top - 4 * pixels, pixels, bbox.height + 4 * pixels);
      const at = Math.max(left, bbox.left) + 3 * pixels;
      const width = ctx.measureText(name).width;
      if (at < free || at + width > Math.min(right, bbox.left + bbox.width)) return;
      free = at + width + 6 * pixels;
      ctx.fillStyle = colour("quiet");
      ctx.fillText(name, at, bbox.top - 2 * pixels);
    });
    ctx.restore();
  }
}

/** How axes look; functions, since the colours change with the scheme. */
export function axisLook(): uPlot.Axis {
  return {
    stroke: () => colour("quiet"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: () => colour("rule"), width: 1 },
    ticks: { stroke: () => colour("rule"), width: 1 },
  };
}
