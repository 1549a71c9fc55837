import { describe, expect, test } from "@jest/globals";
import { type Sample, unmeasured } from "../../../../src/measure/measurement.ts";
import type { Report } from "../../../../src/report/report.ts";
import { resourceCharts } from "../../../../src/report/summary/resource-charts.ts";
import { exampleReport } from "../example.ts";

const mebibyte = 1024 ** 2;

/** The example with so many samples, one a second. */
function measured(samples: readonly Partial<Sample>[], given: Partial<Report> = {}): Report {
  const { resources } = exampleReport();
  if (resources === undefined) throw new Error("the example has resources");
  const all = samples.map((sample, index) => ({ ...unmeasured, ...sample, atMs: (index + 1) * 1000 }));
  return exampleReport({ resources: { ...resources, samples: all }, ...given });
}

/** The values of each line of a chart. */
function linesOf(chart = ""): number[][] {
  return [...chart.matchAll(/^ {2}line \[(.*)\]$/gm)].map(([, values = ""]) => values.split(", ").map(Number));
}

function times<Item>(number: number, item: Item): Item[] {
  return Array.from({ length: number }, () => item);
}

describe("the charts of resources", () => {
  test("have the CPUs in percent, and the flows of data in one unit with their colours beside them", () => {
    const sample = {
      cpuPercent: 25,
      sourceReadBytesPerSecond: 8 * mebibyte,
      destinationWriteBytesPerSecond: 4 * mebibyte,
    };
    const [cpuTitle, cpu, title, flows] = resourceCharts(measured(times(60, sample)));
    expect(cpuTitle).toContain("CPUs busy");
    expect(cpu).toContain('y-axis "percent of all CPUs" 0 --> 100');
    expect(linesOf(cpu)).toEqual([times(60, 25)]);
    expect(title).toBe("🟦 **source read** · 🟧 **destination written**, in MiB/s:");
    expect(flows).toContain('plotColorPalette: "#3b82f6, #f97316"');
    expect(flows).toContain('x-axis "seconds since the start" 0 --> 60');
    expect(linesOf(flows)).toEqual([times(60, 8), times(60, 4)]);
  });

  test("follow the course of a run, and a gap takes the value before it", () => {
    const samples = [...times(30, { cpuPercent: 10 }), ...times(10, {}), ...times(20, { cpuPercent: 90 })];
    const [, cpu] = resourceCharts(measured(samples));
    expect(linesOf(cpu)).toEqual([[...times(40, 10), ...times(20, 90)]]);
  });

  test("leave out the line of next to nothing and name it", () => {
    const sample = { sourceReadBytesPerSecond: 8 * mebibyte, networkSentBytesPerSecond: 800 };
    const [title, flows] = resourceCharts(measured(times(10, sample)));
    expect(title).toBe("🟦 **source read**, in MiB/s; next to nothing: network sent:");
    expect(linesOf(flows)).toHaveLength(1);
  });

  test("show what the rsyncs read where the source has no device of its own", () => {
    const report = measured(times(10, { sourceReadBytesPerSecond: 1, rsyncReadBytesPerSecond: 3 * mebibyte }));
    if (report.resources === undefined) throw new Error("the example has resources");
    const source = { ...report.resources.source, devices: [] };
    const [, flows] = resourceCharts({ ...report, resources: { ...report.resources, source } });
    expect(linesOf(flows)[0]?.[0]).toBe(3);
  });

  test("stand as a table too, with the phase of each row", () => {
    const phases = [
      { name: "survey", startedAtSeconds: 0, seconds: 6 },
      { name: "copy", startedAtSeconds: 6, seconds: 54 },
    ];
    const sample = { cpuPercent: 25, sourceReadBytesPerSecond: 8 * mebibyte };
    const [, , , , rows] = resourceCharts(measured(times(60, sample), { phases }));
    expect(rows).toContain("| From | Phase | CPUs busy | source read |");
    expect(rows).toContain("| 0 s | survey | 25 % | 8.00 MiB/s |");
    expect(rows).toContain("| 55 s | copy | 25 % | 8.00 MiB/s |");
    expect(rows?.match(/^\| \d/gm)).toHaveLength(12);
  });

  test("count long runs in minutes and hours", () => {
    const axis = (seconds: number) =>
      resourceCharts(measured(times(seconds, { cpuPercent: 1 })))[1]?.match(/x-axis.*/)?.[0];
    expect(axis(600)).toBe('x-axis "minutes since the start" 0 --> 10');
    expect(axis(36_000)).toBe('x-axis "hours since the start" 0 --> 10');
  });

  test("are none for a run that was too short, or of which nothing is known", () => {
    expect(resourceCharts(measured(times(4, { cpuPercent: 25 })))).toEqual([]);
    expect(resourceCharts(measured(times(60, {})))).toEqual([]);
    expect(resourceCharts(exampleReport({ resources: undefined }))).toEqual([]);
  });
});
