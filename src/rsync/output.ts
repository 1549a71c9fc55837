import type { BytePath } from "../byte-path.ts";
import { itemPrefix } from "./arguments.ts";
import { unescapeName } from "./escaped-name.ts";
import { noStatistics, readStatisticsLine, type Statistics } from "./statistics.ts";

/** One line of `--itemize-changes` (manual: eleven characters, `YXcstpoguax`). */
export interface Item {
  /** The eleven characters, or `*deleting`. */
  readonly change: string;
  /** The size at the source; of a deleted entry that at the destination. */
  readonly bytes: number;
  /** Below the root; without the slash that rsync puts behind a directory. */
  readonly path: BytePath;
  readonly isDirectory: boolean;
}

/** How far an rsync says that it is (`--info=progress2`). */
export interface Progress {
  readonly bytes: number;
}

/** Reads an rsync's standard output as it comes, chunk by chunk. */
export interface OutputReader {
  write(chunk: Uint8Array): void;
  /** What the statistics said; undefined if the process ended without any, as an rsync that came to its end never does. */
  end(): Statistics | undefined;
}

/** A path of the longest kind, escaped, with what stands before it; what is longer is no line of rsync's. */
const longestLine = 64 * 1024;

/**
 * Makes a reader. The output is ASCII (the locale is C: rsync escapes everything else), lines end with a newline, and
 * progress overwrites itself with carriage returns.
 */
export function outputReader(on: {
  readonly item?: (item: Item) => void;
  readonly progress?: (progress: Progress) => void;
  /** An entry that rsync passed over because it is no file and may not be made: a device, where the account is not root. */
  readonly skipped?: (path: BytePath) => void;
  /** Every line but those of the progress. */
  readonly line?: (line: string) => void;
}): OutputReader {
  let statistics: Statistics | undefined;
  let rest = "";
  const read = (line: string): void => {
    if (line === "") return;
    const progress = /^ +(\d+) +\d+% /.exec(line);
    if (progress !== null) {
      on.progress?.({ bytes: Number(progress[1]) });
      return;
    }
    on.line?.(line);
    const skipped = readSkipped(line);
    if (skipped !== undefined) on.skipped?.(skipped);
    const item = readItem(line);
    if (item === undefined) statistics = readStatisticsLine(line, statistics ?? noStatistics) ?? statistics;
    else on.item?.(item);
  };
  return {
    write(chunk) {
      const lines = (rest + Buffer.from(chunk).toString("latin1")).split(/[\r\n]/);
      rest = (lines.pop() ?? "").slice(0, longestLine);
      for (const line of lines) read(line);
    },
    end() {
      read(rest);
      rest = "";
      return statistics;
    },
  };
}

/** The path in what generator.c (recv_generator) says of what it does not make, with exit code 0 all the same. */
function readSkipped(line: string): BytePath | undefined {
  const printed = /^skipping non-regular file "(.*)"$/.exec(line)?.[1];
  return printed === undefined ? undefined : (unescapeName(printed).replace(/^\.\//, "") as BytePath);
}

/** A line of `--out-format=item %i %l %n`, or undefined for any other line. */
export function readItem(line: string): Item | undefined {
  if (!line.startsWith(itemPrefix)) return undefined;
  // `*deleting  ` and an unchanged entry's change are padded with blanks to eleven characters.
  const match = /^(.{11}) (\d+) (.*)$/.exec(line.slice(itemPrefix.length));
  if (match === null) return undefined;
  const [, change = "", bytes = "0", printed = ""] = match;
  const name = unescapeName(printed);
  const isDirectory = name.endsWith("/");
  return {
    change: change.trimEnd(),
    bytes: Number(bytes),
    path: (isDirectory ? name.slice(0, -1) : name) as BytePath,
    isDirectory,
  };
}
