import type { Log } from "../../src/log/log.ts";

/** A log that keeps its lines for assertions. */
export function keepingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
  };
  return {
    ...{ lines, info: keep, debug: keep, notice: keep, warning: keep, error: keep },
    finished: ({ title }) => keep(title),
    follow: () => () => undefined,
  };
}
