import { type Activities, type Activity, knowsCallsOf, noActivities } from "./activity.ts";
import { type KeptFile, keepFile } from "./kept-file.ts";
import { orUndefined, type ReadFile } from "./read-file.ts";
import { type WatchedProcess, watchProcess } from "./rsync-process.ts";

/**
 * The processes of one rsync between two directories: the sender reads the source, its child, the generator, compares and deletes at
 * the destination, and the generator's child, the receiver, writes there (rsync's main.c: do_cmd, do_recv).
 */
export const roles = ["sender", "generator", "receiver"] as const;
export type Role = (typeof roles)[number];

/** What the processes of all rsyncs did, added up. */
export interface Watched {
  /** Seconds of each activity, by role. */
  readonly roles: Readonly<Record<Role, Activities>>;
  /** Seconds of senders, of which all is known that they did: rsyncs' time, as far as it was seen. */
  readonly seconds: number;
  /** How often a sender was looked at. */
  readonly glimpses: number;
  /** Bytes that the senders read, and of them those that came from a device; undefined where that may not be read. */
  readonly readBytes: number | undefined;
  readonly deviceReadBytes: number | undefined;
  /** CPU seconds that the looking itself took. */
  readonly costSeconds: number;
}

export interface RsyncWatch {
  /** Looks at an rsync, whose sender has the process id that the function gives, until the function that is returned is called. */
  readonly add: (pid: () => number | undefined) => () => void;
  /** How many rsyncs are looked at now. */
  readonly count: () => number;
  /** Everything so far. */
  readonly total: () => Watched;
  readonly stop: () => void;
}

export interface RsyncWatchOptions {
  readonly readFile: ReadFile;
  /** Opens a file that is read again and again. */
  readonly keep?: (path: string) => KeptFile;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Collects what could not be read, in words. */
  readonly missing: Set<string>;
  /** As in process.arch. */
  readonly architecture?: string;
  /** CPU time of this process in microseconds; what a look costs is told by it. */
  readonly cpuMicroseconds?: () => number;
  /** Calls a function after so many milliseconds, unless the function that is returned is called before. */
  readonly after?: (milliseconds: number, call: () => void) => () => void;
}

/** Milliseconds between two looks, at least: 10 times a second. */
const shortestMs = 100;
/** The most of one core that looking may take; more rsyncs are looked at less often. */
const dearestShare = 0.015;
/** And at most, however slow the machine is at the moment: too seldom would see nothing. */
const longestMs = 2000;
/** Of the last looks' costs, how much a new one counts. */
const smoothing = 0.2;

/** Files that are kept open of each rsync, and the part of all open files that may be: the rsyncs need theirs. */
const filesPerRsync = 10;
const partOfFiles = 0.25;
/** Open files that every system allows. */
const usualFiles = 1024;

/** The processes of one rsync, as far as they were found. */
interface Family {
  readonly pid: () => number | undefined;
  readonly sinceMs: number;
  readonly members: Map<Role, WatchedProcess>;
}

/**
 * Looks at the processes of all running rsyncs several times a second: with many looks each kind of waiting gets its share of the time
 * (as in AzCopy's states of chunks and in Tanel Poder's pSnapper).
 *
 * Never throws: what cannot be read is named in `missing`.
 */
export function watchRsyncs({
  readFile,
  keep = keepFile,
  now,
  missing,
  architecture = process.arch,
  cpuMicroseconds = ownCpu,
  after = later,
}: RsyncWatchOptions): RsyncWatch {
  const families = new Set<Family>();
  const sums: Record<Role, Record<Activity, number>> = {
    sender: noActivities(),
    generator: noActivities(),
    receiver: noActivities(),
  };
  let [seconds, glimpses, costSeconds, costMs] = [0, 0, 0, 0];
  let readBytes: number | undefined;
  let deviceReadBytes: number | undefined;
  let cancel: (() => void) | undefined;
  if (!knowsCallsOf(architecture))
    missing.add(`what processes wait for: system calls of ${architecture} are not known`);

  const read = (path: string): string | undefined => orUndefined(() => readFile(path));
  const openFiles = Number(/^Max open files +(\d+)/m.exec(read("/proc/self/limits") ?? "")?.[1] ?? usualFiles);
  const most = Math.max(1, Math.floor((openFiles * partOfFiles) / filesPerRsync));
  const options = { keep, now, missing, architecture };
  /** Adds what a process did since the last look; false once it has ended. */
  const look = (role: Role, process: WatchedProcess): boolean => {
    const seen = process.look();
    if (seen === undefined) return false;
    for (const [activity, spent] of seen.spent) {
      sums[role][activity] += spent;
      if (role === "sender") seconds += spent;
    }
    if (role === "sender") glimpses++;
    if (seen.bytes !== undefined) {
      readBytes = (readBytes ?? 0) + seen.bytes.read;
      deviceReadBytes = (deviceReadBytes ?? 0) + seen.bytes.fromDevice;
    }
    return true;
  };
  /** Finds the members that are not known yet. */
  const grow = ({ pid, sinceMs, members }: Family): void => {
    const sender = pid();
    if (sender === undefined) return;
    // The sender's whole life counts: a shell becomes it.
    if (!members.has("sender")) members.set("sender", watchProcess(sender, options, sinceMs, true));
    for (const [parent, child] of [
      ["sender", "generator"],
      ["generator", "receiver"],
    ] as const) {
      const above = members.get(parent)?.pid;
      if (above === undefined || members.has(child)) continue;
      const children = read(`/proc/${above}/task/${above}/children`);
      // A kernel without them (CONFIG_PROC_CHILDREN), unless the process has ended meanwhile.
      if (children === undefined && read(`/proc/${above}/stat`) !== undefined)
        missing.add("/proc/PID/task/TID/children could not be read");
      const [first] = (children ?? "").split(" ");
      if (first) members.set(child, watchProcess(Number(first), options, undefined, false));
    }
  };
  /** What a process waited for at its end is not known, so that this time counts for nothing. */
  const leave = (members: Family["members"], role: Role): void => {
    members.get(role)?.close();
    members.delete(role);
  };
  const leaveAll = ({ members }: Family): void => {
    for (const role of roles) leave(members, role);
  };
  const lookAtAll = (): void => {
    const before = cpuMicroseconds();
    for (const family of families) {
      if (family.members.size < roles.length) grow(family);
      for (const [role, process] of family.members) if (!look(role, process)) leave(family.members, role);
    }
    const costNow = (cpuMicroseconds() - before) / 1000;
    costSeconds += costNow / 1000;
    costMs = costMs === 0 ? costNow : costMs + smoothing * (costNow - costMs);
    schedule();
  };
  const schedule = (): void => {
    cancel =
      families.size === 0
        ? undefined
        : after(Math.min(longestMs, Math.max(shortestMs, costMs / dearestShare)), lookAtAll);
  };
  return {
    add: (pid) => {
      // Of more rsyncs than that, the rest is not looked at.
      if (families.size >= most) return () => undefined;
      const family: Family = { pid, sinceMs: now(), members: new Map() };
      families.add(family);
      if (cancel === undefined) schedule();
      return () => {
        families.delete(family);
        leaveAll(family);
      };
    },
    count: () => families.size,
    total: () => ({
      roles: {
        sender: { ...sums.sender },
        generator: { ...sums.generator },
        receiver: { ...sums.receiver },
      },
      ...{ seconds, glimpses, readBytes, deviceReadBytes, costSeconds },
    }),
    stop: () => {
      for (const family of families) leaveAll(family);
      families.clear();
      cancel?.();
      cancel = undefined;
    },
  };
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function later(milliseconds: number, call: () => void): () => void {
  const timer = setTimeout(call, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
}
