import type { Log } from "../../src/log/log.ts";

/** A log that keeps its lines for assertions. */
export function keepingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
  };
  return { lines, info: keep, finished: keep, debug: keep, warning: keep, error: keep, progress: () => undefined };
}
