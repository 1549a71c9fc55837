import type { Command } from "./command.ts";

/** A command as the help tells of it. What it does is loaded only when it is asked for: a backup needs none of it. */
export interface CommandEntry {
  readonly name: string;
  /** What follows its name. */
  readonly usage: string;
  readonly purpose: string;
  readonly load: () => Promise<Command>;
}

/** What a command line can start with instead of a flag. */
export const commands: readonly CommandEntry[] = [
  {
    name: "init",
    usage: "DESTINATION [--marker=NAME]",
    purpose: "makes the file by which the input marker knows a destination.",
    load: async () => (await import("./init.ts")).init,
  },
  {
    name: "report",
    usage: "--from FILE... [--format FORMAT]",
    purpose: "shows what report.json of earlier runs hold, one after the other.",
    load: async () => (await import("./report.ts")).report,
  },
  {
    name: "history",
    usage: "[--source DIR] [--destination DIR] [--state-dir DIR] [--json]",
    purpose: "lists the last 90 runs of a source and a destination.",
    load: async () => (await import("./history.ts")).history,
  },
];
