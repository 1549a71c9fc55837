import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { codeOf } from "../errors.ts";
import { quoted } from "../inputs/quoted.ts";
import { orUndefined } from "../measure/read-file.ts";

/** Who holds a destination: what a lock file says. */
export interface Holder {
  readonly formatVersion: 1;
  readonly runId: string;
  readonly host: string;
  /** The kernel's random name for this boot of this machine: two machines may have one name, but never one of these. */
  readonly bootId: string;
  /** In which the process id counts: the containers of a machine have one each. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** When the process began, in the kernel's ticks since boot: another with the same id began at another time. */
  readonly processStarted: string;
  /** The workflow run's address. */
  readonly url?: string | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** This process, as the holder of a lock. */
export function ourselves(run: {
  readonly id: string;
  readonly url: string | undefined;
  readonly startedAt: Date;
}): Holder {
  return {
    formatVersion: 1,
    runId: run.id,
    host: hostname(),
    bootId: thisBoot(),
    pidNamespace: thisNamespace(),
    pid: process.pid,
    processStarted: beginningOf(process.pid) ?? "",
    url: run.url,
    startedAt: run.startedAt.toISOString(),
  };
}

/** The holder in a lock file's text; undefined where it is none of ours. Whoever can write there may have written it. */
export function parseHolder(text: string): Holder | undefined {
  const read: unknown = orUndefined(() => JSON.parse(text));
  return isHolder(read) ? read : undefined;
}

/** Whether the holder's process id can be looked at from here. */
export function isHere({ bootId, pidNamespace }: Holder): boolean {
  return bootId !== "" && bootId === thisBoot() && pidNamespace === thisNamespace();
}

/** Whether a holder that is here still runs; a process that has ended and was not waited for yet does not. */
export function isAlive({ pid, processStarted }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's. /proc may hide those.
    if (codeOf(error) === "ESRCH") return false;
  }
  const stat = statOf(pid);
  return stat === undefined || (stat.started === processStarted && stat.state !== "Z" && stat.state !== "X");
}

/** For a message: `the run that began 2026-11-26 02:17:05 UTC (process 1234 on this machine)`. */
export function runOf(holder: Holder | undefined): string {
  if (holder === undefined) return "a run that has not said who it is";
  const { startedAt, pid, host, bootId, url } = holder;
  const where = isHere(holder)
    ? "on this machine"
    : `on ${bootId === thisBoot() ? "this machine, in the container" : "host"} ${quoted(host)}`;
  const page = url === undefined ? "" : `, ${url}`;
  return `the run that began ${startedAt.slice(0, 19).replace("T", " ")} UTC (process ${pid} ${where}${page})`;
}

function isHolder(read: unknown): read is Holder {
  if (typeof read !== "object" || read === null) return false;
  const { formatVersion, runId, host, bootId, pidNamespace, pid, processStarted, url, startedAt } = read as Record<
    keyof Holder,
    unknown
  >;
  return (
    formatVersion === 1 &&
    matches(runId, /^[\da-f-]{36}$/) &&
    typeof host === "string" &&
    typeof bootId === "string" &&
    typeof pidNamespace === "string" &&
    typeof pid === "number" &&
    Number.isInteger(pid) &&
    // 0 and negative ones would mean groups of processes.
    pid > 0 &&
    typeof processStarted === "string" &&
    matches(startedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) &&
    (url === undefined || matches(url, /^https?:\/\/[\x21-\x7e]{1,500}$/))
  );
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

/** The random name of this boot; empty where the kernel does not tell. */
export function thisBoot(): string {
  return orUndefined(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) ?? "";
}

function thisNamespace(): string {
  return orUndefined(() => readlinkSync("/proc/self/ns/pid")) ?? "";
}

function beginningOf(pid: number): string | undefined {
  return statOf(pid)?.started;
}

/** State and start of a process: fields 3 and 22 of /proc/PID/stat (proc(5)); the name before them may hold anything. */
function statOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  const text = orUndefined(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, started] = [fields?.[0], fields?.[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}
