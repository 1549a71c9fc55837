import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import type { BytePath } from "../byte-path.ts";
import { askProgram } from "../program.ts";
import { type ComparedFile, comparisonArguments, readComparedFile } from "../rsync/comparison.ts";
import { type Meaning, meaningOf } from "../rsync/exit-code.ts";
import { messagesReader } from "../rsync/messages.ts";
import { nulSeparated } from "../rsync/names.ts";
import { outputReader } from "../rsync/output.ts";
import type { Workshop } from "../run/workshop.ts";
import type { Candidate } from "./candidate.ts";

/** What one rsync found. */
export interface Comparison {
  /** A file each that it came to; not those that are gone at the source, and what filters or rsync-args keep out. */
  readonly files: readonly ComparedFile[];
  /** Why it did not come to all of them; undefined if it did. */
  readonly failure: ComparisonFailure | undefined;
}

export interface ComparisonFailure {
  readonly words: string;
  /** Whether trying again may help. */
  readonly retry: Meaning["retry"];
  /** Whether it tried each of them. */
  readonly wentThrough: boolean;
}

/**
 * Compares files of source and destination by checksums, with one rsync that changes nothing.
 *
 * @throws the signal's reason once it is aborted
 */
export async function compare(
  files: readonly Candidate[],
  { rsync, launcher, directory, settings }: Pick<Workshop, "rsync" | "launcher" | "directory" | "settings">,
  leavesAccessTimes: boolean,
  signal: AbortSignal,
): Promise<Comparison> {
  const input = `${directory}/verify-${randomUUID()}`;
  await writeFile(input, nulSeparated(files.map(({ path }) => `./${path}` as BytePath)));
  const found: ComparedFile[] = [];
  const messages = messagesReader([settings.source, settings.destination], () => undefined);
  const output = outputReader({
    line: (line) => {
      const file = readComparedFile(line);
      if (file !== undefined) found.push(file);
    },
  });
  const { exitCode } = await askProgram(
    {
      program: rsync,
      launcher,
      arguments: comparisonArguments(settings, leavesAccessTimes),
      input,
      onOutput: output.write,
      onError: messages.write,
    },
    signal,
  );
  const statistics = output.end();
  await rm(input, { force: true });
  signal.throwIfAborted();
  const { severity, words, retry } = meaningOf(exitCode, statistics !== undefined);
  const { lines, onlyVanished } = messages.end();
  // What is gone at the source since it was listed is not there to be compared.
  if (severity !== "failure" || (exitCode === 23 && onlyVanished)) return { files: found, failure: undefined };
  const [line] = lines;
  const why = line === undefined ? words : `${words}: ${line}`;
  return { files: found, failure: { words: why, retry, wentThrough: exitCode === 23 } };
}
