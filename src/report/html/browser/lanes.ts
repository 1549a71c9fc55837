import type uPlot from "uplot";
import { hasFailed } from "../../attempt-end.ts";
import { bytes, duration } from "../../format.ts";
import type { Bar, ReportData } from "../page-data.ts";
import { colour, element } from "./elements.ts";
import { fitted } from "./fitted.ts";
import { axisLook, type TimeAxis } from "./time-axis.ts";

/** The bars' colours: of projects, in turns. */
const hues = 6;

/** Draws what each lane did when: a row per lane, a bar for each try of an rsync; marks failures and repeated tries by more than colour. */
export function drawLanes(place: HTMLElement, data: ReportData, axis: TimeAxis): void {
  const lanes = 1 + data.bars.reduce((most, [, lane]) => Math.max(most, lane), 0);
  const row = Math.max(8, Math.min(24, Math.floor(640 / lanes)));
  const labels = new Map<number, string>();
  const labelOf = (shard: number): string => {
    const known = labels.get(shard) ?? wordsOf(data, shard);
    labels.set(shard, known);
    return known;
  };
  let wanted: ReadonlySet<number> | undefined;
  const isDimmed = ([shard]: Bar) =>
    wanted !== undefined && !(data.shards[shard] ?? []).some((project) => wanted?.has(project));

  const said = element("p", { class: "said", text: "Point at a bar to see what it is." });
  const look = axis.options();
  const draw = (chart: uPlot): void => {
    const { ctx, bbox } = chart;
    const pixels = devicePixelRatio;
    const palette = Array.from({ length: hues }, (_, index) => colour(`bar-${index}`));
    const [failed, text, rule] = [colour("failed"), colour("text"), colour("quiet")];
    const height = Math.max(3, row - 3) * pixels;
    const before = new Map<number, Bar>();
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.font = `${11 * pixels}px system-ui, sans-serif`;
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    for (const bar of data.bars) {
      const [shard, lane, start, end, exitCode, number] = bar;
      const left = chart.valToPos(start, "x", true);
      const width = Math.max(pixels, chart.valToPos(end, "x", true) - left);
      const middle = chart.valToPos(lane, "y", true);
      const top = middle - height / 2;
      const earlier = before.get(shard);
      before.set(shard, bar);
      ctx.globalAlpha = isDimmed(bar) ? 0.15 : 1;
      if (earlier !== undefined) {
        // The pause before this try.
        const from = chart.valToPos(earlier[3], "x", true);
        ctx.strokeStyle = rule;
        ctx.lineWidth = pixels;
        ctx.setLineDash([2 * pixels, 3 * pixels]);
        ctx.beginPath();
        ctx.moveTo(from, middle);
        ctx.lineTo(left, middle);
        ctx.stroke();
        ctx.setLineDash([]);
      }
      if (left > bbox.left + bbox.width || left + width < bbox.left) continue;
      ctx.fillStyle = palette[(data.shards[shard]?.[0] ?? 0) % hues] ?? "";
      ctx.fillRect(left, top, width, height);
      const marks: string[] = [];
      if (hasFailed(exitCode)) {
        marks.push("✗");
        ctx.fillStyle = failed;
        ctx.fillRect(left, top + height * 0.75, width, height * 0.25);
        ctx.strokeStyle = failed;
        ctx.lineWidth = 2 * pixels;
        ctx.strokeRect(left, top, width, height);
      }
      if (number > 1) {
        marks.push("↻");
        ctx.strokeStyle = text;
        ctx.lineWidth = pixels;
        ctx.setLineDash([4 * pixels, 2 * pixels]);
        ctx.strokeRect(left, top, width, height);
        ctx.setLineDash([]);
      }
      const mark = marks.join("");
      const seen = Math.max(left, bbox.left);
      const room = Math.min(left + width, bbox.left + bbox.width) - seen - 6 * pixels;
      if (height < 11 * pixels) continue;
      ctx.fillStyle = text;
      const words = fittingText(ctx, `${mark}${mark === "" ? "" : " "}${labelOf(shard)}`, room);
      if (words !== "") ctx.fillText(words, seen + 3 * pixels, middle + pixels / 2);
      // A failure that is too short for its mark still has it, beside the bar.
      else if (mark !== "") ctx.fillText(mark, left + width + pixels, middle);
    }
    ctx.restore();
  };

  const chart = fitted(
    place,
    {
      height: lanes * row + 70,
      scales: { ...look.scales, y: { range: [-0.5, lanes - 0.5], dir: -1 } },
      cursor: { ...look.cursor, y: true },
      legend: { show: false },
      series: [{}, { show: true, paths: () => null, points: { show: false } }],
      axes: [
        look.axis,
        {
          ...axisLook(),
          grid: { show: false },
          size: 62,
          splits: () => Array.from({ length: lanes }, (_, lane) => lane),
          values: (_, splits) => splits.map((lane) => (row >= 12 || lane % 5 === 0 ? `Lane ${lane + 1}` : "")),
        },
      ],
      plugins: [look.phases],
      hooks: {
        draw: [draw],
        setCursor: [
          (self) => {
            const { left = -1, top = -1 } = self.cursor;
            if (left < 0 || top < 0) return;
            const [at, lane] = [self.posToVal(left, "x"), Math.round(self.posToVal(top, "y"))];
            const found = data.bars.find((bar) => bar[1] === lane && bar[2] <= at && at <= bar[3]);
            if (found !== undefined) said.textContent = barWords(found, labelOf(found[0]));
          },
        ],
      },
    },
    [
      [0, axis.end],
      [null, null],
    ],
  );
  axis.add(chart);
  place.tabIndex = 0;
  place.append(said);
  place.before(
    axis.controls(place),
    finder(data, (found) => {
      wanted = found;
      chart.redraw(false, false);
    }),
  );
  place.after(barTable(data, labelOf));
}

/** A field that dims what belongs to other projects. */
function finder(data: ReportData, show: (found: ReadonlySet<number> | undefined) => void): HTMLElement {
  const input = element("input", { type: "search" });
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase();
    const found = data.projects.flatMap(([name], place) => (name.toLowerCase().includes(words) ? [place] : []));
    show(words === "" ? undefined : new Set(found));
  });
  return element("label", { class: "finder", text: "Show only the project " }, [input]);
}

/** The same as a table, made when it is opened: the failed and repeated tries first, then the longest. */
function barTable(data: ReportData, labelOf: (shard: number) => string): HTMLElement {
  const most = 500;
  const folded = element("details", {}, [element("summary", { text: "The rsyncs as a table" })]);
  folded.addEventListener(
    "toggle",
    () => {
      const rank = ([, , , , exitCode, number]: Bar) => Number(hasFailed(exitCode) || number > 1);
      const sorted = [...data.bars].sort((a, b) => rank(b) - rank(a) || b[3] - b[2] - (a[3] - a[2]));
      const rows = sorted.slice(0, most).map((bar) => {
        const [shard, lane, start, end, exitCode, number, moved] = bar;
        const how = exitCode === null ? "ended by a signal" : `exit ${exitCode}`;
        const cells = [`${lane + 1}`, duration(start), duration(end - start), `${number}`, how, bytes(moved)];
        return element("tr", {}, [
          element("th", { scope: "row", text: `${shard} ${labelOf(shard)}`, dir: "auto" }),
          ...cells.map((text) => element("td", { text, class: "number" })),
        ]);
      });
      const which = sorted.length > most ? `: the failed, the repeated and the longest ${most}` : "";
      const headings = ["Shard, projects", "Lane", "Began after", "Took", "Try", "Ended with", "Transferred"];
      const head = headings.map((text) => element("th", { scope: "col", text }));
      folded.append(
        element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "The rsyncs" }, [
          element("table", {}, [
            element("caption", { text: `Every try of an rsync${which}` }),
            element("thead", {}, [element("tr", {}, head)]),
            element("tbody", {}, rows),
          ]),
        ]),
      );
    },
    { once: true },
  );
  return folded;
}

function wordsOf({ projects, shards }: ReportData, shard: number): string {
  const [first, ...others] = (shards[shard] ?? []).map((place) => projects[place]?.[0] ?? "");
  return others.length === 0 ? (first ?? "") : `${first} and ${others.length} more`;
}

function barWords([shard, lane, start, end, exitCode, number, moved]: Bar, label: string): string {
  const how = exitCode === null ? "ended by a signal" : hasFailed(exitCode) ? `failed with exit ${exitCode}` : "well";
  const again = number > 1 ? `, try ${number}` : "";
  return `${label}: shard ${shard}${again}, lane ${lane + 1}, from ${duration(start)} for ${duration(end - start)}, ${bytes(moved)}, ${how}`;
}

/** As much of a text as there is room for, with … at its end; nothing where that would be less than three letters. */
function fittingText(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  const width = room / (6 * devicePixelRatio);
  if (width < 3) return "";
  const characters = [...text.slice(0, 400)];
  if (characters.length <= width && ctx.measureText(text).width <= room) return text;
  let length = Math.min(characters.length, Math.ceil(width * 1.5));
  while (length >= 3 && ctx.measureText(`${characters.slice(0, length).join("")}…`).width > room) length -= 1;
  return length < 3 ? "" : `${characters.slice(0, length).join("")}…`;
}
