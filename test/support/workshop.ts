import { readFileSync } from "node:fs";
import type { Portion, Shard, ShardKind } from "../../src/plan/shard.ts";
import type { Command, ProcessEnd, RunningProgram } from "../../src/program.ts";
import type { RsyncSettings } from "../../src/rsync/arguments.ts";
import type { Workshop } from "../../src/run/workshop.ts";
import { raw } from "./tree.ts";

/** A shard of one project; what a test is about is given. */
export function shard(given: Partial<Shard> = {}): Shard {
  return {
    ...{ id: 0, kind: "deep", names: [raw("./alpha")], portions: portions("alpha") },
    ...{ weight: 1, bytes: 0, fresh: false, after: [] },
    ...given,
  };
}

/** A shard of a kind with these names. */
export function shardOf(id: number, kind: ShardKind, names: readonly string[], projects: readonly string[]): Shard {
  return shard({ id, kind, names: names.map(raw), portions: portions(...projects), weight: names.length });
}

export function portions(...projects: readonly string[]): Portion[] {
  return projects.map((project) => ({ project: raw(project), entries: 1 }));
}

/** Settings without anything special. */
export const plainSettings: RsyncSettings = {
  source: "/source",
  destination: "/destination",
  delete: false,
  dryRun: false,
  preserve: new Set(),
  oneFileSystem: false,
  filter: [],
  exclude: [],
  rsyncArgs: [],
  bandwidthLimit: undefined,
  timeout: 0,
};

/** A workshop with plain settings. */
export function workshop(directory: string, given: Partial<Workshop> = {}): Workshop {
  return {
    rsync: "/nonexistent/rsync",
    launcher: { command: [], ownGroup: false },
    directory,
    signal: new AbortController().signal,
    folderRules: [],
    ours: new Set(),
    settings: plainSettings,
    ...given,
  };
}

/** How one start of a pretended program goes. */
export interface Turn {
  /** Where none is given, an rsync that ends with 0 or 24 says that there was nothing to do. */
  readonly output?: string;
  readonly errors?: string;
  /** The exit code, or undefined for a signal; `hangs` until it is killed. */
  readonly end: number | undefined | "hangs";
}

/** Statistics, as an rsync that came to its end prints them. */
const noWork = "Total file size: 0 bytes\n";
const endsWell = ({ end }: Turn): boolean => end === 0 || end === 24;

/** Pretends to be rsync or another program: each start takes the next turn, the last one for ever. Keeps what it was given and told. */
export function pretended(...turns: readonly Turn[]): {
  readonly start: (command: Command) => RunningProgram;
  readonly commands: Command[];
  /** What each found on its standard input. */
  readonly inputs: string[];
  readonly signals: string[];
} {
  const commands: Command[] = [];
  const inputs: string[] = [];
  const signals: string[] = [];
  const start = (command: Command): RunningProgram => {
    const turn = turns[Math.min(commands.length, turns.length - 1)] ?? { end: 0 };
    commands.push(command);
    inputs.push(readFileSync(command.input, "latin1"));
    command.onOutput(Buffer.from(turn.output ?? (endsWell(turn) ? noWork : ""), "latin1"));
    command.onError(Buffer.from(turn.errors ?? "", "latin1"));
    let finish: (end: ProcessEnd) => void = () => undefined;
    const ended = new Promise<ProcessEnd>((resolve) => {
      finish = resolve;
    });
    if (turn.end !== "hangs") finish({ exitCode: turn.end });
    return {
      pid: () => undefined,
      ended,
      kill: (signal) => {
        signals.push(signal);
        finish({ exitCode: undefined });
      },
    };
  };
  return { start, commands, inputs, signals };
}
