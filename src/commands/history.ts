import { codeOf, messageOf, RefusedError } from "../errors.ts";
import type { PastRun } from "../history/history.ts";
import { type KnownPairs, type PairHistory, readPairs } from "../history/pairs.ts";
import { defaultReportDir, defaultStateDir, directory } from "../inputs/directories.ts";
import { quoted } from "../inputs/quoted.ts";
import { bytes, count, counted, duration } from "../report/format.ts";
import { logLine } from "../report/log-line.ts";
import { type Column, columns } from "../report/text-columns.ts";
import { type Command, done, type Terminal } from "./command.ts";
import { readFlags, UsageError } from "./flags.ts";

const flags = {
  source: { kind: "text", meaning: "The source, as runs were given it; any unless given." },
  destination: { kind: "text", meaning: "The destination, as runs were given it; any unless given." },
  "state-dir": { kind: "text", meaning: "The directory of the history, as runs were given it, with the same default." },
  json: { kind: "boolean", meaning: "Prints a list of objects: source, destination and runs, the newest last." },
} as const;

/** `dailysync history`: the runs of a source and destination, or where there are several, which there are. */
export const history: Command = {
  flags,
  run(words, terminal) {
    const given = readFlags(words, flags);
    const place = (name: "source" | "destination" | "state-dir"): string | undefined =>
      pathOf(given[name][0], name, terminal);
    const [source, destination] = [place("source"), place("destination")];
    const stateDir = place("state-dir") ?? defaultStateDir(terminal, defaultReportDir(terminal));
    const known = knownIn(stateDir);
    for (const reason of known.ignored) terminal.log.warning(reason);
    const pairs = known.pairs.filter(
      (pair) =>
        (source === undefined || pair.source === source) &&
        (destination === undefined || pair.destination === destination),
    );
    if (given.json.length > 0) terminal.print(`${JSON.stringify(pairs, undefined, 2)}\n`);
    else terminal.print(shown(pairs, terminal));
    if (pairs.length === 0 && given.json.length === 0) throw new RefusedError([nothingKnown(stateDir, known)]);
    return done;
  },
};

function pathOf(text: string | undefined, name: string, terminal: Terminal): string | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === "") throw new UsageError([`--${name} is empty: give it the path of a directory`]);
  return directory(terminal)(text, (why) => {
    throw new UsageError([`--${name} ${quoted(text)} ${why}`]);
  });
}

function knownIn(stateDir: string): KnownPairs {
  try {
    return readPairs(stateDir);
  } catch (error) {
    throw new RefusedError([`state-dir ${quoted(stateDir)} cannot be read: ${codeOf(error) ?? messageOf(error)}`]);
  }
}

function nothingKnown(stateDir: string, { pairs }: KnownPairs): string {
  const others = pairs.length === 0 ? "no run has been remembered there" : "dailysync history lists those that have";
  return `${quoted(stateDir)} has no history of this: ${others}. Dry runs and refused ones leave none; a runner's account may have another state-dir`;
}

function shown(pairs: readonly PairHistory[], { columns: width = 100 }: Terminal): string {
  const [first, ...others] = pairs;
  if (first === undefined) return "";
  const lines = others.length === 0 ? runLines(first, width) : pairLines(pairs, width);
  return `${lines.map(logLine).join("\n")}\n`;
}

/** The runs of one source and destination, newest last. */
function runLines({ source, destination, runs }: PairHistory, width: number): string[] {
  const number = (heading: string, cell: (run: PastRun) => string): Column<PastRun> => ({
    ...{ heading, cell },
    alignRight: true,
  });
  const table = columns<PastRun>(
    [
      { heading: "Began (UTC)", cell: ({ startedAt }) => moment(startedAt) },
      { heading: "Result", cell: ({ result }) => result },
      number("Took", ({ seconds }) => duration(seconds)),
      { ...number("Projects", ({ projects }) => count(projects)), dropBelow: 90 },
      number("Copied files", ({ filesTransferred }) => count(filesTransferred)),
      number("Copied", ({ bytesTransferred }) => bytes(bytesTransferred)),
      { ...number("Size", (run) => bytes(run.bytes)), dropBelow: 100 },
      { ...number("Lanes", ({ lanes }) => count(lanes)), dropBelow: 80 },
      { heading: "Limited by", cell: ({ verdict = "" }) => verdict },
    ],
    runs,
    width,
  );
  return [`${source} → ${destination}`, ...table];
}

/** Which sources and destinations there are, and how the last run of each went. */
function pairLines(pairs: readonly PairHistory[], width: number): string[] {
  const table = columns<PairHistory>(
    [
      { heading: "Destination", cell: ({ destination }) => destination },
      { heading: "Source", cell: ({ source }) => source },
      { heading: "Runs", cell: ({ runs }) => count(runs.length), alignRight: true },
      { heading: "Last (UTC)", cell: ({ runs }) => moment(runs.at(-1)?.startedAt ?? "") },
      { heading: "Result", cell: ({ runs }) => runs.at(-1)?.result ?? "" },
    ],
    pairs,
    width,
  );
  return [`${counted(pairs.length, "pair")}; name one with --source and --destination to see its runs`, ...table];
}

/** `2026-11-22 02:00` of an ISO 8601 moment. */
function moment(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
