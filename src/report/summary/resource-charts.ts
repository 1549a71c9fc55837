import type { Measurement } from "../../measure/measurement.ts";
import { type Figure, meansOverTime } from "../../measure/series.ts";
import { bytes, duration, percent, rate } from "../format.ts";
import type { Report } from "../report.ts";
import { diagram } from "./diagram.ts";
import { folded, prose, table } from "./markdown.ts";

/** Points across a chart, and rows of the table that says the same. */
const points = 60;
const rows = 12;
/** Fewer samples show no course of anything. */
const leastSamples = 5;
/** A line below this share of the highest one is not to be told from the axis. */
const leastShare = 0.01;

/** One figure over time, with its colour in the chart: GitHub's Mermaid has no legend, so squares of the same colour are it. */
interface Line {
  readonly figure: Figure;
  readonly label: string;
  readonly colour: string;
  readonly square: string;
}

/** Middle tones: seen on white and on black. */
const flows: readonly Line[] = [
  { figure: "sourceReadBytesPerSecond", label: "source read", colour: "#3b82f6", square: "🟦" },
  { figure: "destinationWriteBytesPerSecond", label: "destination written", colour: "#f97316", square: "🟧" },
  { figure: "networkReceivedBytesPerSecond", label: "network received", colour: "#22c55e", square: "🟩" },
  { figure: "networkSentBytesPerSecond", label: "network sent", colour: "#a855f7", square: "🟪" },
];

const cpu: Line = { figure: "cpuPercent", label: "CPUs busy", colour: "#3b82f6", square: "🟦" };

/**
 * CPU, what was read and written, and the network over time: two charts, because an axis has one unit, and a table. Empty for a run that
 * was too short to have a course.
 */
export function resourceCharts({ resources, phases }: Report): string[] {
  if (resources === undefined || resources.samples.length < leastSamples) return [];
  const lines = flowsOf(resources);
  const known = [cpu, ...lines].filter(({ figure }) =>
    resources.samples.some((sample) => sample[figure] !== undefined),
  );
  if (known.length === 0) return [];
  return [
    ...(known.includes(cpu) ? cpuChart(resources) : []),
    ...flowChart(
      resources,
      lines.filter((line) => known.includes(line)),
    ),
    folded("The same as a table", seriesTable(resources, known, phases)),
  ];
}

/** What is read at a source without a device of its own is what the rsyncs read. */
function flowsOf({ source }: Measurement): readonly Line[] {
  if (source.devices.length > 0) return flows;
  return flows.map((line) =>
    line.figure === "sourceReadBytesPerSecond" ? { ...line, figure: "rsyncReadBytesPerSecond" } : line,
  );
}

function cpuChart(resources: Measurement): string[] {
  const values = filled(meansOverTime(resources.samples, cpu.figure, points));
  const chart = diagram(xyChart(resources, "CPUs busy over time", "percent of all CPUs", 100, [{ ...cpu, values }]));
  return chart === undefined ? [] : ["**CPUs busy**, in percent of all:", chart];
}

function flowChart(resources: Measurement, lines: readonly Line[]): string[] {
  const drawn = lines.map((line) => ({
    ...line,
    values: filled(meansOverTime(resources.samples, line.figure, points)),
  }));
  const highest = Math.max(0, ...drawn.flatMap(({ values }) => values));
  if (highest === 0) return [];
  const seen = drawn.filter(({ values }) => Math.max(...values) >= leastShare * highest);
  const { unit, size } = unitOf(highest);
  const scaled = seen.map((line) => ({ ...line, values: line.values.map((value) => value / size) }));
  const chart = diagram(xyChart(resources, "Data read, written and sent over time", unit, highest / size, scaled));
  if (chart === undefined) return [];
  const unseen = drawn.filter((line) => !seen.includes(line)).map(({ label }) => label);
  const rest = unseen.length === 0 ? "" : `; next to nothing: ${unseen.join(", ")}`;
  return [`${seen.map(({ square, label }) => `${square} **${label}**`).join(" · ")}, in ${unit}${rest}:`, chart];
}

/** Written for Mermaid 11.3 and later: `xychart` without -beta came after it. */
function xyChart(
  { samples }: Measurement,
  title: string,
  yLabel: string,
  highest: number,
  lines: readonly (Line & { readonly values: readonly number[] })[],
): string[] {
  const { unit, size } = timeUnit((samples.at(-1)?.atMs ?? 0) / 1000);
  return [
    "---",
    "config:",
    "  xyChart:",
    "    width: 900",
    "    height: 260",
    "  themeVariables:",
    "    xyChart:",
    // The dark theme's is not that of GitHub's page.
    '      backgroundColor: "transparent"',
    // The default palette's first line is almost white.
    `      plotColorPalette: "${lines.map(({ colour }) => colour).join(", ")}"`,
    "---",
    "xychart-beta",
    `  accTitle: ${title}`,
    "  accDescr: The table below the charts says the same.",
    `  x-axis "${unit} since the start" 0 --> ${number((samples.at(-1)?.atMs ?? 0) / 1000 / size)}`,
    `  y-axis "${yLabel}" 0 --> ${number(highest)}`,
    ...lines.map(({ values }) => `  line [${values.map(number).join(", ")}]`),
  ];
}

function seriesTable({ samples }: Measurement, lines: readonly Line[], phases: Report["phases"]): string {
  const seconds = (samples.at(-1)?.atMs ?? 0) / 1000;
  const columns = lines.map(({ figure }) => meansOverTime(samples, figure, rows));
  const body = Array.from({ length: rows }, (_, row) => {
    const [from, to] = [(seconds * row) / rows, (seconds * (row + 1)) / rows];
    return [
      duration(from),
      prose(phaseAt((from + to) / 2, phases)),
      ...lines.map(({ figure }, column) => {
        const value = columns[column]?.[row];
        if (value === undefined) return "–";
        return figure === "cpuPercent" ? percent(value) : rate(value);
      }),
    ];
  });
  const headings = ["From", "Phase", ...lines.map(({ label }) => label)];
  return table(headings, body, new Set([0, ...lines.map((_, column) => column + 2)]));
}

function phaseAt(seconds: number, phases: Report["phases"]): string {
  return phases.findLast(({ startedAtSeconds }) => startedAtSeconds <= seconds)?.name ?? "";
}

/** A gap takes the value before it, or the first that there is: Mermaid draws no gaps. */
function filled(values: readonly (number | undefined)[]): number[] {
  let last = values.find((value) => value !== undefined) ?? 0;
  return values.map((value) => {
    last = value ?? last;
    return last;
  });
}

/** The unit in which a rate is written, and how many bytes a second it is. */
function unitOf(highest: number): { readonly unit: string; readonly size: number } {
  const unit = bytes(highest).split(" ")[1] ?? "B";
  return { unit: `${unit}/s`, size: 1024 ** ["B", "KiB", "MiB", "GiB", "TiB", "PiB"].indexOf(unit) };
}

/** The unit in which a time is written, and how many seconds it is. */
function timeUnit(seconds: number): { readonly unit: string; readonly size: number } {
  if (seconds < 180) return { unit: "seconds", size: 1 };
  return seconds < 3 * 3600 ? { unit: "minutes", size: 60 } : { unit: "hours", size: 3600 };
}

/** At most four digits that mean something, never in the form 1e-7, which Mermaid does not read. */
function number(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 3 : 1)));
}
