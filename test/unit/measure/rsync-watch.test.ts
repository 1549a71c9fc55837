import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { activities, knowsCallsOf, noActivities } from "../../../src/measure/activity.ts";
import { type RsyncWatch, type RsyncWatchOptions, roles, watchRsyncs } from "../../../src/measure/rsync-watch.ts";

/** A process of a fake Linux; texts as the kernel gives them. */
class Process {
  readonly pid: number;
  ranMs = 0;
  queuedMs = 0;
  call = "running";
  channel = "0";
  state = "S";
  children: readonly number[] = [];
  readBytes = 0;
  deviceReadBytes = 0;
  /** Files that may not be read, or that this kernel does not have. */
  denied: readonly string[] = [];

  constructor(pid: number, given: Partial<Process> = {}) {
    this.pid = pid;
    Object.assign(this, given);
  }

  text(file: string): string | undefined {
    const texts: Readonly<Record<string, string>> = {
      schedstat: `${Math.round(this.ranMs * 1e6)} ${Math.round(this.queuedMs * 1e6)} 7\n`,
      syscall: `${this.call}\n`,
      wchan: this.channel,
      stat: `${this.pid} (rsync) (a) b) ${this.state} 1 1 1 0 -1 4194560\n`,
      io: `rchar: ${this.readBytes}\nwchar: 5\nsyscr: 1\nread_bytes: ${this.deviceReadBytes}\nwrite_bytes: 0\n`,
      [`task/${this.pid}/children`]: this.children.map((pid) => `${pid} `).join(""),
    };
    return this.denied.includes(file.replace(/.*\//, "")) ? undefined : texts[file];
  }
}

const waits = {
  data: { call: "0 0x3 0x7f31 0x40000", channel: "folio_wait_bit_common" },
  metadata: { call: "262 0xffffff9c 0x7ffc", channel: "request_wait_answer" },
  peer: { call: "7 0x7ffc 0x2 0xea60", channel: "poll_schedule_timeout.constprop.0" },
  ran: { call: "running", channel: "0" },
  ended: { call: "-1 0x0 0x0", channel: "0", state: "Z" },
} as const;

/** A Linux with a clock of its own, in which something is called when its time has come. */
class Machine {
  atMs = 0;
  cpuMs = 0;
  /** What one look at everything costs. */
  lookMs = 0;
  readonly processes = new Map<number, Process>();
  readonly missing = new Set<string>();
  readonly open = new Set<object>();
  readonly pauses: number[] = [];
  opened = 0;
  timer: { readonly dueMs: number; readonly call: () => void } | undefined;
  readonly watch: RsyncWatch;

  constructor(given: Partial<RsyncWatchOptions> = {}) {
    const read = (path: string): string | undefined => {
      if (path === "/proc/self/limits")
        return "Max processes 1 1\nMax open files            2000                 4096\n";
      const [, pid, file = ""] = /^\/proc\/(\d+)\/(.*)$/.exec(path) ?? [];
      return this.processes.get(Number(pid))?.text(file);
    };
    this.watch = watchRsyncs({
      readFile: (path) => {
        const text = read(path);
        if (text === undefined) throw new Error(`ENOENT: ${path}`);
        return text;
      },
      keep: (path) => {
        const handle = {};
        this.open.add(handle);
        this.opened++;
        return { read: () => read(path), close: () => this.open.delete(handle) };
      },
      now: () => this.atMs,
      missing: this.missing,
      architecture: "x64",
      cpuMicroseconds: () => {
        this.cpuMs += this.lookMs;
        return this.cpuMs * 1000;
      },
      after: (milliseconds, call) => {
        this.pauses.push(milliseconds);
        const timer = { dueMs: this.atMs + milliseconds, call };
        this.timer = timer;
        return () => {
          if (this.timer === timer) this.timer = undefined;
        };
      },
      ...given,
    });
  }

  run(process: Process): Process {
    this.processes.set(process.pid, process);
    return process;
  }

  /** Lets time pass, with all looks that are due meanwhile. */
  pass(milliseconds: number): void {
    const endMs = this.atMs + milliseconds;
    while (this.timer !== undefined && this.timer.dueMs <= endMs) {
      const { dueMs, call } = this.timer;
      this.timer = undefined;
      this.atMs = Math.max(this.atMs, dueMs);
      call();
    }
    this.atMs = endMs;
  }
}

/** A machine with one rsync: sender 1, generator 2, receiver 3. */
function rsync(given: Partial<RsyncWatchOptions> = {}) {
  const machine = new Machine(given);
  const sender = machine.run(new Process(1, { children: [2] }));
  const generator = machine.run(new Process(2, { children: [3] }));
  const receiver = machine.run(new Process(3));
  return { machine, sender, generator, receiver };
}

const seconds = (machine: Machine, role: (typeof roles)[number] = "sender") =>
  Object.fromEntries(Object.entries(machine.watch.total().roles[role]).filter(([, spent]) => spent > 0));

describe("seconds of a process", () => {
  test("on a CPU and waiting for one are exact, from its start on, and the rest goes to what it is seen to wait for", () => {
    const { machine, sender } = rsync();
    machine.watch.add(() => 1);
    Object.assign(sender, waits.data, { ranMs: 30, queuedMs: 20 });
    machine.pass(100);
    expect(seconds(machine)).toEqual({
      onCpu: expect.closeTo(0.03),
      waitingForCpu: expect.closeTo(0.02),
      fileData: expect.closeTo(0.05),
    });
    Object.assign(sender, waits.metadata, { ranMs: 40 });
    machine.pass(100);
    expect(seconds(machine)).toEqual({
      onCpu: expect.closeTo(0.04),
      waitingForCpu: expect.closeTo(0.02),
      fileData: expect.closeTo(0.05),
      fileMetadata: expect.closeTo(0.09),
    });
    expect(machine.watch.total()).toMatchObject({ seconds: expect.closeTo(0.2), glimpses: 2 });
  });

  test("that it waited before it was seen running go to what it waits for next", () => {
    const { machine, sender } = rsync();
    machine.watch.add(() => 1);
    Object.assign(sender, waits.ran, { ranMs: 10 });
    machine.pass(100);
    expect(seconds(machine)).toEqual({ onCpu: expect.closeTo(0.01) });
    Object.assign(sender, waits.data);
    machine.pass(100);
    expect(seconds(machine)).toEqual({ onCpu: expect.closeTo(0.01), fileData: expect.closeTo(0.19) });
  });

  test("in a queue for a CPU that the kernel tells of only at its end count once", () => {
    const { machine, sender } = rsync();
    machine.watch.add(() => 1);
    Object.assign(sender, waits.ran);
    machine.pass(300);
    Object.assign(sender, waits.data, { queuedMs: 350 });
    machine.pass(100);
    expect(seconds(machine)).toEqual({ waitingForCpu: expect.closeTo(0.35), fileData: expect.closeTo(0.05) });
    expect(machine.watch.total().seconds).toBeCloseTo(0.4);
  });

  test("that were told of too late are taken from what it waits for next", () => {
    const { machine, sender } = rsync();
    machine.watch.add(() => 1);
    Object.assign(sender, waits.data);
    machine.pass(100);
    sender.queuedMs = 150;
    machine.pass(100);
    machine.pass(100);
    expect(seconds(machine)).toEqual({ waitingForCpu: expect.closeTo(0.15), fileData: expect.closeTo(0.15) });
  });

  test("are never negative, even if the kernel's counters run backwards", () => {
    const { machine, sender } = rsync();
    machine.watch.add(() => 1);
    Object.assign(sender, waits.data, { ranMs: 50, queuedMs: 50, readBytes: 500, deviceReadBytes: 500 });
    machine.pass(100);
    Object.assign(sender, { ranMs: 0, queuedMs: 0, readBytes: 0, deviceReadBytes: 0 });
    machine.pass(100);
    expect(seconds(machine)).toEqual({
      onCpu: expect.closeTo(0.05),
      waitingForCpu: expect.closeTo(0.05),
      fileData: expect.closeTo(0.1),
    });
    expect(machine.watch.total()).toMatchObject({ readBytes: 500, deviceReadBytes: 500 });
  });

  test("of several rsyncs add up", () => {
    const { machine, sender } = rsync();
    Object.assign(sender, waits.data);
    machine.run(new Process(11, waits.data));
    machine.watch.add(() => 1);
    machine.watch.add(() => 11);
    machine.pass(1000);
    expect(machine.watch.count()).toBe(2);
    expect(seconds(machine)).toEqual({ fileData: expect.closeTo(2) });
    expect(machine.watch.total()).toMatchObject({ seconds: expect.closeTo(2), glimpses: 20 });
  });
});

describe("the other processes of an rsync", () => {
  test("are the sender's child and its child, each with what it does from when it was found", () => {
    const { machine, sender, generator, receiver } = rsync();
    sender.children = [];
    Object.assign(sender, waits.peer);
    Object.assign(generator, waits.metadata, { ranMs: 5000, queuedMs: 700, children: [] });
    Object.assign(receiver, waits.data, { ranMs: 9000 });
    machine.watch.add(() => 1);
    machine.pass(200);
    expect(seconds(machine, "generator")).toEqual({});
    sender.children = [2];
    machine.pass(100);
    generator.children = [3];
    generator.ranMs += 40;
    machine.pass(100);
    receiver.ranMs += 10;
    machine.pass(100);
    expect(seconds(machine)).toEqual({ peer: expect.closeTo(0.5) });
    expect(seconds(machine, "generator")).toEqual({ onCpu: expect.closeTo(0.04), fileMetadata: expect.closeTo(0.16) });
    expect(seconds(machine, "receiver")).toEqual({ onCpu: expect.closeTo(0.01), fileData: expect.closeTo(0.09) });
    // Only senders count as rsyncs' time.
    expect(machine.watch.total()).toMatchObject({ seconds: expect.closeTo(0.5), glimpses: 5 });
  });

  test("are not looked for before the sender is known", () => {
    const { machine, sender } = rsync();
    Object.assign(sender, waits.data);
    let pid: number | undefined;
    machine.watch.add(() => pid);
    machine.pass(100);
    expect(machine.watch.total().glimpses).toBe(0);
    pid = 1;
    machine.pass(100);
    // It ran since it was started, which is when it was handed over.
    expect(seconds(machine)).toEqual({ fileData: expect.closeTo(0.2) });
  });

  test("cannot be found on a kernel that does not tell children, which is said", () => {
    const { machine, sender } = rsync();
    sender.denied = ["children"];
    machine.watch.add(() => 1);
    machine.pass(300);
    expect([...machine.missing]).toEqual(["/proc/PID/task/TID/children could not be read"]);
    expect(machine.watch.total().glimpses).toBe(3);
  });
});

describe("a process that ends", () => {
  test.each<[string, (machine: Machine, sender: Process) => void]>([
    ["and waits for its parent", (_, sender) => Object.assign(sender, waits.ended)],
    [
      "and waits for its parent, where its call may not be read",
      (_, sender) => Object.assign(sender, waits.ended, { denied: ["syscall", "wchan", "io"] }),
    ],
    ["and is gone", (machine) => machine.processes.delete(1)],
  ])("%s is not counted any more, and nothing of it is missing", (_name, end) => {
    const { machine, sender } = rsync();
    Object.assign(sender, waits.data, { ranMs: 10 });
    machine.watch.add(() => 1);
    machine.pass(100);
    const before = machine.watch.total();
    sender.ranMs = 60;
    end(machine, sender);
    machine.pass(500);
    expect(machine.watch.total()).toMatchObject({
      seconds: before.seconds,
      glimpses: before.glimpses,
      roles: { sender: before.roles.sender },
    });
    expect([...machine.missing]).toEqual([]);
  });

  test("between two of its files is not said to be unreadable", () => {
    const { machine, sender } = rsync();
    machine.watch.add(() => 1);
    sender.denied = ["syscall", "wchan", "stat", "io", "children"];
    machine.pass(100);
    expect(machine.watch.total().glimpses).toBe(0);
    expect([...machine.missing]).toEqual([]);
  });

  test("closes its files, the others' stay open until the rsync is over", () => {
    const { machine, sender, receiver } = rsync();
    for (const each of [sender, receiver]) Object.assign(each, waits.data);
    const over = machine.watch.add(() => 1);
    machine.pass(100);
    const before = machine.open.size;
    machine.processes.delete(3);
    machine.pass(100);
    expect(machine.open.size).toBeLessThan(before);
    expect(machine.open.size).toBeGreaterThan(0);
    over();
    expect(machine.open.size).toBe(0);
    expect(machine.watch.count()).toBe(0);
  });
});

test("files are opened once and read again and again", () => {
  const { machine, sender, generator, receiver } = rsync();
  for (const each of [sender, generator, receiver]) Object.assign(each, waits.data);
  machine.watch.add(() => 1);
  machine.pass(100);
  const { opened } = machine;
  // Of each what it does and what it waits for, and of the sender the bytes.
  expect(opened).toBe(10);
  machine.pass(1000);
  expect(machine.opened).toBe(opened);
});

describe("what is read", () => {
  test("is added up over senders, from the page cache and from devices", () => {
    const { machine, sender, receiver } = rsync();
    Object.assign(sender, { readBytes: 1000, deviceReadBytes: 600 });
    Object.assign(receiver, { readBytes: 77_777 });
    machine.run(new Process(11, { readBytes: 50, deviceReadBytes: 0 }));
    machine.watch.add(() => 1);
    machine.watch.add(() => 11);
    machine.pass(100);
    sender.readBytes = 3000;
    machine.pass(100);
    expect(machine.watch.total()).toMatchObject({ readBytes: 3050, deviceReadBytes: 600 });
  });

  test("is not known where it may not be read", () => {
    const { machine, sender } = rsync();
    sender.denied = ["io"];
    machine.watch.add(() => 1);
    machine.pass(100);
    expect(machine.watch.total()).toMatchObject({ readBytes: undefined, deviceReadBytes: undefined, glimpses: 1 });
  });
});

describe("what may not be read is named once and harms nothing", () => {
  test("of another user's processes only the state is left", () => {
    const { machine, sender, generator, receiver } = rsync();
    for (const each of [sender, generator, receiver]) each.denied = ["syscall", "io"];
    sender.state = "D";
    machine.watch.add(() => 1);
    machine.pass(300);
    expect([...machine.missing]).toEqual(["/proc/PID/syscall of rsync's processes may not be read"]);
    expect(seconds(machine)).toEqual({ uninterruptible: expect.closeTo(0.3) });
    expect(seconds(machine, "receiver")).toEqual({ unknown: expect.closeTo(0.2) });
  });

  test("without scheduling statistics all time goes to what is waited for", () => {
    const { machine, sender } = rsync();
    Object.assign(sender, waits.data, { ranMs: 50, denied: ["schedstat"] });
    machine.watch.add(() => 1);
    machine.pass(200);
    expect([...machine.missing]).toEqual(["/proc/PID/schedstat could not be read"]);
    expect(seconds(machine)).toEqual({ fileData: expect.closeTo(0.2) });
  });

  test("statistics that could not be read once count once", () => {
    const { machine, sender } = rsync();
    Object.assign(sender, waits.data, { ranMs: 50 });
    machine.watch.add(() => 1);
    machine.pass(100);
    sender.denied = ["schedstat"];
    machine.pass(100);
    sender.denied = [];
    machine.pass(100);
    expect(seconds(machine)).toEqual({ onCpu: expect.closeTo(0.05), fileData: expect.closeTo(0.25) });
  });

  test("on another architecture that is said at once", () => {
    const { machine } = rsync({ architecture: "riscv64" });
    expect([...machine.missing]).toEqual(["what processes wait for: system calls of riscv64 are not known"]);
  });
});

describe("looking", () => {
  test("happens ten times a second", () => {
    const { machine } = rsync();
    machine.watch.add(() => 1);
    machine.pass(1000);
    expect(machine.watch.total().glimpses).toBe(10);
    expect(new Set(machine.pauses)).toEqual(new Set([100]));
  });

  test("that costs more happens less often, so that it never takes much of one core", () => {
    const { machine } = rsync();
    machine.watch.add(() => 1);
    machine.lookMs = 30;
    machine.pass(60_000);
    const { costSeconds } = machine.watch.total();
    expect(costSeconds / 60).toBeGreaterThan(0.01);
    expect(costSeconds / 60).toBeLessThanOrEqual(0.0155);
    expect(machine.pauses.at(-1)).toBeCloseTo(2000);
  });

  test("that becomes cheap again happens more often again", () => {
    const { machine } = rsync();
    machine.watch.add(() => 1);
    machine.lookMs = 30;
    machine.pass(10_000);
    machine.lookMs = 0.1;
    machine.pass(60_000);
    expect(machine.pauses.at(-1)).toBe(100);
  });

  test("is not planned while there is nothing to look at", () => {
    const { machine } = rsync();
    expect(machine.timer).toBeUndefined();
    const over = machine.watch.add(() => 1);
    expect(machine.timer).toBeDefined();
    over();
    machine.pass(100);
    expect(machine.timer).toBeUndefined();
    machine.watch.add(() => 1);
    machine.pass(100);
    expect(machine.watch.total().glimpses).toBe(1);
  });

  test("is planned once for all rsyncs", () => {
    const { machine } = rsync();
    for (let times = 0; times < 3; times++) machine.watch.add(() => 1);
    expect(machine.pauses).toHaveLength(1);
  });

  test("ends with everything closed, while what was seen stays", () => {
    const { machine, sender } = rsync();
    Object.assign(sender, waits.data);
    const over = machine.watch.add(() => 1);
    machine.pass(100);
    const before = machine.watch.total();
    machine.watch.stop();
    expect([machine.timer, machine.open.size, machine.watch.count()]).toEqual([undefined, 0, 0]);
    machine.pass(1000);
    over();
    expect(machine.watch.total()).toEqual(before);
  });

  test("leaves out rsyncs of which a quarter of all open files does not hold the files", () => {
    const machine = new Machine();
    const over = Array.from({ length: 250 }, (_, index) => {
      machine.run(new Process(index + 1, waits.data));
      return machine.watch.add(() => index + 1);
    });
    machine.pass(100);
    expect(machine.watch.count()).toBe(50);
    expect(machine.watch.total()).toMatchObject({ glimpses: 50, seconds: expect.closeTo(5) });
    for (const each of over) each();
    expect([machine.watch.count(), machine.open.size]).toEqual([0, 0]);
  });
});

test("nothing was done by nobody", () => {
  expect(new Machine().watch.total()).toEqual({
    roles: { sender: noActivities(), generator: noActivities(), receiver: noActivities() },
    ...{ seconds: 0, glimpses: 0, readBytes: undefined, deviceReadBytes: undefined, costSeconds: 0 },
  });
});

// Some sandboxes have a /proc that tells less.
const tells = process.platform === "linux" && knowsCallsOf(process.arch) && existsSync("/proc/self/syscall");
const whereToldOf = tells ? test : test.skip;

whereToldOf(
  "a real rsync with a bandwidth limit is seen to be asleep, its other processes to wait for it",
  async () => {
    const root = mkdtempSync(join(tmpdir(), "dailysync-watch-"));
    mkdirSync(join(root, "source"));
    writeFileSync(join(root, "source", "file"), Buffer.alloc(3_000_000, "x"));
    const missing = new Set<string>();
    const watch = watchRsyncs({
      readFile: (path) => readFileSync(path, "utf8"),
      now: () => performance.now(),
      missing,
    });
    const child = spawn("rsync", ["-a", "--whole-file", "--bwlimit=1500", `${root}/source/`, `${root}/destination/`]);
    const over = watch.add(() => child.pid);
    const startedAt = performance.now();
    const exitCode = await new Promise((resolve) => child.on("close", resolve));
    const lasted = (performance.now() - startedAt) / 1000;
    over();
    watch.stop();
    rmSync(root, { recursive: true });
    expect(exitCode).toBe(0);
    const total = watch.total();
    expect([...missing]).toEqual([]);
    for (const role of roles) {
      const most = [...activities].sort((a, b) => total.roles[role][b] - total.roles[role][a])[0];
      expect([role, most]).toEqual([role, role === "sender" ? "asleep" : "peer"]);
    }
    expect(total.seconds).toBeGreaterThan(0.5 * lasted);
    expect(total.seconds).toBeLessThanOrEqual(lasted);
    expect(total.readBytes).toBeGreaterThan(1_000_000);
  },
);
