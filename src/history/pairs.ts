import { readdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf, messageOf } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import { readPrivateFile } from "../private-file.ts";
import { fileName, isHistory, type PastRun, runsIn } from "./history.ts";

/** The runs of one source and destination. */
export interface PairHistory {
  readonly source: string;
  readonly destination: string;
  /** Oldest first. */
  readonly runs: readonly PastRun[];
}

/** What a directory remembers. */
export interface KnownPairs {
  /** Those that ran last come last. */
  readonly pairs: readonly PairHistory[];
  /** Why files were left out: a sentence each. */
  readonly ignored: readonly string[];
}

/**
 * Every source and destination that a directory has a history of; none where there is no such directory.
 *
 * @throws what readdir throws
 */
export function readPairs(directory: string): KnownPairs {
  const pairs: PairHistory[] = [];
  const ignored: string[] = [];
  for (const name of namesIn(directory).filter((one) => fileName.test(one))) {
    const path = join(directory, name);
    try {
      const read: unknown = JSON.parse(readPrivateFile(path));
      const { source, destination } = isHistory(read) ? read : {};
      if (isHistory(read) && typeof source === "string" && typeof destination === "string")
        pairs.push({ source, destination, runs: runsIn(read) });
      else ignored.push(`the history in ${quoted(path)} is of another version`);
    } catch (error) {
      ignored.push(`the history in ${quoted(path)} cannot be read: ${messageOf(error)}`);
    }
  }
  const lastOf = ({ runs }: PairHistory): string => runs.at(-1)?.startedAt ?? "";
  return { pairs: pairs.sort((one, other) => (lastOf(one) < lastOf(other) ? -1 : 1)), ignored };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
