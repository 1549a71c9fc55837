/**
 * A small emulator of the GitHub Actions runner: does to a JavaScript action what Runner.Worker does, as read in the
 * sources of actions/runner 2.336.0, whose files the comments name. No network, no server, no container.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Command } from "./runner/command.ts";
import { parseCommandFile } from "./runner/command-file.ts";
import { type Job, jobEnvironment, machineEnvironment } from "./runner/environment.ts";
import { LineSplitter } from "./runner/line-splitter.ts";
import { type ProcessOnMachine, processesWith } from "./runner/processes.ts";
import { type Annotation, StepLog } from "./runner/step-log.ts";

/** How an action is started. */
export interface ActionOptions {
  /** Inputs as a workflow gives them; the others get their defaults from action.yml. */
  readonly with?: Readonly<Record<string, string>>;
  /** Further environment variables, as a step's `env` gives them. */
  readonly env?: Readonly<Record<string, string>>;
  /** The node to run the action with; the one that runs the tests unless given. */
  readonly node?: string;
  /** As if a person had enabled debug logging. */
  readonly debug?: boolean;
  /** Values to mask from the start, as a workflow's secrets are. */
  readonly secrets?: readonly string[];
  /** The directory that holds action.yml; this repository unless given. */
  readonly action?: string;
}

/** What a step leaves behind. */
export interface FinishedAction {
  readonly conclusion: "success" | "failure" | "cancelled";
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly outputs: Readonly<Record<string, string>>;
  /** The job summary, masked; undefined if there is none or it was too large. */
  readonly summary: string | undefined;
  readonly annotations: readonly Annotation[];
  /** Annotations beyond the ten of a kind that are kept. */
  readonly droppedAnnotations: readonly Annotation[];
  /** Every workflow command that was carried out. */
  readonly commands: readonly Command[];
  /** The log as a person reads it, one entry a line. */
  readonly log: readonly string[];
  /** Processes of the step that outlived it; they are ended before this is handed over. */
  readonly orphans: readonly ProcessOnMachine[];
  /** True if something still held the output pipes after the step's own process had ended. */
  readonly outputHeldOpen: boolean;
  /** From start to the end of the step's process. */
  readonly seconds: number;
  /** From cancel() to the end of the step's process; undefined without a cancel. */
  readonly secondsAfterCancel: number | undefined;
}

/** An action that runs. */
export interface RunningAction {
  readonly pid: number;
  /** GITHUB_WORKSPACE, where the action starts. */
  readonly workspace: string;
  /** RUNNER_TEMP. It and the workspace stay until removeRunnerDirectories(). */
  readonly temp: string;
  /** XDG_STATE_HOME, apart from the person's own. */
  readonly state: string;
  /** Cancels the job; resolves when the step's process has ended or was killed. */
  cancel(): Promise<void>;
  /** Sends one signal to the step's process alone. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the first line of the log, past ones too, that the test accepts; rejects if the step ends without one. */
  line(accepts: (line: string) => boolean): Promise<string>;
  /** The step's processes now, its own node left out. */
  children(): Promise<ProcessOnMachine[]>;
  readonly finished: Promise<FinishedAction>;
}

/** This repository. */
export const repository = fileURLToPath(new URL("../..", import.meta.url));

// ProcessInvoker.cs: _sigintTimeout and _sigtermTimeout; the last wait is ProcessExitedHandler's.
const millisecondsAfterInterrupt = 7500;
const millisecondsAfterTerminate = 2500;
const millisecondsForOutput = 5000;
// FileCommandManager.cs, CreateStepSummaryCommand.AttachmentSizeLimit.
const largestSummary = 1024 * 1024;
// FileCommandManager.cs, one FilePrefix an extension; the variables are how the github context shows them.
const commandFiles = {
  GITHUB_ENV: "set_env_",
  GITHUB_OUTPUT: "set_output_",
  GITHUB_PATH: "add_path_",
  GITHUB_STATE: "save_state_",
  GITHUB_STEP_SUMMARY: "step_summary_",
} as const;

const directories: string[] = [];

/** Removes what every started action had as workspace and temporary directory; call it in afterAll. */
export async function removeRunnerDirectories(): Promise<void> {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
}

/** Starts an action and waits for its end. */
export async function runAction(options: ActionOptions = {}): Promise<FinishedAction> {
  return (await startAction(options)).finished;
}

/** Starts an action as a step of a job. */
export async function startAction(options: ActionOptions = {}): Promise<RunningAction> {
  const action = resolve(options.action ?? repository);
  const definition = await readDefinition(action);
  const root = await mkdtemp(join(tmpdir(), "runner-"));
  directories.push(root);
  const [workspace, temp, state] = [join(root, "workspace"), join(root, "temp"), join(root, "state")] as const;
  const files = join(temp, "_runner_file_commands");
  const job: Job = {
    root,
    workspace,
    temp,
    state,
    event: join(temp, "_github_workflow", "event.json"),
    trackingId: `github_${randomUUID()}`,
  };
  for (const directory of [workspace, files, state, dirname(job.event)]) await mkdir(directory, { recursive: true });
  await writeFile(job.event, "{}");

  const listeners = new Set<(line: string) => void>();
  const log = new StepLog(options.debug === true, options.secrets ?? [], (line) => {
    for (const listener of listeners) listener(line);
  });
  const { inputs, unexpected } = resolveInputs(definition, options.with ?? {});
  // ActionRunner.cs: an input that action.yml does not know is only warned of.
  if (unexpected.length > 0)
    log.annotate(
      "warning",
      `Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${Object.keys(inputs).join("', '")}']`,
    );

  const paths: Record<string, string> = {};
  for (const [variable, prefix] of Object.entries(commandFiles)) {
    paths[variable] = join(files, prefix + randomUUID());
    await writeFile(paths[variable], "");
  }
  const startedAt = performance.now();
  // NodeScriptActionHandler.cs: node, the script's path and nothing else, in the workspace, standard input closed.
  const child = spawn(options.node ?? process.execPath, [join(action, definition.main)], {
    cwd: workspace,
    env: {
      ...machineEnvironment(),
      ...jobEnvironment(options.debug === true, job),
      ...options.env,
      ...paths,
      ...inputVariables(inputs),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<Ending>((resolveEnding, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => resolveEnding({ exitCode, signal, at: performance.now() }));
  });
  const outputHeldOpen = readOutput(child, ended, log);
  let cancelledAt: number | undefined;
  const others = async () =>
    (await processesWith("RUNNER_TRACKING_ID", job.trackingId)).filter((found) => found.pid !== child.pid);

  const finished = (async (): Promise<FinishedAction> => {
    const ending = await ended;
    const orphans = await survivors(others);
    const held = await outputHeldOpen;
    for (const orphan of orphans) endProcess(orphan.pid);
    for (let tries = 0; tries < 50 && (await others()).length > 0; tries++) await pause(20);
    const outputs = await readFileCommands(log, paths);
    const summary = await readSummary(log, paths["GITHUB_STEP_SUMMARY"] ?? "");
    const failed = ending.exitCode !== 0 || log.failed;
    return {
      // StepsRunner.cs: a step of a cancelled job is cancelled, whatever it returned.
      conclusion: cancelledAt !== undefined ? "cancelled" : failed ? "failure" : "success",
      exitCode: ending.exitCode,
      signal: ending.signal,
      outputs,
      summary,
      annotations: log.annotations,
      droppedAnnotations: log.droppedAnnotations,
      commands: log.commands,
      log: log.lines,
      orphans,
      outputHeldOpen: held,
      seconds: (ending.at - startedAt) / 1000,
      secondsAfterCancel: cancelledAt === undefined ? undefined : (ending.at - cancelledAt) / 1000,
    };
  })();
  // A test that fails before it waits must not end the whole test process with an unhandled rejection.
  finished.catch(() => {});

  return {
    pid: child.pid ?? -1,
    workspace,
    temp,
    state,
    finished,
    kill: (signal) => void child.kill(signal),
    children: others,
    cancel: async () => {
      cancelledAt ??= performance.now();
      await climbKillLadder(child, ended);
    },
    line: (accepts) =>
      new Promise((found, reject) => {
        const earlier = log.lines.find(accepts);
        if (earlier !== undefined) return found(earlier);
        const listener = (line: string) => {
          if (!accepts(line)) return;
          listeners.delete(listener);
          found(line);
        };
        listeners.add(listener);
        finished.then(
          () => reject(new Error(`the action ended without the line that was waited for:\n${log.lines.join("\n")}`)),
          reject,
        );
      }),
  };
}

interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly at: number;
}

interface Definition {
  readonly main: string;
  readonly inputs: Readonly<Record<string, string>>;
}

async function readDefinition(action: string): Promise<Definition> {
  const text = await readFile(join(action, "action.yml"), "utf8");
  const document = parse(text) as {
    inputs?: Record<string, { default?: unknown } | null>;
    runs: { using: string; main: string };
  };
  if (!/^node\d+$/.test(document.runs.using)) throw new Error(`not a JavaScript action: ${document.runs.using}`);
  const inputs: Record<string, string> = {};
  for (const [name, input] of Object.entries(document.inputs ?? {})) {
    inputs[name] = input?.default === undefined ? "" : String(input.default);
    if (inputs[name].includes("${{")) throw new Error(`the emulator evaluates no expressions: input ${name}`);
  }
  return { main: document.runs.main, inputs };
}

/** ActionRunner.cs: a given value wins over the default, names compare without case. */
function resolveInputs(definition: Definition, given: Readonly<Record<string, string>>) {
  const inputs: Record<string, string> = { ...definition.inputs };
  const known = new Map(Object.keys(inputs).map((name) => [name.toLowerCase(), name]));
  const unexpected: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const declared = known.get(name.toLowerCase());
    if (declared === undefined) unexpected.push(name);
    inputs[declared ?? name] = value;
  }
  return { inputs, unexpected };
}

/** Handler.cs, AddInputsToEnvironment: spaces become underscores, hyphens stay, upper case. */
function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]),
  );
}

/** Feeds the log; resolves with whether the pipes stayed open for longer than the runner waits after the exit. */
async function readOutput(child: ChildProcess, ended: Promise<Ending>, log: StepLog): Promise<boolean> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const drained = Promise.all(
    streams.map(async (stream) => {
      const splitter = new LineSplitter((line) => log.receive(line));
      stream.on("data", (chunk: Buffer) => splitter.push(chunk));
      await new Promise((closed) => stream.once("close", closed));
      splitter.end();
    }),
  );
  await ended.catch(() => {});
  const timer = new AbortController();
  const held = await Promise.race([
    drained.then(() => false),
    pause(millisecondsForOutput, true, { signal: timer.signal }).catch(() => true),
  ]);
  timer.abort();
  for (const stream of streams) stream.destroy();
  await drained;
  return held;
}

/** ProcessInvoker.cs, CancelAndKillProcessTree: to the step's process alone, the last signal too (NixKillProcessTree). */
async function climbKillLadder(child: ChildProcess, ended: Promise<Ending>): Promise<void> {
  const rungs = [
    ["SIGINT", millisecondsAfterInterrupt],
    ["SIGTERM", millisecondsAfterTerminate],
  ] as const;
  for (const [signal, milliseconds] of rungs) {
    child.kill(signal);
    const timer = new AbortController();
    const gone = await Promise.race([
      ended.then(() => true),
      pause(milliseconds, false, { signal: timer.signal }).catch(() => false),
    ]);
    timer.abort();
    if (gone) return;
  }
  child.kill("SIGKILL");
  await ended;
}

/** Those that are still there on a second look: a process just killed needs a moment to leave /proc. */
async function survivors(others: () => Promise<ProcessOnMachine[]>): Promise<ProcessOnMachine[]> {
  const first = await others();
  if (first.length === 0) return [];
  await pause(200);
  const living = new Set((await others()).map((found) => found.pid));
  return first.filter((found) => living.has(found.pid));
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile.
  }
}

/** FileCommandManager.cs, ProcessFiles: runs on every way out; a file that cannot be read as pairs fails the step. */
async function readFileCommands(log: StepLog, paths: Record<string, string>): Promise<Record<string, string>> {
  const outputs: Record<string, string> = { ...log.outputs };
  for (const [variable, name] of [
    ["GITHUB_OUTPUT", "output"],
    ["GITHUB_STATE", "state"],
    ["GITHUB_ENV", "env"],
  ] as const) {
    try {
      const pairs = parseCommandFile(await readFile(paths[variable] ?? "", "utf8"));
      if (variable === "GITHUB_OUTPUT") Object.assign(outputs, pairs);
    } catch (thrown) {
      log.annotate("error", `Unable to process file command '${name}' successfully.`);
      log.fail(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  return outputs;
}

/** FileCommandManager.cs, CreateStepSummaryCommand: masked line by line; dropped whole, with an error, above 1 MiB. */
async function readSummary(log: StepLog, path: string): Promise<string | undefined> {
  const size = await stat(path).then(
    (status) => status.size,
    () => 0,
  );
  if (size === 0) return undefined;
  if (size > largestSummary) {
    log.annotate(
      "error",
      `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${largestSummary / 1024}k, got ${Math.floor(size / 1024)}k.`,
    );
    return undefined;
  }
  const lines = (await readFile(path, "utf8")).split(/\r\n|\n|\r/);
  return lines.map((line) => log.masked(line)).join("\n");
}
