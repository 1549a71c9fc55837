import type { Log } from "../log/log.ts";
import type { FlagDefinitions } from "./flags.ts";

/** What a command writes to, and what the meaning of its words depends on. */
export interface Terminal {
  readonly print: (text: string) => void;
  /** For what is wrong. */
  readonly log: Pick<Log, "warning" | "error">;
  /** Characters a line; undefined where nothing says so. */
  readonly columns: number | undefined;
  readonly colour: boolean;
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** What stands behind the first word of a command line, where that is no flag. */
export interface Command {
  readonly flags: FlagDefinitions;
  /**
   * @param words what follows the command's name
   * @returns the exit status
   * @throws UsageError, RefusedError
   */
  readonly run: (words: readonly string[], terminal: Terminal) => number | Promise<number>;
}

/** Exit statuses, as of a backup. */
export const done = 0;
export const refused = 1;
export const badUsage = 2;
