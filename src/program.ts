import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { exec } from "@actions/exec";

/** Programs that become the one that is meant, so that it can be ended as a whole and does not outlive us. */
export interface Launcher {
  /** The words in front of the program's own; empty where the system has none of these programs. */
  readonly command: readonly string[];
  /** Whether the program and its own children are a process group. */
  readonly ownGroup: boolean;
  /** The id of the run that it works for: the next run finds by it what outlives this one. */
  readonly run?: string | undefined;
}

/** Holds the run's id in the environment of what it starts. */
export const runVariable = "DAILYSYNC_RUN";

/** One program to start. */
export interface Command {
  /** Its absolute path. */
  readonly program: string;
  readonly launcher: Launcher;
  readonly arguments: readonly string[];
  /** The file that becomes its standard input. */
  readonly input: string;
  readonly onOutput: (chunk: Uint8Array) => void;
  readonly onError: (chunk: Uint8Array) => void;
}

/** How a process ended. */
export interface ProcessEnd {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
}

export interface RunningProgram {
  /** Its process id, of an rsync the sender's; undefined until it runs and where it could not be started. */
  readonly pid: () => number | undefined;
  readonly ended: Promise<ProcessEnd>;
  /** Sends a signal to it and its children; does nothing when they are gone. */
  readonly kill: (signal: "SIGTERM" | "SIGKILL") => void;
}

/**
 * `@actions/exec` gives no process id, so the shell says its own before it becomes the program. The script is fixed; file and
 * arguments are its parameters, never part of it.
 */
const script = 'printf "%s\\n" "$$" && exec "$@" < "$0"';

/** What @actions/exec waits for output that a grandchild may hold open after the exit, in milliseconds (its default is 10 s). */
const outputGraceMs = 2000;

/**
 * Starts a program through @actions/exec. This file is the only place that starts processes of our own.
 *
 * @throws never; a binary that cannot be run ends with exit code 126 or 127, as in a shell
 */
export function startProgram(command: Command): RunningProgram {
  let pid: number | undefined;
  let killed: "SIGTERM" | "SIGKILL" | undefined;
  let over = false;
  let firstLine: string | undefined = "";
  const kill = (signal: "SIGTERM" | "SIGKILL"): void => {
    killed = signal;
    if (pid === undefined || over) return;
    // Before setsid has run there is no group yet: the process itself is always meant too.
    if (command.launcher.ownGroup) sendSignal(-pid, signal);
    sendSignal(pid, signal);
  };
  const stdout = (chunk: Buffer): void => {
    if (firstLine === undefined) {
      command.onOutput(chunk);
      return;
    }
    firstLine += chunk.toString("latin1");
    const end = firstLine.indexOf("\n");
    if (end < 0) return;
    pid = Number(firstLine.slice(0, end));
    const rest = Buffer.from(firstLine.slice(end + 1), "latin1");
    firstLine = undefined;
    if (killed !== undefined) kill(killed);
    if (rest.length > 0) command.onOutput(rest);
  };
  const ended = exec(
    "/bin/sh",
    ["-c", script, command.input, ...command.launcher.command, command.program, ...command.arguments],
    {
      silent: true,
      ignoreReturnCode: true,
      delay: outputGraceMs,
      env: environment(command.launcher.run),
      listeners: { stdout, stderr: command.onError },
    },
  ).then(
    // The type says number; a process that a signal ended resolves to null (toolrunner.ts).
    (exitCode: number | null) => ({ exitCode: exitCode ?? undefined }),
    (error: unknown) => {
      command.onError(Buffer.from(`${String(error)}\n`));
      return { exitCode: 126 };
    },
  );
  return {
    pid: () => pid,
    ended: ended.finally(() => {
      // What of it is still there (one that was stopped ends at no SIGTERM) must not work beside the next try.
      if (pid !== undefined && command.launcher.ownGroup) sendSignal(-pid, "SIGKILL");
      over = true;
    }),
    kill,
  };
}

/** Runs a program that only answers a question and has nothing to finish: a cancellation kills it at once. */
export async function askProgram(command: Command, signal: AbortSignal | undefined): Promise<ProcessEnd> {
  const child = startProgram(command);
  const end = (): void => child.kill("SIGKILL");
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end, { once: true });
  const ended = await child.ended;
  signal?.removeEventListener("abort", end);
  return ended;
}

/** How a program that was asked with a descriptor ended, and what it said on its standard error. */
export interface DescriptorAnswer extends ProcessEnd {
  readonly complaint: string;
}

/**
 * Asks a program that works on an open file, which it gets as its descriptor 3. Through node:child_process, since @actions/exec passes
 * no further descriptors on.
 *
 * @throws never; 126 stands for a program that cannot be run
 */
export function askWithDescriptor(
  program: string,
  args: readonly string[],
  descriptor: number,
): Promise<DescriptorAnswer> {
  return new Promise((resolve) => {
    let complaint = "";
    const child = spawn(program, args, {
      env: environment(undefined),
      stdio: ["ignore", "ignore", "pipe", descriptor],
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      complaint += chunk.toString("latin1");
    });
    child.once("error", (error) => resolve({ exitCode: 126, complaint: String(error) }));
    child.once("close", (exitCode) => resolve({ exitCode: exitCode ?? undefined, complaint }));
  });
}

/**
 * Runs a program that has nothing to tell but what went wrong; a cancellation kills it.
 *
 * @returns the first line of its complaint, or how it ended; undefined when it ended with 0
 */
export async function complaintOf(
  command: Pick<Command, "program" | "launcher" | "arguments"> & Partial<Pick<Command, "input">>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let said = "";
  const onError = (chunk: Uint8Array): void => {
    if (!said.includes("\n")) said += Buffer.from(chunk).toString("latin1");
  };
  const { exitCode } = await askProgram({ input: "/dev/null", ...command, onOutput: () => undefined, onError }, signal);
  if (exitCode === 0) return undefined;
  return said.split("\n")[0] || `${command.program} ended with ${exitCode ?? "a signal"}`;
}

/** The first executable file of that name in PATH, absolute. */
export function findProgram(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter(isAbsolute)
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @param target a process id, or below zero that of a process group */
function sendSignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // Gone already.
  }
}

/**
 * Variables that change what rsync does, or what a shell does before it reads its script. RSYNC_*: rsync(1), "environment variables";
 * among them is a program to start for a remote end. HOME: popt reads options for rsync from ~/.popt. CVSIGNORE: patterns of
 * `--cvs-exclude`. The others are bash's, where it is /bin/sh: functions that take the place of printf (BASH_FUNC_), files that it
 * reads first, and a prompt for tracing whose value is run (PS4, with SHELLOPTS).
 */
const meddling = /^(RSYNC_|BASH_|(HOME|CVSIGNORE|ENV|SHELLOPTS|BASHOPTS|PS4)$)/;

/** Ours, in the C locale, so that messages and numbers have one form, and without the variables that change what rsync does. */
function environment(run: string | undefined): Record<string, string> {
  const all: Record<string, string> = { LC_ALL: "C", ...(run === undefined ? {} : { [runVariable]: run }) };
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && !(name in all) && !meddling.test(name)) all[name] = value;
  return all;
}
