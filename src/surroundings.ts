import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import type { Log } from "./log/log.ts";
import type { Latencies } from "./survey/latency.ts";

/** Where a run takes place; what only tests change has a default. */
export interface Surroundings {
  readonly log: Log;
  /** Aborted by a cancellation. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** The workflow run's address. */
  readonly url?: string | undefined;
  /** Each rsync's arguments and output go to the log. */
  readonly debug?: boolean;
  /** The directory for temporary files. */
  readonly temporary?: string | undefined;
  /** The least weight of a shard, in seconds: a test makes small trees split. */
  readonly leastSeconds?: number;
  /** What a test says that requests take. */
  readonly latencies?: Latencies;
  /** Milliseconds before a second try. */
  readonly firstPauseMs?: number;
}

/**
 * Gives Node as many threads for file functions as the survey has requests in flight; its own number is 4. Has an effect only
 * before the first such function is called.
 */
export function widenThreadPool(): void {
  process.env["UV_THREADPOOL_SIZE"] ??= "64";
}

/**
 * Keeps V8 from making room for more and more young objects: a survey makes millions that live for a moment. With a million files in
 * 50,000 directories a run took 133 MB instead of 198 MB, and no more time.
 */
export function boundYoungObjects(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** A reader that closed our output (`| head`, a terminal that is gone) ends what is shown, not the backup. */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

/** What requests still under way are given to end, in milliseconds. */
const lastPatienceMs = 300;

/**
 * Ends the process. process.exit waits for file requests under way, and one to a dead mount never returns: after a failure or
 * a cancellation, that of us is left to the kernel.
 */
export async function endProcess(status: number): Promise<void> {
  const hangs = (): boolean => process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"));
  if (status !== 0 && hangs()) {
    await pause(lastPatienceMs);
    if (hangs()) process.kill(process.pid, "SIGKILL");
  }
  process.exit(status);
}

/** The page of the workflow run, or undefined outside a workflow. */
export function runPage(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = variables;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}
