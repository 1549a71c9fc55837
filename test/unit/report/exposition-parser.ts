/** One series of Prometheus' text format. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\[\\"n])*",?)*)\} (\S+)$/;

/**
 * Reads Prometheus' text format as strictly as its readers do: line feeds alone end lines, HELP and TYPE come once and before the
 * values, all values of a metric stand together, and no series comes twice.
 */
export function parseExposition(text: string): Series[] {
  const all: Series[] = [];
  const described = new Map<string, string[]>();
  const seen = new Set<string>();
  let current = "";
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line does not end");
  for (const line of text.split("\n").slice(0, -1)) {
    const [, kind, about = "", words = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind !== undefined) {
      const kinds = described.get(about) ?? [];
      if (kinds.includes(kind) || all.some(({ name }) => name === about)) throw new Error(`late or twice: ${line}`);
      if (kind === "TYPE" && words !== "gauge") throw new Error(`no gauge: ${line}`);
      described.set(about, [...kinds, kind]);
      current = about;
      continue;
    }
    const [, name, pairs = "", number] = sample.exec(line) ?? [];
    if (name === undefined) throw new Error(`no series: ${JSON.stringify(line)}`);
    if (name !== current || described.get(name)?.length !== 2) throw new Error(`out of place: ${line}`);
    const labels = Object.fromEntries(
      [...pairs.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = "", value = ""]) => [label, unescaped(value)]),
    );
    const series = JSON.stringify([name, labels]);
    if (seen.has(series)) throw new Error(`twice: ${line}`);
    seen.add(series);
    if (!Number.isFinite(Number(number))) throw new Error(`no number: ${line}`);
    all.push({ name, labels, value: Number(number) });
  }
  return all;
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
}
