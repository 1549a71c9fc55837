import { describe, expect, test } from "@jest/globals";
import {
  parseCpuTimes,
  parseDiskCounters,
  parseInterfaces,
  parseMemory,
  parseRetransmissions,
} from "../../../src/measure/proc.ts";

describe("/proc/stat", () => {
  test.each([
    [
      "this century's kernels",
      "cpu  100 10 50 800 30 4 6 20 7 3\ncpu0 1 2 3 4\nintr 5\n",
      { busy: 170, iowait: 30, steal: 20, total: 1020 },
    ],
    [
      "a kernel with four columns",
      "cpu  100 10 50 800\n",
      { busy: 160, iowait: undefined, steal: undefined, total: 960 },
    ],
    [
      "a kernel with seven columns",
      "cpu  100 10 50 800 30 4 6\n",
      { busy: 170, iowait: 30, steal: undefined, total: 1000 },
    ],
    [
      "a line for all CPUs that is not the first",
      "x\ncpu  1 1 1 1 1 0 0 0\n",
      { busy: 3, iowait: 1, steal: 0, total: 5 },
    ],
  ])("of %s: waiting and stolen time are not busy", (_, text, times) => {
    expect(parseCpuTimes(text)).toEqual(times);
  });

  test.each(["", "cpu0 1 2 3 4\n", "cpu  1 2\n", "cpu  a b c d\n", "garbage"])("%j tells nothing", (text) => {
    expect(parseCpuTimes(text)).toBeUndefined();
  });
});

describe("/proc/meminfo", () => {
  const kib = 1024;
  test.each([
    ["with MemAvailable", "MemTotal:  1000 kB\nMemFree: 100 kB\nMemAvailable: 600 kB\nHugePages_Total: 0\n", 1000, 400],
    [
      "before MemAvailable",
      "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 250 kB\nSwapCached: 9 kB\n",
      1000,
      600,
    ],
    ["of a container that claims more available than there is", "MemTotal: 1000 kB\nMemAvailable: 1200 kB\n", 1000, 0],
  ])("%s", (_, text, total, used) => {
    expect(parseMemory(text)).toEqual({ totalBytes: total * kib, usedBytes: used * kib });
  });

  test("tells what is not written yet, where the kernel counts it", () => {
    const text = "MemTotal: 1000 kB\nMemAvailable: 600 kB\nDirty: 28 kB\nWriteback: 4 kB\nWritebackTmp: 9 kB\n";
    expect(parseMemory(text)).toMatchObject({ dirtyBytes: 28 * kib, writebackBytes: 4 * kib });
    expect(parseMemory("MemTotal: 1000 kB\nMemAvailable: 600 kB\n")).toMatchObject({
      dirtyBytes: undefined,
      writebackBytes: undefined,
    });
  });

  test.each(["", "MemFree: 5 kB\n", "MemTotal: 5 kB\n", "MemTotal 5\n"])("%j tells nothing", (text) => {
    expect(parseMemory(text)).toBeUndefined();
  });
});

describe("/proc/diskstats", () => {
  const uncounted = {
    busyMs: undefined,
    reads: undefined,
    writes: undefined,
    readMs: undefined,
    writeMs: undefined,
    queueMs: undefined,
  };

  test.each([
    [
      "a new kernel's 20 columns",
      " 254       0 vda 47778 6697 2114330 7477 6737 26499 1514712 4851 2 5336 12693 3270 46 160880 343 334 20\n",
      {
        "254:0": {
          name: "vda",
          readBytes: 2114330 * 512,
          writtenBytes: 1514712 * 512,
          busyMs: 5336,
          reads: 47778,
          writes: 6737,
          readMs: 7477,
          writeMs: 4851,
          queueMs: 12693,
        },
      },
    ],
    [
      "14 columns, and a partition as itself",
      "   8       0 sda 10 0 100 5 20 0 200 9 0 30 14\n   8       1 sda1 1 0 7 1 2 0 9 1 0 3 2\n",
      {
        "8:0": {
          ...uncounted,
          name: "sda",
          readBytes: 51_200,
          writtenBytes: 102_400,
          busyMs: 30,
          reads: 10,
          writes: 20,
          readMs: 5,
          writeMs: 9,
          queueMs: 14,
        },
        "8:1": {
          ...uncounted,
          name: "sda1",
          readBytes: 3584,
          writtenBytes: 4608,
          busyMs: 3,
          reads: 1,
          writes: 2,
          readMs: 1,
          writeMs: 1,
          queueMs: 2,
        },
      },
    ],
    [
      "an old kernel's partition with four columns, which counts no completed requests",
      "   8       1 sda1 35486 100 35496 300\n",
      { "8:1": { ...uncounted, name: "sda1", readBytes: 51_200, writtenBytes: 153_600 } },
    ],
    ["lines that make no sense", "\nx\n8 0\n8 0 sda\n8 0 sda a b c\n", {}],
  ])("%s", (_, text, devices) => {
    expect(Object.fromEntries(parseDiskCounters(text))).toStrictEqual(devices);
  });
});

describe("/proc/net/dev", () => {
  const heading = "Inter-|   Receive                     |  Transmit\n face |bytes    packets errs|bytes packets\n";
  test.each([
    [
      "the loopback left out",
      "    lo: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n  eth0: 100 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0\n",
      { eth0: [100, 200] },
    ],
    ["no blank after the colon", "eth0:100 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0\n", { eth0: [100, 200] }],
    [
      "a name with a colon and one with a dot",
      "eth0:1: 1 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0\neth0.5: 3 0 0 0 0 0 0 0 4 0 0 0 0 0 0 0\n",
      { "eth0:1": [1, 2], "eth0.5": [3, 4] },
    ],
    ["too few columns", "eth0: 100 1 0 0\n", {}],
  ])("%s", (_, text, expected) => {
    const interfaces = [...parseInterfaces(heading + text)].map(([name, { receivedBytes, sentBytes }]) => [
      name,
      [receivedBytes, sentBytes],
    ]);
    expect(Object.fromEntries(interfaces)).toEqual(expected);
  });
});

describe("/proc/net/snmp", () => {
  const names = "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens InSegs OutSegs RetransSegs InErrs OutRsts\n";
  test("gives the segments that TCP sent, and those that it sent again", () => {
    const text = `Ip: Forwarding DefaultTTL\nIp: 2 64\n${names}Tcp: 1 200 120000 -1 34 5886 4523 12 0 42\nUdp: InDatagrams\nUdp: 68\n`;
    expect(parseRetransmissions(text)).toEqual({ sentSegments: 4523, retransmitted: 12 });
  });

  test.each([
    "",
    "Udp: InDatagrams\nUdp: 68\n",
    names,
    `${names}Tcp: 1 200 120000 -1\n`,
    "Tcp: OutSegs\nTcp: 5\n",
    "Tcp: OutSegs RetransSegs\nTcp: x y\n",
  ])("%j tells nothing", (text) => {
    expect(parseRetransmissions(text)).toBeUndefined();
  });
});
