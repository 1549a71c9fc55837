import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, jest, test } from "@jest/globals";
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
        atMs: 2000,
        cpuPercent: 25,
        iowaitPercent: 12.5,
        memoryUsedBytes: 600 * 1024,
        sourceReadBytesPerSecond: (4096 * 512) / 2,
        sourceBusyPercent: 75,
        destinationWriteBytesPerSecond: (2048 * 512) / 2,
        destinationBusyPercent: 75,
        networkReceivedBytesPerSecond: 1500,
        networkSentBytesPerSecond: 0,
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

describe("without /proc", () => {
  const noProc = () => {
    throw new Error("ENOENT");
  };
  const empty = startMeter(new Machine().options()).latest();

  test("systeminformation's readings are taken", async () => {
    const portable = async () => async (atMs: number) => ({
      sample: {
        atMs,
        cpuPercent: 12,
        iowaitPercent: undefined,
        memoryUsedBytes: 5,
        sourceReadBytesPerSecond: undefined,
        sourceBusyPercent: undefined,
        destinationWriteBytesPerSecond: undefined,
        destinationBusyPercent: undefined,
        networkReceivedBytesPerSecond: 1,
        networkSentBytesPerSecond: 2,
      },
      memoryTotalBytes: 10,
      missing: ["single devices"],
    });
    const measurement = await startMeter({ source: "/", destination: "/", readFile: noProc, portable }).stop();
    expect(measurement).toMatchObject({
      memoryTotalBytes: 10,
      missing: ["single devices"],
      source: { device: undefined },
    });
    expect(measurement.samples).toMatchObject([{ cpuPercent: 12, networkSentBytesPerSecond: 2 }]);
    expect(empty).toBeUndefined();
  });

  test.each([
    ["cannot be loaded", async () => Promise.reject(new Error("no"))],
    ["fails", async () => async () => Promise.reject(new Error("no"))],
  ])("a systeminformation that %s is named and nothing else happens", async (_, portable) => {
    const measurement = await startMeter({ source: "/", destination: "/", readFile: noProc, portable }).stop();
    expect(measurement).toMatchObject({ samples: [], missing: ["the machine's figures: systeminformation failed"] });
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
});
