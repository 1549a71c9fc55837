import { describe, expect, test } from "@jest/globals";
import type { CgroupReading } from "../../../src/measure/cgroup.ts";
import { type Counted, type Counters, readCounters, sampleBetween } from "../../../src/measure/counters.ts";
import type { DiskCounters } from "../../../src/measure/proc.ts";

const group: CgroupReading = {
  ...{ cpuQuota: undefined, cpuPeriods: undefined, cpuThrottledPeriods: undefined },
  ...{ memoryLimitBytes: undefined, memoryUsedBytes: undefined, memoryLimitHits: undefined },
  ...{ memoryRefaults: undefined, pressure: undefined, deviceLimits: [] },
};

/** A reading in which nothing is known; what a test is about is given. */
function counters(atMs: number, given: Partial<Counters> = {}): Counters {
  return {
    ...{ atMs, cpu: undefined, memory: undefined, disks: undefined, interfaces: undefined },
    ...{ segments: undefined, stalls: undefined, group },
    ...given,
  };
}

const still: DiskCounters = {
  ...{ name: "sda", readBytes: 0, writtenBytes: 0, busyMs: 0 },
  ...{ reads: 0, writes: 0, readMs: 0, writeMs: 0, queueMs: 0 },
};

const disks = (all: Readonly<Record<string, Partial<DiskCounters>>>) =>
  new Map(Object.entries(all).map(([number, given]) => [number, { ...still, ...given }]));

const counted = (source: readonly string[] = [], destination: readonly string[] = []): Counted => ({
  source,
  destination,
  interfaceCounts: () => true,
});

/** The figures between two readings that lie two seconds apart. */
const between = (before: Partial<Counters>, after: Partial<Counters>, about = counted()) =>
  sampleBetween(counters(1000, before), counters(3000, after), about, 500);

describe("a device", () => {
  const sda = (before: Partial<DiskCounters>, after: Partial<DiskCounters>) =>
    between({ disks: disks({ "8:0": before }) }, { disks: disks({ "8:0": after }) }, counted(["8:0"], ["8:0"]));

  test("has figures of its requests: how long one took, and how many waited", () => {
    expect(
      sda(
        {
          reads: 100,
          writes: 10,
          readMs: 1000,
          writeMs: 100,
          queueMs: 5000,
          busyMs: 100,
          readBytes: 5,
          writtenBytes: 6,
        },
        {
          ...{ reads: 300, writes: 110, readMs: 1400, writeMs: 2300, queueMs: 8000, busyMs: 1600 },
          ...{ readBytes: 4005, writtenBytes: 8006 },
        },
      ),
    ).toMatchObject({
      atMs: 2500,
      sourceReadBytesPerSecond: 2000,
      sourceAwaitMs: 2600 / 300,
      sourceQueue: 1.5,
      sourceBusyPercent: 75,
      destinationWriteBytesPerSecond: 4000,
      destinationAwaitMs: 2600 / 300,
      destinationQueue: 1.5,
      destinationBusyPercent: 75,
    });
  });

  test("that had no request took no time that could be told", () => {
    expect(sda({}, {})).toMatchObject({ sourceAwaitMs: undefined, sourceQueue: 0, sourceBusyPercent: 0 });
  });

  test.each([
    ["reads", undefined, 1.5, 50],
    ["writeMs", undefined, 1.5, 50],
    ["queueMs", 10, undefined, 50],
    ["busyMs", 10, 1.5, undefined],
  ])("of which the kernel does not count %s has the other figures", (column, awaitMs, queue, busyPercent) => {
    const worked = { reads: 10, readMs: 100, queueMs: 3000, busyMs: 1000, [column]: undefined };
    expect(sda({ [column]: undefined }, worked)).toMatchObject({
      ...{ sourceAwaitMs: awaitMs, sourceQueue: queue, sourceBusyPercent: busyPercent },
    });
  });

  test.each<[string, Partial<DiskCounters>, Partial<DiskCounters>]>([
    [
      "whose milliseconds begin again at zero after 49 days",
      { readMs: 4_294_967_290, writeMs: 4_294_967_200, queueMs: 4_294_967_295, busyMs: 4_294_967_000 },
      { reads: 5, writes: 5, readMs: 10, writeMs: 20, queueMs: 7, busyMs: 3 },
    ],
    [
      "of which only one of them does",
      { readMs: 4_294_967_290, writeMs: 0 },
      { reads: 5, writes: 5, readMs: 10, writeMs: 20 },
    ],
    [
      "that was replaced by another of its number",
      { reads: 900, writes: 900, readMs: 900, writeMs: 900, queueMs: 900, busyMs: 900, readBytes: 9, writtenBytes: 9 },
      { reads: 1, writes: 1, readMs: 1, writeMs: 1, queueMs: 1, busyMs: 1, readBytes: 1, writtenBytes: 1 },
    ],
  ])("%s never has a negative figure", (_name, before, after) => {
    for (const value of Object.values(sda(before, after))) expect(value ?? 0).toBeGreaterThanOrEqual(0);
  });

  test("that was there at one reading alone has no figures", () => {
    const only = { disks: disks({ "8:0": { readBytes: 5 } }) };
    for (const sample of [between({}, only, counted(["8:0"])), between({ disks: disks({}) }, only, counted(["8:0"]))])
      expect(sample).toMatchObject({ sourceReadBytesPerSecond: undefined, sourceBusyPercent: undefined });
  });

  test("has no figures where no time passed", () => {
    const same = counters(1000, { disks: disks({ "8:0": {} }) });
    expect(sampleBetween(same, same, counted(["8:0"]), 0)).toMatchObject({
      ...{ sourceReadBytesPerSecond: undefined, sourceQueue: undefined, sourceBusyPercent: undefined },
    });
  });
});

test("of a chain of devices the bytes are those of the first, and the rest is that of the busiest", () => {
  const after = {
    "253:0": { readBytes: 2000, busyMs: 200, queueMs: 9000, reads: 2, readMs: 2 },
    "8:0": { readBytes: 700, busyMs: 500, queueMs: 1000, reads: 1, readMs: 3 },
    "8:16": { readBytes: 900, busyMs: 1800, queueMs: 4000, reads: 10, readMs: 400 },
  };
  const chain = counted(["253:0", "8:0", "8:16", "8:99"]);
  expect(
    between({ disks: disks({ "253:0": {}, "8:0": {}, "8:16": {} }) }, { disks: disks(after) }, chain),
  ).toMatchObject({ sourceReadBytesPerSecond: 1000, sourceBusyPercent: 90, sourceQueue: 2, sourceAwaitMs: 40 });
});

describe("shares of the CPUs", () => {
  const cpu = (busy: number, iowait: number | undefined, steal: number | undefined, total: number) => ({
    cpu: { busy, iowait, steal, total },
  });

  test("are told apart: busy, waiting for I/O, and taken by the hypervisor", () => {
    expect(between(cpu(10, 10, 10, 100), cpu(60, 30, 40, 300))).toMatchObject({
      ...{ cpuPercent: 25, iowaitPercent: 10, stealPercent: 15 },
    });
  });

  test("that an old kernel does not count are not known", () => {
    expect(between(cpu(0, undefined, undefined, 0), cpu(50, undefined, undefined, 100))).toMatchObject({
      ...{ cpuPercent: 50, iowaitPercent: undefined, stealPercent: undefined },
    });
  });

  test("are none where the clock did not tick", () => {
    expect(between(cpu(5, 5, 5, 100), cpu(5, 5, 5, 100))).toMatchObject({
      ...{ cpuPercent: undefined, iowaitPercent: undefined, stealPercent: undefined },
    });
  });

  test("are never negative", () => {
    expect(between(cpu(50, 50, 50, 100), cpu(40, 40, 40, 200))).toMatchObject({
      ...{ cpuPercent: 0, iowaitPercent: 0, stealPercent: 0 },
    });
  });
});

describe("the group", () => {
  const own = (given: Partial<CgroupReading>) => ({ group: { ...group, ...given } });

  test("was throttled in a share of the periods in which it had something to do", () => {
    expect(
      between(own({ cpuPeriods: 100, cpuThrottledPeriods: 90 }), own({ cpuPeriods: 120, cpuThrottledPeriods: 105 }))
        .throttledPercent,
    ).toBe(75);
  });

  test.each([
    ["without a quota", {}, {}, undefined],
    [
      "that had nothing to do",
      { cpuPeriods: 5, cpuThrottledPeriods: 1 },
      { cpuPeriods: 5, cpuThrottledPeriods: 1 },
      undefined,
    ],
    [
      "that was made anew",
      { cpuPeriods: 9, cpuThrottledPeriods: 9 },
      { cpuPeriods: 2, cpuThrottledPeriods: 1 },
      undefined,
    ],
    [
      "whose counters contradict",
      { cpuPeriods: 1, cpuThrottledPeriods: 9 },
      { cpuPeriods: 2, cpuThrottledPeriods: 1 },
      0,
    ],
  ])("%s was throttled for this share: %#", (_name, before, after, expected) => {
    expect(between(own(before), own(after)).throttledPercent).toBe(expected);
  });

  test("read pages again so often a second", () => {
    expect(between(own({ memoryRefaults: 100 }), own({ memoryRefaults: 140 })).refaultsPerSecond).toBe(20);
    expect(between(own({ memoryRefaults: 140 }), own({ memoryRefaults: 100 })).refaultsPerSecond).toBeUndefined();
    expect(between(own({}), own({ memoryRefaults: 100 })).refaultsPerSecond).toBeUndefined();
  });
});

describe("the share of time with stalls", () => {
  const stalls = (cpu: number, io: number, memory: number) => ({
    ...{ cpuSomeMicroseconds: cpu, ioSomeMicroseconds: io, memorySomeMicroseconds: memory },
  });

  test("is the machine's for CPU and I/O", () => {
    const before = { stalls: stalls(0, 0, 0), group: { ...group, pressure: stalls(0, 0, 0) } };
    const after = { stalls: stalls(200_000, 1_000_000, 0), group: { ...group, pressure: stalls(9, 9, 9) } };
    expect(between(before, after)).toMatchObject({ cpuStallPercent: 10, ioStallPercent: 50 });
  });

  test("is the own group's for memory, where it tells", () => {
    const before = { stalls: stalls(0, 0, 0), group: { ...group, pressure: stalls(0, 0, 0) } };
    const after = { stalls: stalls(0, 0, 100_000), group: { ...group, pressure: stalls(0, 0, 1_600_000) } };
    expect(between(before, after).memoryStallPercent).toBe(80);
  });

  test("is the machine's for memory, where the group does not tell", () => {
    expect(between({ stalls: stalls(0, 0, 0) }, { stalls: stalls(0, 0, 100_000) }).memoryStallPercent).toBe(5);
  });

  test("is never told from two different counters", () => {
    const machine = { stalls: stalls(0, 0, 100_000) };
    const own = { ...machine, group: { ...group, pressure: stalls(0, 0, 1_000_000) } };
    for (const [before, after] of [
      [machine, own],
      [own, machine],
    ] as const)
      expect(between(before, after).memoryStallPercent ?? 0).toBe(0);
  });

  test("is no more than all of it, and none where a counter was reset or is not there", () => {
    expect(between({ stalls: stalls(0, 5, 0) }, { stalls: stalls(2_100_000, 0, 0) })).toMatchObject({
      ...{ cpuStallPercent: 100, ioStallPercent: undefined },
    });
    expect(between({}, {})).toMatchObject({ cpuStallPercent: undefined, ioStallPercent: undefined });
  });
});

describe("the share of segments that were sent again", () => {
  const sent = (sentSegments: number, retransmitted: number) => ({ segments: { sentSegments, retransmitted } });
  test.each([
    ["is of those that were sent meanwhile", sent(1000, 10), sent(1400, 12), 0.5],
    ["is not known where none was sent", sent(1000, 10), sent(1000, 10), undefined],
    ["is not known where the counters were reset", sent(1000, 10), sent(5, 0), undefined],
    ["is not known where it is not counted", {}, sent(5, 0), undefined],
  ])("%s", (_name, before, after, expected) => {
    expect(between(before, after).retransmittedPercent).toBe(expected);
  });
});

test("what is not written yet is what waits and what is on its way, and both must be known", () => {
  const memory = { totalBytes: 9, usedBytes: 5, dirtyBytes: 2, writebackBytes: 1 };
  expect(between({}, { memory })).toMatchObject({ memoryUsedBytes: 5, unwrittenBytes: 3 });
  expect(between({}, { memory: { ...memory, writebackBytes: undefined } }).unwrittenBytes).toBeUndefined();
});

test("an interface whose counters run backwards carried nothing", () => {
  const interfaces = (receivedBytes: number, sentBytes: number) => ({
    interfaces: new Map([["eth0", { receivedBytes, sentBytes }]]),
  });
  expect(between(interfaces(4_294_967_000, 100), interfaces(50, 300))).toMatchObject({
    ...{ networkReceivedBytesPerSecond: 0, networkSentBytesPerSecond: 100 },
  });
});

test("one reading names what must be there, and nothing that kernels may lack", () => {
  const reported: string[] = [];
  const nothing = () => {
    throw new Error("ENOENT");
  };
  const read = readCounters(
    5,
    nothing,
    () => group,
    (path) => reported.push(path),
  );
  expect(read).toEqual(counters(5));
  expect(reported).toEqual(["/proc/stat", "/proc/meminfo", "/proc/diskstats", "/proc/net/dev"]);
});
