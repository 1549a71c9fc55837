import { describe, expect, test } from "@jest/globals";
import {
  type Activity,
  activities,
  activityOf,
  addActivities,
  knowsCallsOf,
  noActivities,
} from "../../../src/measure/activity.ts";

const page = "0x7f31c8a5e000 0x40000 0x0 0x0 0x0 0x7ffc44e8b6f8 0x7f31c7d1a7f2";

describe("on x64 a process", () => {
  test.each<[string, string, string | undefined, Activity | undefined]>([
    [
      "that polls waits for another one",
      "7 0x7ffc44e8b7a0 0x2 0xea60 0x0 0x0 0x0",
      "poll_schedule_timeout.constprop.0",
      "peer",
    ],
    ["that polls nothing sleeps", "7 0x0 0x0 0x64 0x0 0x0 0x0", "poll_schedule_timeout.constprop.0", "asleep"],
    ["that polls by ppoll waits for another one", "271 0x7ffc44e8b7a0 0x1 0x0", "poll_schedule_timeout", "peer"],
    [
      "that selects from nothing sleeps, as rsync does for --bwlimit",
      "270 0x0 0x0 0x0 0x0 0x7ffc44e8b6d0 0x0 0x7ffc44e8b6a8 0x7f31c7d1a7f2",
      "poll_schedule_timeout.constprop.0",
      "asleep",
    ],
    ["that selects from descriptors waits for another one", "270 0x6 0x7ffc 0x0 0x0 0x7ffc", "do_select", "peer"],
    ["that selects by the old call does too", "23 0x6 0x7ffc 0x0 0x0 0x7ffc", "do_select", "peer"],
    ["that sleeps sleeps", "230 0x0 0x0 0x7ffd3cac1810 0x7ffd3cac1850 0x0 0x0", "hrtimer_nanosleep", "asleep"],
    ["that waits for its child waits for another one", "61 0xffffffff 0x7ffc 0x0 0x0", "do_wait", "peer"],
    ["that reads a page waits for data", `0 0x3 ${page}`, "folio_wait_bit_common", "fileData"],
    ["that reads a page of an old kernel does too", `0 0x3 ${page}`, "wait_on_page_bit_common", "fileData"],
    ["that reads over FUSE waits for data", `17 0x3 ${page}`, "request_wait_answer", "fileData"],
    ["that reads over NFS waits for data", `0 0x3 ${page}`, "nfs_wait_bit_killable", "fileData"],
    ["that writes over NFS and must wait for the server is throttled", `1 0x1 ${page}`, "nfs_wb_folio", "throttled"],
    ["that writes waits for data", `1 0x1 ${page}`, "rwsem_down_write_slowpath", "fileData"],
    ["that reads from a socket waits for another one", `0 0x5 ${page}`, "unix_stream_read_generic", "peer"],
    ["that writes to a socket does too", `1 0x4 ${page}`, "sock_alloc_send_pskb", "peer"],
    ["that reads from a pipe does too", `0 0x5 ${page}`, "anon_pipe_read", "peer"],
    ["that wrote more than the storage takes is throttled", `1 0x1 ${page}`, "balance_dirty_pages", "throttled"],
    [
      "that wrote so much is throttled in a variant that the compiler made too",
      `1 0x1 ${page}`,
      "balance_dirty_pages_ratelimited_flags",
      "throttled",
    ],
    [
      "that asks for an entry waits for metadata",
      "262 0xffffff9c 0x7ffc 0x7ffc 0x100",
      "request_wait_answer",
      "fileMetadata",
    ],
    ["that lists a directory waits for metadata", "217 0x3 0x55d0 0x8000", "rpc_wait_bit_killable", "fileMetadata"],
    ["that renames waits for metadata", "82 0x7ffc 0x7ffc", "jbd2_log_wait_commit", "fileMetadata"],
    ["that removes a file deletes", "87 0x7ffc", "request_wait_answer", "deleting"],
    ["that removes a directory deletes", "84 0x7ffc", "request_wait_answer", "deleting"],
    ["that waits until data is written syncs", "74 0x3", "folio_wait_bit_common", "fsync"],
    ["that looks for memory while it reads waits for memory", `0 0x3 ${page}`, "shrink_node", "memory"],
    ["that reclaims directly does too", `1 0x1 ${page}`, "throttle_direct_reclaim", "memory"],
    ["that is at its group's limit does too", "262 0xffffff9c", "try_charge_memcg", "memory"],
    ["that was swapped out does too", "7 0x7ffc 0x2 0xea60", "do_swap_page", "memory"],
    ["outside of any call waits for a page", "-1 0x7ffc44e8b7a0 0x7f31c7d1a7f2", "folio_wait_bit_common", "memory"],
    ["whose kernel function is not told is told by its call", `0 0x3 ${page}`, undefined, "fileData"],
    ["in a call that is not listed does something else", "202 0x7ffc 0x80 0x0", "futex_wait_queue", "unknown"],
    ["of which nonsense is told does something else", "nonsense", "nonsense", "unknown"],
    ["that runs waits for nothing", "running", undefined, undefined],
    ["that runs again waits for nothing, whatever it slept in before", "running\n", "folio_wait_bit_common", undefined],
    ["whose function has no name, or that was woken meanwhile", `0 0x3 ${page}`, "0", "fileData"],
  ])("%s", (_name, call, channel, activity) => {
    expect(activityOf({ call, channel }, "x64")).toBe(activity);
    expect(activityOf({ call: call.endsWith("\n") ? call : `${call}\n`, channel }, "x64")).toBe(activity);
  });
});

test.each<[string, string, string | undefined, Activity | undefined]>([
  ["ppoll", "73 0xffffd8a0 0x2 0xffffd880", "poll_schedule_timeout", "peer"],
  ["pselect6 of nothing", "72 0x0 0x0 0x0 0x0 0xffffd880", "poll_schedule_timeout", "asleep"],
  ["pselect6", "72 0x6 0xffffd8a0 0x0 0x0 0xffffd880", "do_select", "peer"],
  ["clock_nanosleep", "115 0x0 0x0 0xffffd8a0", "hrtimer_nanosleep", "asleep"],
  ["newfstatat", "79 0xffffff9c 0xffff", "request_wait_answer", "fileMetadata"],
  ["read", `63 0x3 ${page}`, "folio_wait_bit_common", "fileData"],
  ["read of a socket", `63 0x3 ${page}`, "unix_stream_read_generic", "peer"],
  ["write beyond what the storage takes", `64 0x3 ${page}`, "balance_dirty_pages", "throttled"],
  ["unlinkat", "35 0xffffff9c 0xffff", "request_wait_answer", "deleting"],
  ["fsync", "82 0x3", "folio_wait_bit_common", "fsync"],
  ["wait4", "260 0xffffffff", "do_wait", "peer"],
  ["no call", "-1 0xffffd8a0 0xffffd880", "folio_wait_bit_common", "memory"],
  ["nothing", "running", undefined, undefined],
])("on arm64 %s is told from its own numbers", (_name, call, channel, activity) => {
  expect(activityOf({ call, channel }, "arm64")).toBe(activity);
});

test.each<[string, Activity | undefined]>([
  ["D", "uninterruptible"],
  ["S", "unknown"],
  ["R", undefined],
])("of a process whose call may not be read, state %s means %s", (state, activity) => {
  // The kernel gives 0 for the function of a process that may not be looked into.
  for (const channel of [undefined, "0"]) expect(activityOf({ state, call: undefined, channel }, "x64")).toBe(activity);
});

test("of a process of which nothing may be read nothing is known", () => {
  expect(activityOf({ call: undefined, channel: undefined }, "x64")).toBe("unknown");
});

test.each<[string, string | undefined, Activity | undefined]>([
  [`63 0x3 ${page}`, "balance_dirty_pages", "throttled"],
  [`63 0x3 ${page}`, "shrink_node", "memory"],
  ["-1 0x7ffc 0x7f31", "folio_wait_bit_common", "memory"],
  [`63 0x3 ${page}`, "folio_wait_bit_common", "unknown"],
  ["running", undefined, undefined],
])("on an unknown architecture %s in %s is %s: only what the kernel's function tells", (call, channel, activity) => {
  expect(activityOf({ call, channel }, "riscv64")).toBe(activity);
});

test("system calls of two architectures are known", () => {
  expect(["x64", "arm64", "riscv64", "ia32"].map(knowsCallsOf)).toEqual([true, true, false, false]);
});

test("activities are added one by one", () => {
  const sum = addActivities({ ...noActivities(), onCpu: 1, peer: 2 }, { ...noActivities(), onCpu: 3, fsync: 4 });
  expect(sum).toEqual({ ...noActivities(), onCpu: 4, peer: 2, fsync: 4 });
  expect(Object.keys(sum)).toEqual([...activities]);
});
