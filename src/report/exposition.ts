/** One value of a metric; the order of its labels is kept. */
interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric that can go up and down, with its values. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

/**
 * Gauges in Prometheus' text format (Prometheus' documentation, "Exposition formats"), ending with a newline. What has no value is left out.
 * A label's value may be any text.
 */
export function exposition(gauges: readonly Gauge[]): string {
  const lines = gauges
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}`,
      `# TYPE ${name} gauge`,
      ...samples.map(({ labels, value }) => `${name}${labelSet(labels)} ${value}`),
    ]);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function labelSet(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(",")}}`;
}

/** Backslash, quote and line feed, and nothing else, are escaped. */
function escaped(value: string): string {
  return value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");
}
