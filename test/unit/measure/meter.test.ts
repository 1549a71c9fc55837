import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, jest, test } from "@jest/globals";
import { noActivities } from "../../../src/measure/activity.ts";
import { unmeasured } from "../../../src/measure/measurement.ts";
import { type MeterOptions, startMeter } from "../../../src/measure/meter.ts";

/** A Linux whose counters a test sets. */
class Machine {
  atMs = 0;
  files: Record<string, string> = {};

  constructor() {
    this.files["/proc/self/mountinfo"] =
      "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n28 27 8:17 / /proc rw - ext4 /dev/sdb1 rw\n";
    this.set({});
  }

  set({ busy = 0, idle = 0, iowait = 0, read = 0, written = 0, io = 0, received = 0, bridge = 0 }): void {
    this.files["/proc/stat"] = `cpu  ${busy} 0 0 ${idle} ${iowait} 0 0 0 0 0\n`;
    this.files["/proc/meminfo"] = "MemTotal: 1000 kB\nMemAvailable: 400 kB\n";
    this.files["/proc/diskstats"] =
      `8 1 sda1 1 0 ${read} 1 1 0 9999 1 0 ${io} 1\n8 17 sdb1 1 0 7777 1 1 0 ${written} 1 0 ${io} 1\n`;
    this.files["/proc/net/dev"] =
      ` lo: 9 0 0 0 0 0 0 0 9\n eth0: ${received} 0 0 0 0 0 0 0 0\n br0: ${bridge} 0 0 0 0 0 0 0 0\n`;
  }

  options(given: Partial<MeterOptions> = {}): MeterOptions {
    return {
      source: "/",
      // A place that exists everywhere that these tests run, so that its real path is known.
      destination: "/proc/not/there/yet",
      intervalMs: 3_600_000,
      now: () => this.atMs,
      readFile: (path) => {
        const text = this.files[path];
        if (text === undefined) throw new Error("ENOENT");
        return text;
      },
      isPhysicalInterface: (name) => name === "eth0",
      ...given,
    };
  }
}

describe("on Linux", () => {
  test("figures are made from the time that really passed", async () => {
    const machine = new Machine();
    const meter = startMeter(machine.options());
    machine.atMs = 2000;
    machine.set({
      busy: 100,
      idle: 250,
      iowait: 50,
      read: 4096,
      written: 2048,
      io: 1500,
      received: 3000,
      bridge: 3000,
    });
    const measurement = await meter.stop();
    expect(measurement.samples).toEqual([
      {
        ...unmeasured,
        atMs: 2000,
        cpuPercent: 25,
        iowaitPercent: 12.5,
        stealPercent: 0,
        memoryUsedBytes: 600 * 1024,
        sourceReadBytesPerSecond: (4096 * 512) / 2,
        sourceBusyPercent: 75,
        sourceQueue: 0,
        destinationWriteBytesPerSecond: (2048 * 512) / 2,
        destinationBusyPercent: 75,
        destinationQueue: 0,
        networkReceivedBytesPerSecond: 1500,
        networkSentBytesPerSecond: 0,
        rsyncs: 0,
      },
    ]);
    expect(measurement).toMatchObject({
      memoryTotalBytes: 1000 * 1024,
      source: { device: "sda1", fileSystem: "ext4", mountPoint: "/" },
      destination: { device: "sdb1", fileSystem: "ext4", mountPoint: "/proc" },
      missing: [],
    });
  });

  test("all interfaces count where none is a card, as in a container", async () => {
    const machine = new Machine();
    const meter = startMeter(machine.options({ isPhysicalInterface: () => false }));
    machine.atMs = 1000;
    machine.set({ received: 100, bridge: 50 });
    expect((await meter.stop()).samples[0]?.networkReceivedBytesPerSecond).toBe(150);
  });

  test("an interface that came meanwhile brings no old total with it", async () => {
    const machine = new Machine();
    machine.files["/proc/net/dev"] = " eth0: 5 0 0 0 0 0 0 0 5\n";
    const meter = startMeter(machine.options({ isPhysicalInterface: () => true }));
    machine.atMs = 1000;
    machine.files["/proc/net/dev"] = " eth0: 15 0 0 0 0 0 0 0 5\n usb0: 999999 0 0 0 0 0 0 0 5\n";
    expect((await meter.stop()).samples[0]?.networkReceivedBytesPerSecond).toBe(10);
  });

  test("counters that run backwards give no negative figure", async () => {
    const machine = new Machine();
    machine.set({ busy: 100, idle: 100, iowait: 100, read: 1000, io: 1000 });
    const meter = startMeter(machine.options());
    machine.atMs = 1000;
    machine.set({ busy: 200, idle: 100, iowait: 90, read: 10, io: 10 });
    const [sample] = (await meter.stop()).samples;
    expect(sample).toMatchObject({
      cpuPercent: 100,
      iowaitPercent: 0,
      sourceReadBytesPerSecond: undefined,
      sourceBusyPercent: 0,
    });
  });

  test.each(["/proc/meminfo", "/proc/diskstats", "/proc/net/dev", "/proc/self/mountinfo"])(
    "%s unreadable is named once and leaves its figures undefined",
    async (path) => {
      const machine = new Machine();
      delete machine.files[path];
      const meter = startMeter(machine.options({ intervalMs: 5 }));
      machine.atMs = 1000;
      machine.set({ busy: 1, idle: 1 });
      delete machine.files[path];
      await pause(40);
      const { missing, samples } = await meter.stop();
      expect(missing).toEqual([`${path} could not be read`]);
      expect(samples[0]).toMatchObject({ cpuPercent: 50 });
      expect(Object.values(samples[0] ?? {})).toContain(path === "/proc/net/dev" ? undefined : 0);
    },
  );

  test("/proc/stat that becomes unreadable during the run does not end the measuring", async () => {
    const machine = new Machine();
    const meter = startMeter(machine.options());
    delete machine.files["/proc/stat"];
    machine.atMs = 1000;
    expect(await meter.stop()).toMatchObject({
      missing: ["/proc/stat could not be read"],
      samples: [{ cpuPercent: undefined, memoryUsedBytes: 600 * 1024 }],
    });
  });

  test("a run shorter than the interval has a sample; one that just ended with one gets no second", async () => {
    const machine = new Machine();
    const brief = startMeter(machine.options());
    machine.atMs = 20;
    expect((await brief.stop()).samples).toHaveLength(1);

    const longer = startMeter(machine.options({ intervalMs: 20 }));
    machine.atMs = 1020;
    await pause(50);
    const before = longer.latest();
    machine.atMs = 1100;
    expect((await longer.stop()).samples.at(-1)).toEqual(before);
  });

  test("stopping twice gives the same, and nothing is measured afterwards", async () => {
    const machine = new Machine();
    const meter = startMeter(machine.options({ intervalMs: 5 }));
    const first = await meter.stop();
    machine.atMs = 5000;
    await pause(30);
    expect(await meter.stop()).toBe(first);
    expect(first.samples).toHaveLength(1);
  });

  test("the newest sample is there during the run", async () => {
    const machine = new Machine();
    const meter = startMeter(machine.options({ intervalMs: 5 }));
    expect(meter.latest()).toBeUndefined();
    machine.atMs = 1000;
    machine.set({ busy: 30, idle: 70 });
    await pause(40);
    expect(meter.latest()).toMatchObject({ memoryUsedBytes: 600 * 1024 });
    await meter.stop();
  });
});

describe("while rsyncs run", () => {
  /** A machine with an rsync, of whose processes nothing but these files is there. */
  class Copying extends Machine {
    looks = 0;

    constructor() {
      super();
      this.files["/proc/1/task/1/children"] = "2 ";
      this.files["/proc/2/task/2/children"] = "3 ";
      for (const pid of [1, 2, 3]) this.process(pid, { ranMs: 0, channel: "0" });
    }

    process(pid: number, { ranMs, channel, read = 0 }: { ranMs: number; channel: string; read?: number }): void {
      this.files[`/proc/${pid}/schedstat`] = `${ranMs * 1e6} 0 1\n`;
      // A call that no processor architecture has: only the kernel's function tells.
      this.files[`/proc/${pid}/syscall`] = channel === "0" ? "running\n" : "9999 0x0 0x0 0x0\n";
      this.files[`/proc/${pid}/wchan`] = channel;
      this.files[`/proc/${pid}/stat`] = `${pid} (rsync) S 0\n`;
      this.files[`/proc/${pid}/io`] = `rchar: ${read}\nread_bytes: 0\n`;
    }

    override options(given: Partial<MeterOptions> = {}): MeterOptions {
      const keep = (path: string) => ({
        read: () => {
          if (path === "/proc/1/schedstat") this.looks++;
          return this.files[path];
        },
        close: () => undefined,
      });
      return super.options({ keep, ask: async () => undefined, ...given });
    }

    /** Lets this much time pass, until the rsync was looked at then. */
    async look(milliseconds: number): Promise<void> {
      this.atMs += milliseconds;
      for (const before = this.looks; this.looks === before; ) await pause(10);
    }
  }

  test("samples tell how many ran, what they read and what their processes did on both sides", async () => {
    const machine = new Copying();
    const meter = startMeter(machine.options());
    const over = meter.watch(() => 1);
    await machine.look(1000);
    machine.process(1, { ranMs: 400, channel: "balance_dirty_pages", read: 6000 });
    machine.process(2, { ranMs: 100, channel: "shrink_node" });
    machine.process(3, { ranMs: 500, channel: "balance_dirty_pages" });
    await machine.look(1000);
    over();
    machine.atMs += 2000;
    const { samples, rsyncs, missing } = await meter.stop();
    expect(samples).toMatchObject([
      {
        atMs: 4000,
        rsyncs: expect.closeTo(0.5),
        rsyncReadBytesPerSecond: expect.closeTo(1500),
        activities: {
          source: { ...noActivities(), onCpu: expect.closeTo(0.1), throttled: expect.closeTo(0.4) },
          destination: {
            ...noActivities(),
            onCpu: expect.closeTo(0.15),
            memory: expect.closeTo(0.225),
            throttled: expect.closeTo(0.125),
          },
        },
      },
    ]);
    expect(rsyncs).toMatchObject({
      seconds: expect.closeTo(2),
      readBytes: 6000,
      roles: { receiver: { ...noActivities(), onCpu: expect.closeTo(0.5), throttled: expect.closeTo(0.5) } },
    });
    expect(missing).toEqual([]);
  });

  test("a sample tells only of the time since the one before it", async () => {
    const machine = new Copying();
    const meter = startMeter(machine.options({ intervalMs: 20 }));
    const over = meter.watch(() => 1);
    machine.process(1, { ranMs: 500, channel: "balance_dirty_pages" });
    await machine.look(1000);
    over();
    machine.atMs += 1000;
    await pause(100);
    machine.atMs += 1000;
    const { samples } = await meter.stop();
    const worked = samples.filter(({ activities }) => (activities?.source.onCpu ?? 0) > 0);
    expect(worked).toHaveLength(1);
    expect(samples.at(-1)).toMatchObject({ atMs: 3000, rsyncs: 0, activities: undefined });
  });

  test("a local disk is not asked how fast it answers", async () => {
    const machine = new Copying();
    const asked: string[] = [];
    const ask = async (path: string) => asked.push(path);
    const meter = startMeter(machine.options({ intervalMs: 10, ask }));
    const over = meter.watch(() => 1);
    await pause(60);
    over();
    await meter.stop();
    expect(asked).toEqual([]);
  });

  test("file systems that are far away are asked how fast they answer, and only then", async () => {
    const machine = new Copying();
    machine.files["/proc/self/mountinfo"] = "1 0 0:50 / / rw - nfs4 nas:/e rw,addr=192.0.2.7\n";
    const asked: string[] = [];
    const milliseconds: Readonly<Record<string, number>> = { proc: 1, from: 5, to: 9 };
    const ask = async (path: string) => {
      const [, place = ""] = path.split("/");
      asked.push(place);
      machine.atMs += milliseconds[place] ?? 0;
    };
    const meter = startMeter(machine.options({ source: "/from", destination: "/to", intervalMs: 10, ask }));
    await pause(60);
    expect(asked).toEqual([]);
    const over = meter.watch(() => 1);
    while (asked.length < 3) await pause(10);
    over();
    await pause(60);
    const askedThen = asked.length;
    await pause(60);
    const { samples } = await meter.stop();
    expect(asked.length).toBe(askedThen);
    expect(asked.slice(0, 3)).toEqual(["proc", "from", "to"]);
    expect(samples.filter(({ sourceAnswerMs }) => sourceAnswerMs !== undefined)[0]).toMatchObject({
      sourceAnswerMs: 4,
      destinationAnswerMs: 8,
    });
    expect(samples[0]?.sourceAnswerMs).toBeUndefined();
  });

  test("what may not be read of them is named", async () => {
    const machine = new Copying();
    for (const pid of [1, 2, 3]) delete machine.files[`/proc/${pid}/syscall`];
    const meter = startMeter(machine.options());
    meter.watch(() => 1);
    await machine.look(1000);
    const { missing, rsyncs } = await meter.stop();
    expect(missing).toEqual(["/proc/PID/syscall of rsync's processes may not be read"]);
    expect(rsyncs?.roles.sender.unknown).toBeCloseTo(1);
  });

  test("where none ran, none was looked at", async () => {
    const meter = startMeter(new Copying().options());
    expect(await meter.stop()).toMatchObject({ rsyncs: undefined, samples: [{ rsyncs: undefined }] });
  });
});

describe("the storage and the group", () => {
  test("are told with the limits that bind them", async () => {
    const machine = new Machine();
    const group = "/sys/fs/cgroup/a";
    machine.files["/proc/self/cgroup"] = "0::/a\n";
    machine.files[`${group}/cpu.max`] = "150000 100000\n";
    machine.files[`${group}/cpu.stat`] = "nr_periods 10\nnr_throttled 0\n";
    machine.files[`${group}/memory.max`] = "512000\n";
    machine.files[`${group}/memory.current`] = "400000\n";
    machine.files[`${group}/memory.events`] = "max 10\n";
    machine.files[`${group}/io.max`] = "8:1 rbps=1048576\n8:99 wbps=1\n";
    const meter = startMeter(machine.options());
    machine.atMs = 1000;
    machine.files[`${group}/cpu.stat`] = "nr_periods 20\nnr_throttled 4\n";
    machine.files[`${group}/memory.events`] = "max 17\n";
    expect(await meter.stop()).toMatchObject({
      samples: [{ throttledPercent: 40 }],
      source: { kind: "block", limits: ["rbps=1048576"], remote: undefined, nfs: undefined },
      destination: { kind: "block", limits: [] },
      group: { cpuQuota: 1.5, memoryLimitBytes: 512_000, memoryPeakBytes: 400_000, memoryLimitHits: 7 },
    });
  });

  test("have no fewer hits than none, even if the counter was set back", async () => {
    const machine = new Machine();
    machine.files["/proc/self/cgroup"] = "4:memory:/a\n";
    machine.files["/sys/fs/cgroup/memory/a/memory.limit_in_bytes"] = "512000\n";
    machine.files["/sys/fs/cgroup/memory/a/memory.failcnt"] = "99\n";
    const meter = startMeter(machine.options());
    machine.files["/sys/fs/cgroup/memory/a/memory.failcnt"] = "0\n";
    machine.atMs = 1000;
    expect((await meter.stop()).group.memoryLimitHits).toBe(0);
  });
});

describe("without /proc", () => {
  const noProc = () => {
    throw new Error("ENOENT");
  };
  const noProcesses = "what rsync's processes wait for: this system has no /proc";
  const empty = startMeter(new Machine().options()).latest();

  test("systeminformation's readings are taken", async () => {
    const portable = async () => async (atMs: number) => ({
      sample: {
        ...unmeasured,
        atMs,
        cpuPercent: 12,
        memoryUsedBytes: 5,
        networkReceivedBytesPerSecond: 1,
        networkSentBytesPerSecond: 2,
      },
      memoryTotalBytes: 10,
      missing: ["single devices"],
    });
    const measurement = await startMeter({ source: "/", destination: "/", readFile: noProc, portable }).stop();
    expect(measurement).toMatchObject({
      memoryTotalBytes: 10,
      missing: [noProcesses, "single devices"],
      source: { device: undefined, devices: [] },
      group: { cpuQuota: undefined },
      rsyncs: undefined,
    });
    expect(measurement.samples).toMatchObject([{ cpuPercent: 12, networkSentBytesPerSecond: 2 }]);
    expect(empty).toBeUndefined();
  });

  test.each([
    ["cannot be loaded", async () => Promise.reject(new Error("no"))],
    ["fails", async () => async () => Promise.reject(new Error("no"))],
  ])("a systeminformation that %s is named and nothing else happens", async (_, portable) => {
    const measurement = await startMeter({ source: "/", destination: "/", readFile: noProc, portable }).stop();
    expect(measurement).toMatchObject({
      samples: [],
      missing: [noProcesses, "the machine's figures: systeminformation failed"],
    });
  });

  test("a reading that hangs does not keep the run from ending", async () => {
    const portable = async () => () => new Promise<never>(() => {});
    const started = performance.now();
    const measurement = await startMeter({ source: "/", destination: "/", readFile: noProc, portable }).stop();
    expect(measurement.samples).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("the real reader gives figures on any system", async () => {
    const { portableReader } = await import("../../../src/measure/portable.ts");
    const read = await portableReader();
    const reading = await read(500);
    expect(reading.sample.atMs).toBe(500);
    expect(reading.memoryTotalBytes).toBeGreaterThan(0);
    expect(reading.sample.memoryUsedBytes).toBeGreaterThan(0);
  });
});

test("the timer keeps no process alive", () => {
  const timers = jest.spyOn(globalThis, "setInterval");
  startMeter(new Machine().options());
  const timer = timers.mock.results[0]?.value as NodeJS.Timeout;
  expect(timer.hasRef()).toBe(false);
  clearInterval(timer);
  timers.mockRestore();
});

test.each(["/proc/stat", "/proc/diskstats"])("a real meter runs on this system (%s or not)", async () => {
  const meter = startMeter({ source: process.cwd(), destination: "/surely/not/there", intervalMs: 20 });
  await pause(100);
  const measurement = await meter.stop();
  expect(measurement.samples.length).toBeGreaterThan(0);
  expect(measurement.samples.at(-1)?.memoryUsedBytes).toBeGreaterThan(0);
  expect(measurement.costSeconds).toBeGreaterThan(0);
  const { user, system } = process.cpuUsage();
  expect(measurement.costSeconds).toBeLessThan((user + system) / 1e6);
});
