import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repository } from "./runner.ts";

/** How the command is started. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What runs the script instead of the node that runs the tests. */
  readonly node?: string;
}

/** How the command ended. */
export interface FinishedCommand {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves when standard output holds what is looked for. */
  shows(what: RegExp): Promise<void>;
  readonly finished: Promise<FinishedCommand>;
}

/** The bundle of the command. */
export const commandBundle = join(repository, "dist", "cli.cjs");

/** Starts `dailysync` as cron would: no terminal, and nothing of a workflow in the environment. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const child = spawn(options.node ?? process.execPath, [commandBundle, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env["PATH"], HOME: options.cwd ?? "/nonexistent", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const finished = new Promise<FinishedCommand>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  const shows = async (what: RegExp) => {
    while (!what.test(stdout)) await once(child.stdout, "data");
  };
  return { child, shows, finished };
}

/** Runs `dailysync` and waits for its end. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<FinishedCommand> {
  return startCommand(args, options).finished;
}

/** Inputs as flags. */
export function flags(inputs: Readonly<Record<string, string>>): string[] {
  return Object.entries(inputs).map(([name, value]) => `--${name}=${value}`);
}
