/**
 * Runs workflows with nektos/act on this machine itself, without containers: it reads the workflow, evaluates its expressions, finds
 * the actions, calls reusable workflows and starts each step. What it does otherwise than GitHub is in test/runner/README.md.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { machineEnvironment } from "../support/runner/environment.ts";
import { LineSplitter } from "../support/runner/line-splitter.ts";
import { repository } from "../support/runner.ts";

/** How a workflow is started. */
export interface WorkflowOptions {
  /** The event; schedule unless given. */
  readonly event?: string;
  /** Inputs of a dispatch. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Further environment variables of every step. */
  readonly env?: Readonly<Record<string, string>>;
  /** More workflows of the calling repository, by their names in .github/workflows. */
  readonly workflows?: Readonly<Record<string, string>>;
  /** More actions: a directory for each `owner/repository@reference`. */
  readonly actions?: Readonly<Record<string, string>>;
}

/** A line that act writes: what it does, a workflow command, or what a step printed. */
export interface Entry {
  readonly msg: string;
  readonly level?: string;
  readonly job?: string;
  readonly jobResult?: string;
  readonly step?: string;
  readonly stepID?: readonly string[];
  readonly stage?: string;
  readonly stepResult?: string;
  /** The workflow command that the entry is of; set-output and summary also for what came in files. */
  readonly command?: string;
  /** The name that a command sets. */
  readonly name?: string;
  readonly arg?: string;
  /** The summary's text. */
  readonly content?: string;
  /** True for what a step printed. */
  readonly raw_output?: boolean;
}

/** What a run of a workflow leaves behind. */
export interface FinishedWorkflow {
  readonly exitCode: number | null;
  /** success or failure, by workflow and job, as in `nightly backup/backup`. */
  readonly jobs: Readonly<Record<string, string>>;
  /** How the steps ended that ran, by their names or ids. */
  readonly steps: Readonly<Record<string, string>>;
  /** Outputs by the id of their step. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly summaries: readonly string[];
  readonly entries: readonly Entry[];
  /** What the steps printed, commands left out. */
  readonly log: readonly string[];
  /** Everything act wrote, for the message of a test that fails. */
  readonly all: string;
}

/** A workflow that runs. */
export interface RunningWorkflow {
  readonly act: ChildProcess;
  readonly finished: Promise<FinishedWorkflow>;
}

/** Why no workflow can be run here; undefined if it can. scripts/runner.mjs says where act is. */
export const noAct =
  spawnSync(process.env["ACT"] ?? "act", ["--version"]).status === 0 ? undefined : "act is not installed";

/** A repository that calls dailysync, with what act needs beside it. Everything lies in one directory. */
export class CallingRepository {
  readonly root = mkdtempSync(join(tmpdir(), "workflow-"));
  /** What the runs keep as artifacts, a directory each. */
  readonly artifacts = join(this.root, "artifacts");
  /** XDG_STATE_HOME of the steps: its path in a process's environment tells that the process is one of these runs'. */
  readonly state = join(this.root, "state");
  readonly #repository = join(this.root, "caller");
  readonly #dailysync = join(this.root, "dailysync");

  constructor() {
    mkdirSync(this.artifacts);
    mkdirSync(this.state);
    // What OWNER/dailysync@v1 is: the files that a run of it reads.
    for (const path of ["action.yml", "dist", ".github"])
      cpSync(join(repository, path), join(this.#dailysync, path), { recursive: true });
    // act knows no $/ (it asks for an @); this is the same file of the same commit. Nor does it know queue.
    const reusable = ".github/workflows/backup.yml";
    const text = readFileSync(join(repository, reusable), "utf8").replace(/^ *queue: max\n/m, "");
    writeFileSync(join(this.#dailysync, reusable), replaced(text, "uses: $/", "uses: OWNER/dailysync/", "@v1"));
    mkdirSync(this.#repository);
    for (const words of [
      ["init", "-q"],
      ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm.", "--allow-empty"],
    ])
      spawnSync("git", words, { cwd: this.#repository });
  }

  /** Runs a workflow, given as its text, and waits for its end. */
  async run(workflow: string, options: WorkflowOptions = {}): Promise<FinishedWorkflow> {
    return this.start(workflow, options).finished;
  }

  /** Starts a workflow, given as its text. */
  start(workflow: string, options: WorkflowOptions = {}): RunningWorkflow {
    const directory = join(this.#repository, ".github", "workflows");
    mkdirSync(directory, { recursive: true });
    const file = join(directory, "workflow.yml");
    for (const [name, text] of Object.entries({ ...options.workflows, "workflow.yml": workflow }))
      writeFileSync(join(directory, name), text);
    const pairs = (option: string, values: Readonly<Record<string, string>> = {}) =>
      Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
    const act = spawn(
      process.env["ACT"] ?? "act",
      [
        ...[options.event ?? "schedule", "--json", "--no-cache-server", "--workflows", file],
        // Every label stands for this machine. One job at a time, as one self-hosted runner takes them.
        ...["self-hosted", "ubuntu-24.04"].flatMap((label) => ["--platform", `${label}=-self-hosted`]),
        ...["--concurrent-jobs", "1", "--action-cache-path", join(this.root, "cache")],
        ...pairs("--local-repository", {
          "OWNER/dailysync@v1": this.#dailysync,
          ...this.#standIns(),
          ...options.actions,
        }),
        ...pairs("--input", options.inputs),
        ...pairs("--secret", options.secrets),
        ...pairs("--env", { ARTIFACTS: this.artifacts, XDG_STATE_HOME: this.state, ...options.env }),
      ],
      {
        cwd: this.#repository,
        stdio: ["ignore", "pipe", "pipe"],
        // act hands its own environment to the steps; its node is the first on PATH.
        env: { ...machineEnvironment(), PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` },
      },
    );
    return { act, finished: finished(act) };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The commits of actions/upload-artifact that our workflows name, each the stand-in beside this file. */
  #standIns(): Record<string, string> {
    const names = ["examples/nightly.yml", ".github/workflows/backup.yml"].flatMap((path) =>
      [...readFileSync(join(repository, path), "utf8").matchAll(/uses: (actions\/upload-artifact@\S+)/g)].map(
        ([, name = ""]) => name,
      ),
    );
    return Object.fromEntries(names.map((name) => [name, join(repository, "test", "runner", "upload-artifact")]));
  }
}

/** The text of a committed workflow, but for the paths that are replaced; each must be there. */
export function workflow(path: string, paths: Readonly<Record<string, string>> = {}): string {
  return Object.entries(paths).reduce(
    (text, [from, to]) => replaced(text, from, to),
    readFileSync(join(repository, path), "utf8"),
  );
}

/** Replaces a word's beginning wherever it stands, and adds to the word's end. */
function replaced(text: string, from: string, to: string, atEnd = ""): string {
  if (!text.includes(from)) throw new Error(`not in the workflow: ${from}`);
  return text
    .split(from)
    .map((part, index) => (index === 0 ? part : to + part.replace(/^\S*/, (word) => word + atEnd)))
    .join("");
}

async function finished(act: ChildProcess): Promise<FinishedWorkflow> {
  const entries: Entry[] = [];
  let all = "";
  for (const stream of [act.stdout, act.stderr]) {
    const splitter = new LineSplitter((line) => {
      all += `${line}\n`;
      if (line.startsWith("{")) entries.push(JSON.parse(line) as Entry);
    });
    stream?.on("data", (chunk: Buffer) => splitter.push(chunk));
    stream?.on("end", () => splitter.end());
  }
  const exitCode = await new Promise<number | null>((ended, reject) => {
    act.once("error", reject);
    act.once("close", ended);
  });
  const outputs: Record<string, Record<string, string>> = {};
  for (const { command, stepID = [], name = "", arg = "" } of entries)
    if (command === "set-output") {
      const step = stepID.at(-1) ?? "";
      outputs[step] = { ...outputs[step], [name]: arg };
    }
  const named = (key: "job" | "step", result: "jobResult" | "stepResult") =>
    Object.fromEntries(
      entries.flatMap((entry) => (entry[result] === undefined ? [] : [[entry[key] ?? "", entry[result]]])),
    );
  return {
    exitCode,
    jobs: named("job", "jobResult"),
    steps: named("step", "stepResult"),
    outputs,
    summaries: entries.flatMap(({ command, content }) =>
      command === "summary" && content !== undefined ? [content] : [],
    ),
    entries,
    log: entries.flatMap(({ raw_output: raw, msg }) => (raw === true ? [msg.replace(/\r?\n$/, "")] : [])),
    all,
  };
}
