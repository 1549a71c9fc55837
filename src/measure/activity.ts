/*
 * What a process is doing at one moment, from three files that Linux keeps for it: its state and system call, and the kernel function
 * that it sleeps in (proc(5): /proc/PID/stat, syscall, wchan).
 */

/** Where a process of rsync can spend its time. */
export const activities = [
  /** Computing. */
  "onCpu",
  /** Ready to compute and waiting for a CPU, the pauses of a CPU quota included. */
  "waitingForCpu",
  /** Reading or writing the contents of files. */
  "fileData",
  /** Asking for or changing what file systems keep of files: names, attributes, directories. */
  "fileMetadata",
  /** Removing entries. */
  "deleting",
  /** Made to wait while memory with unwritten data is written out (dirty throttling). */
  "throttled",
  /** Waiting until data is on the storage. */
  "fsync",
  /** Waiting for memory: reclaim, swap, pages of a program that were pushed out. */
  "memory",
  /** Waiting for another process of the same rsync. */
  "peer",
  /** Asleep for a time: a bandwidth limit. */
  "asleep",
  /** In an uninterruptible wait, nearly always for storage, of which no more may be read (a process of another user). */
  "uninterruptible",
  /** Waiting for something that none of the above says. */
  "unknown",
] as const;
export type Activity = (typeof activities)[number];

/** Seconds, or shares, of each activity. */
export type Activities = Readonly<Record<Activity, number>>;

/** What a system call says of a process that waits in it. */
type CallKind = "data" | "metadata" | "removal" | "sync" | "peer" | "sleep" | "select" | "poll";

/** Numbers of Linux's system calls that rsync's processes wait in: arch/x86/entry/syscalls/syscall_64.tbl. */
const x64: Readonly<Record<CallKind, readonly number[]>> = {
  // read write pread64 pwrite64 readv writev sendfile truncate ftruncate fadvise64 splice fallocate preadv pwritev copy_file_range preadv2 pwritev2
  data: [0, 1, 17, 18, 19, 20, 40, 76, 77, 221, 275, 285, 295, 296, 326, 327, 328],
  metadata: [
    // open close stat fstat lstat access getdents chdir fchdir rename mkdir creat link symlink readlink
    ...[2, 3, 4, 5, 6, 21, 78, 80, 81, 82, 83, 85, 86, 88, 89],
    // chmod fchmod chown fchown lchown utime mknod statfs fstatfs
    ...[90, 91, 92, 93, 94, 132, 133, 137, 138],
    // setxattr … fremovexattr, getdents64 utimes openat mkdirat mknodat fchownat futimesat newfstatat
    ...[188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 198, 199, 217, 235, 257, 258, 259, 260, 261, 262],
    // renameat linkat symlinkat readlinkat fchmodat faccessat utimensat renameat2 statx openat2 faccessat2 fchmodat2
    ...[264, 265, 266, 267, 268, 269, 280, 316, 332, 437, 439, 452],
  ],
  // rmdir unlink unlinkat
  removal: [84, 87, 263],
  // msync fsync fdatasync sync sync_file_range syncfs
  sync: [26, 74, 75, 162, 277, 306],
  // sendto recvfrom sendmsg recvmsg wait4 epoll_wait waitid epoll_pwait
  peer: [44, 45, 46, 47, 61, 232, 247, 281],
  // nanosleep clock_nanosleep
  sleep: [35, 230],
  // select pselect6
  select: [23, 270],
  // poll ppoll
  poll: [7, 271],
};

/** The same on arm64, whose numbers are the generic ones: include/uapi/asm-generic/unistd.h. */
const arm64: typeof x64 = {
  // truncate ftruncate fallocate read write readv writev pread64 pwrite64 preadv pwritev sendfile splice fadvise64 copy_file_range preadv2 pwritev2
  data: [45, 46, 47, 63, 64, 65, 66, 67, 68, 69, 70, 71, 76, 223, 285, 286, 287],
  metadata: [
    // setxattr … fremovexattr, mknodat mkdirat symlinkat linkat renameat statfs fstatfs faccessat chdir fchdir
    ...[5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 33, 34, 36, 37, 38, 43, 44, 48, 49, 50],
    // fchmod fchmodat fchownat fchown openat close getdents64 readlinkat newfstatat fstat utimensat
    ...[52, 53, 54, 55, 56, 57, 61, 78, 79, 80, 88],
    // renameat2 statx openat2 faccessat2 fchmodat2
    ...[276, 291, 437, 439, 452],
  ],
  // unlinkat
  removal: [35],
  // sync fsync fdatasync sync_file_range msync syncfs
  sync: [81, 82, 83, 84, 227, 267],
  // epoll_pwait waitid sendto recvfrom sendmsg recvmsg wait4
  peer: [22, 95, 206, 207, 211, 212, 260],
  // nanosleep clock_nanosleep
  sleep: [101, 115],
  // pselect6
  select: [72],
  // ppoll
  poll: [73],
};

const tables: Readonly<Record<string, ReadonlyMap<number, CallKind>>> = { x64: byNumber(x64), arm64: byNumber(arm64) };

function byNumber(table: typeof x64): ReadonlyMap<number, CallKind> {
  const kinds = Object.entries(table) as [CallKind, readonly number[]][];
  return new Map(kinds.flatMap(([kind, numbers]) => numbers.map((number) => [number, kind] as const)));
}

/** Whether system calls of this processor architecture (as in process.arch) can be told apart. */
export function knowsCallsOf(architecture: string): boolean {
  return tables[architecture] !== undefined;
}

/*
 * Families of kernel functions. Their names change between versions, so that only their beginnings count; what matters most, data
 * or metadata, follows from the system call, which never changes.
 */
const throttling = /^(balance_dirty_pages|nfs_wb_|wait_on_congested|fuse_wait_on_congest)/;
const reclaiming =
  /reclaim|^(shrink_|try_charge|mem_cgroup_|obj_cgroup_|do_swap_page|swap_|congestion_wait|out_of_memory|wait_iff_congested)/;
const talking = /^(unix_|sock_|__skb_|skb_|pipe_|anon_pipe_|wait_for_unix|poll_|do_poll|do_select|ep_poll|tcp_|inet_)/;

/** What the files say; a text is undefined where it could not be read. */
export interface Glimpse {
  /** The third column of /proc/PID/stat; only needed where `call` could not be read. */
  readonly state?: string | undefined;
  /** /proc/PID/syscall: `running`, or the number and the arguments. */
  readonly call: string | undefined;
  /** /proc/PID/wchan: the function; `0` where it was woken meanwhile, and always where the kernel has no names (CONFIG_KALLSYMS). */
  readonly channel: string | undefined;
}

/**
 * What a process waits for; undefined while it waits for nothing but maybe a CPU, which its scheduling statistics tell exactly.
 *
 * @param architecture as in process.arch
 */
export function activityOf({ state, call, channel }: Glimpse, architecture: string): Activity | undefined {
  if (call === undefined) {
    if (state === "R") return undefined;
    return state === "D" ? "uninterruptible" : "unknown";
  }
  // The kernel says so of all that it could run, also of those that it does not run at the moment (task_current_syscall).
  if (call.startsWith("running")) return undefined;
  if (channel !== undefined && throttling.test(channel)) return "throttled";
  if (channel !== undefined && reclaiming.test(channel)) return "memory";
  const [number, first, second] = call.split(" ");
  // Outside of any call: a page of the program, or of its memory, that has to be read.
  if (number === "-1") return "memory";
  switch (tables[architecture]?.get(Number(number))) {
    case "data":
      return channel !== undefined && talking.test(channel) ? "peer" : "fileData";
    case "metadata":
      return "fileMetadata";
    case "removal":
      return "deleting";
    case "sync":
      return "fsync";
    case "peer":
      return "peer";
    case "sleep":
      return "asleep";
    // Without a descriptor to wait for only the time is waited for: rsync's --bwlimit (io.c, sleep_for_bwlimit).
    case "select":
      return Number(first) === 0 ? "asleep" : "peer";
    case "poll":
      return Number(second) === 0 ? "asleep" : "peer";
    default:
      return "unknown";
  }
}

/** Nothing of any activity. */
export function noActivities(): Record<Activity, number> {
  return Object.fromEntries(activities.map((activity) => [activity, 0])) as Record<Activity, number>;
}

/** The sum of two. */
export function addActivities(one: Activities, other: Activities): Activities {
  const sum = noActivities();
  for (const activity of activities) sum[activity] = one[activity] + other[activity];
  return sum;
}
