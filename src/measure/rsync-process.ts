import { type Activity, activityOf } from "./activity.ts";
import type { KeptFile } from "./kept-file.ts";

/** What a process did since it was looked at before. */
export interface Look {
  /** Seconds of each activity that it is known of. */
  readonly spent: readonly (readonly [Activity, number])[];
  /** Bytes that it read, and of them those that came from a device; undefined where that was not asked for or may not be read. */
  readonly bytes: { readonly read: number; readonly fromDevice: number } | undefined;
}

/** A process that is looked at again and again. */
export interface WatchedProcess {
  readonly pid: number;
  /** Undefined once it has ended. */
  readonly look: () => Look | undefined;
  readonly close: () => void;
}

export interface ProcessOptions {
  readonly keep: (path: string) => KeptFile;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Collects what could not be read, in words. */
  readonly missing: Set<string>;
  /** As in process.arch. */
  readonly architecture: string;
}

/** The files of a process. */
type File = "schedstat" | "syscall" | "wchan" | "stat" | "io";

/** What /proc/PID/syscall says of a process that has ended and waits for its parent. */
const ended = "-1 0x0 0x0";

/**
 * A process from a moment on. Time on a CPU and waiting for one is exact, from the scheduler's statistics; the time between, in which it
 * waited, goes to what it is seen to wait for at its end.
 *
 * @param sinceMs the moment on the clock, for a process that began then; undefined for one that has run before, and counts from now on
 * @param withBytes whether what it reads is asked for
 */
export function watchProcess(
  pid: number,
  { keep, now, missing, architecture }: ProcessOptions,
  sinceMs: number | undefined,
  withBytes: boolean,
): WatchedProcess {
  const files: Partial<Record<File, KeptFile>> = {};
  /** Opens a file when it is first asked for. */
  const read = (file: File): string | undefined => {
    files[file] ??= keep(`/proc/${pid}/${file}`);
    return files[file].read();
  };
  /** Nanoseconds on a CPU and waiting for one, at the look before. */
  let { ran, queued } = (sinceMs === undefined ? schedulingOf(read("schedstat")) : undefined) ?? { ran: 0, queued: 0 };
  let atMs = sinceMs ?? now();
  let bytes = { read: 0, fromDevice: 0 };
  /**
   * Seconds of waiting of which it is not known yet for what. The kernel adds up time in a queue only once it is over, so that some of
   * them may turn out to have been that; below zero where more of it than those comes at once.
   */
  let waited = 0;

  const bytesSince = (): Look["bytes"] => {
    const now = withBytes ? bytesOf(read("io")) : undefined;
    if (now === undefined) return undefined;
    const since = {
      read: Math.max(0, now.read - bytes.read),
      fromDevice: Math.max(0, now.fromDevice - bytes.fromDevice),
    };
    bytes = now;
    return since;
  };
  return {
    pid,
    look: () => {
      const statistics = schedulingOf(read("schedstat"));
      const call = read("syscall");
      const state = call === undefined ? stateOf(read("stat")) : undefined;
      if (call === undefined ? state === undefined || /[ZX]/.test(state) : call.startsWith(ended)) return undefined;
      if (call === undefined) missing.add("/proc/PID/syscall of rsync's processes may not be read");
      if (statistics === undefined) missing.add("/proc/PID/schedstat could not be read");
      const channel = call === undefined || call.startsWith("running") ? undefined : read("wchan");
      const thenMs = atMs;
      atMs = now();
      const onCpu = Math.max(0, (statistics?.ran ?? ran) - ran) / 1e9;
      const inQueue = Math.max(0, (statistics?.queued ?? queued) - queued) / 1e9;
      ran = statistics?.ran ?? ran;
      queued = statistics?.queued ?? queued;
      waited += (atMs - thenMs) / 1000 - onCpu - inQueue;
      const spent: (readonly [Activity, number])[] = [
        ["onCpu", onCpu],
        ["waitingForCpu", inQueue],
      ];
      const activity = activityOf({ state, call, channel }, architecture);
      if (activity !== undefined) {
        spent.push([activity, Math.max(0, waited)]);
        waited = Math.min(0, waited);
      }
      return { spent, bytes: bytesSince() };
    },
    close: () => {
      for (const file of Object.values(files)) file.close();
    },
  };
}

/** `run-time queue-time slices` (Documentation/scheduler/sched-stats.rst), in nanoseconds. */
function schedulingOf(text: string | undefined): { readonly ran: number; readonly queued: number } | undefined {
  const [ran, queued] = (text ?? "").split(" ").map(Number);
  return ran === undefined || queued === undefined || Number.isNaN(ran + queued) ? undefined : { ran, queued };
}

/** The state letter: behind the name, which may hold blanks and parentheses. */
function stateOf(text: string | undefined): string | undefined {
  return text?.slice(text.lastIndexOf(")") + 2, text.lastIndexOf(")") + 3) || undefined;
}

/** `rchar` and `read_bytes` of /proc/PID/io (proc(5)). */
function bytesOf(text: string | undefined): { readonly read: number; readonly fromDevice: number } | undefined {
  const read = /^rchar: (\d+)$/m.exec(text ?? "")?.[1];
  const fromDevice = /^read_bytes: (\d+)$/m.exec(text ?? "")?.[1];
  return read === undefined || fromDevice === undefined
    ? undefined
    : { read: Number(read), fromDevice: Number(fromDevice) };
}
