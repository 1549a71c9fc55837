import { describe, expect, test } from "@jest/globals";
import { diagnose } from "../../../src/diagnose/diagnose.ts";
import type { Confidence, VerdictName } from "../../../src/diagnose/verdict.ts";
import { disk, evidenceOf, type Given } from "./evidence-of.ts";

/** What a case is about, what is given, the verdicts that are expected, and the confidence of the first. */
type Row = readonly [string, Given, readonly VerdictName[], Confidence];

const nas = { fileSystem: "nfs4", kind: "network", mountPoint: "/mnt/nas", idleAnswerMs: 5, answerMs: 6 } as const;
const noNfs = {
  ...{ operations: 0, meanRoundTripMs: undefined, meanQueueMs: undefined, retransmissions: 0, majorTimeouts: 0 },
  ...{ readBytes: undefined, writtenBytes: undefined, slowest: [] },
};
const slowServer = { ...nas, idleAnswerMs: 0.5, answerMs: 20 };
const fullLink = { ...nas, interface: "eth0", linkBitsPerSecond: 1e9 };
const oneRsync = {
  ...{
    lanes: 1,
    rsyncs: 1,
    makespanSeconds: 40,
    laneSeconds: 40,
    idleLaneSeconds: 0,
    aloneSeconds: 40,
    underusedSeconds: 0,
  },
  longest: { id: 0, kind: "whole", seconds: 40, project: "alpha", file: undefined, bytes: 2e9 },
} as const;
const straggler = {
  ...{ makespanSeconds: 40, laneSeconds: 55, idleLaneSeconds: 105, aloneSeconds: 30, underusedSeconds: 34 },
  longest: { id: 3, kind: "slice", seconds: 39, project: "alpha", file: "alpha/film.mov", bytes: 40 * 2 ** 30 },
} as const;

const rows: readonly Row[] = [
  [
    "a CPU quota that stops rsyncs while the machine idles",
    {
      machine: { cpuPercent: 9, throttledPercent: 98, cpuQuota: 0.3 },
      roles: { sender: { onCpu: 6, waitingForCpu: 39 }, receiver: { onCpu: 9, waitingForCpu: 50 } },
    },
    ["cpu-quota"],
    "high",
  ],
  [
    "CPUs that are all busy, with rsyncs in their queue",
    {
      machine: { cpuPercent: 98 },
      roles: { sender: { onCpu: 25, waitingForCpu: 35 }, receiver: { onCpu: 25, waitingForCpu: 25 } },
    },
    ["cpu"],
    "high",
  ],
  [
    "CPUs with quieter moments, for which rsyncs queue as long as they compute",
    {
      machine: { cpuPercent: 85 },
      roles: { sender: { onCpu: 38, waitingForCpu: 36 }, receiver: { onCpu: 48, waitingForCpu: 50 } },
    },
    ["cpu"],
    "high",
  ],
  [
    "CPUs that neighbours keep busy while rsyncs wait for a disk are not to blame",
    {
      machine: { cpuPercent: 95 },
      roles: { sender: { fileData: 90, onCpu: 4, waitingForCpu: 3 } },
      source: disk("vdb", { busyPercent: 99, queue: 3 }),
    },
    ["source-disk"],
    "high",
  ],
  [
    "a single rsync that computes while a CPU idles",
    { machine: { cpuPercent: 52 }, roles: { sender: { onCpu: 96 } }, schedule: oneRsync },
    ["single-thread"],
    "high",
  ],
  [
    "a disk that is busy and has a queue",
    { roles: { sender: { fileData: 95 } }, source: disk("vdb", { busyPercent: 100, queue: 8, awaitMs: 300 }) },
    ["source-disk"],
    "high",
  ],
  [
    "a disk that is held back above its queue, by a limit that is known",
    {
      roles: { sender: { fileData: 99 } },
      source: disk("vdb", { busyPercent: 1, queue: 0, limits: ["rbps=20971520"] }),
    },
    ["source-disk"],
    "high",
  ],
  [
    "writing that has to wait until unwritten data is written",
    {
      machine: { iowaitPercent: 60 },
      roles: { receiver: { throttled: 97 } },
      destination: disk("vdc", { busyPercent: 99, queue: 9, awaitMs: 400 }),
    },
    ["destination-disk"],
    "high",
  ],
  [
    "a final sync that takes as long as the copying",
    {
      seconds: { copy: 20, sync: 25 },
      roles: { receiver: { onCpu: 30 } },
      destination: disk("vdc", { busyPercent: 95, queue: 9 }),
    },
    ["destination-disk"],
    "medium",
  ],
  [
    "a source that takes 5 ms to an answer",
    { roles: { sender: { fileMetadata: 85, fileData: 9 } }, source: nas },
    ["source-latency"],
    "high",
  ],
  [
    "a destination that takes 5 ms to an answer, generator and receiver in turns",
    { roles: { generator: { fileMetadata: 48 }, receiver: { fileMetadata: 42 } }, destination: nas },
    ["destination-latency"],
    "high",
  ],
  [
    "a server that answers forty times as slowly under the load",
    { roles: { receiver: { fileData: 90 } }, destination: slowServer },
    ["remote"],
    "high",
  ],
  [
    "answers that a CPU quota holds up are no slow server",
    {
      machine: { throttledPercent: 90, cpuQuota: 0.2 },
      roles: { sender: { fileMetadata: 75, waitingForCpu: 22 } },
      source: { ...nas, answerMs: 90 },
    },
    ["source-latency"],
    "high",
  ],
  [
    "a link that is full",
    { roles: { receiver: { fileData: 90 } }, destination: fullLink, machine: { sentBytesPerSecond: 115e6 } },
    ["network"],
    "high",
  ],
  [
    "a control group with too little memory",
    {
      machine: {
        memoryStallPercent: 74,
        memoryLimitBytes: 64e6,
        memoryPeakBytes: 64e6,
        memoryLimitHits: 90000,
        refaultsPerSecond: 5000,
      },
      roles: { sender: { memory: 40, fileData: 30 } },
      rsyncs: { deviceReadBytes: 7e9 },
    },
    ["memory"],
    "high",
  ],
  [
    "a control group whose page cache is full, as it is after any copying, is no lack of memory",
    {
      machine: { memoryStallPercent: 1, memoryLimitBytes: 512e6, memoryPeakBytes: 512e6, memoryLimitHits: 90000 },
      roles: { sender: { fileData: 95 } },
      source: disk("vdb", { busyPercent: 100, queue: 4 }),
    },
    ["source-disk"],
    "high",
  ],
  [
    "a bandwidth-limit that rsyncs sleep for",
    {
      settings: { bandwidthLimit: 10 * 2 ** 20 },
      schedule: { bytesTransferred: 400 * 2 ** 20 },
      roles: { sender: { asleep: 97 } },
    },
    ["bandwidth-limit"],
    "high",
  ],
  [
    "one file that runs on alone",
    { schedule: straggler, machine: { cpuPercent: 45 }, roles: { sender: { onCpu: 60 } } },
    ["skew"],
    "high",
  ],
  [
    "a straggler on a disk that is as busy with one rsync as with all is the disk's",
    {
      schedule: { ...straggler, throughput: { full: 20e6, alone: 19.8e6 } },
      roles: { sender: { fileData: 95 } },
      source: disk("vdb", { busyPercent: 100, queue: 2 }),
    },
    ["source-disk"],
    "high",
  ],
  [
    "a single lane that computes and waits in turns, while the CPUs idle",
    {
      settings: { parallelism: 1, mostLanes: 256 },
      schedule: { ...oneRsync, rsyncs: 24 },
      roles: { sender: { onCpu: 40 }, generator: { onCpu: 40 } },
      machine: { cpuPercent: 50 },
    },
    ["parallelism-too-low"],
    "high",
  ],
  [
    "more rsyncs than did good before",
    {
      settings: { parallelism: 16, mostLanes: 256 },
      schedule: { lanes: 16 },
      tuning: { rates: [{ lanes: 16, rate: 0.9 }], earlierRates: [{ lanes: 1, rate: 2 }] },
      roles: { sender: { fileData: 98 } },
      source: disk("sda", { rotational: true, busyPercent: 100, queue: 15, awaitMs: 60 }),
    },
    ["parallelism-too-high", "source-disk"],
    "medium",
  ],
  [
    "attempts that fail and pauses behind them",
    {
      troubles: {
        attempts: 90,
        failedAttempts: 60,
        failedShards: 20,
        failedSeconds: 20,
        pausedSeconds: 500,
        worst: "error in file I/O",
      },
    },
    ["errors"],
    "high",
  ],
  [
    "both sides slow to answer",
    { roles: { sender: { fileMetadata: 70 }, receiver: { fileMetadata: 80 } }, source: nas, destination: nas },
    ["destination-latency", "source-latency"],
    "high",
  ],
  [
    "two disks that rsyncs wait for in turns, each for less than half of the time",
    {
      roles: { sender: { fileData: 49 }, receiver: { fsync: 48 } },
      source: disk("vdb", { busyPercent: 1, limits: ["rbps=1"] }),
      destination: disk("vdc", { busyPercent: 1, limits: ["wbps=1"] }),
    },
    ["destination-disk", "source-disk"],
    "medium",
  ],
  [
    "comparing in a container with a memory limit, whose page cache is full and whose directories are read from a disk",
    {
      machine: {
        ...{ memoryStallPercent: 0.3, memoryLimitBytes: 512e6, memoryPeakBytes: 512e6, memoryLimitHits: 30000 },
        refaultsPerSecond: 1,
      },
      rsyncs: { readBytes: 20e6, deviceReadBytes: 1e9 },
      roles: { sender: { fileMetadata: 80 } },
      source: disk("vdb", { busyPercent: 98, queue: 4 }),
    },
    ["source-disk"],
    "high",
  ],
  [
    "a full link, though the number of rsyncs was given",
    {
      settings: { parallelism: 16, mostLanes: 256 },
      schedule: { lanes: 16, rsyncs: 60 },
      machine: { cpuPercent: 5, receivedBytesPerSecond: 118e6 },
      roles: { sender: { fileData: 95 } },
      source: fullLink,
    },
    ["network"],
    "high",
  ],
  [
    "more rsyncs that gained nothing, of a number that was given, are not too few",
    {
      settings: { parallelism: 8, mostLanes: 256 },
      schedule: { lanes: 8 },
      tuning: { rates: [{ lanes: 8, rate: 2.1 }], earlierRates: [{ lanes: 4, rate: 2 }] },
      roles: { sender: { fileMetadata: 90 } },
      source: nas,
    },
    ["source-latency"],
    "high",
  ],
  [
    "one NFS request in a thousand million without an answer is no error",
    {
      roles: { sender: { fileMetadata: 90 } },
      source: { ...nas, nfs: { ...noNfs, operations: 1e9, majorTimeouts: 1, meanRoundTripMs: 5 } },
    },
    ["source-latency"],
    "high",
  ],
  [
    "a short copying that kept CPUs busy before a long sync",
    {
      seconds: { copy: 60, sync: 600 },
      machine: { cpuPercent: 97 },
      roles: { sender: { onCpu: 40, waitingForCpu: 40 } },
      destination: disk("vdc", { busyPercent: 95, queue: 9 }),
    },
    ["destination-disk", "cpu"],
    "high",
  ],
  [
    "a sync to a server that takes longer than the copying",
    { seconds: { copy: 200, sync: 600 }, roles: { sender: { onCpu: 20 } }, destination: nas },
    ["remote"],
    "high",
  ],
  [
    "data that waits to be written to a server whose answers are quick",
    { roles: { receiver: { throttled: 90 } }, destination: { ...nas, idleAnswerMs: 0.1, answerMs: 0.1 } },
    ["remote"],
    "medium",
  ],
  [
    "an NFS client without a free slot is no slow server",
    {
      roles: { sender: { fileMetadata: 90 } },
      source: { ...slowServer, nfs: { ...noNfs, operations: 1e6, meanRoundTripMs: 0.5, meanQueueMs: 5 } },
    },
    ["source-latency"],
    "high",
  ],
  [
    "btrfs over several disks, of which only one is counted, is not said to be held back",
    { roles: { sender: { fileData: 95 } }, source: disk("sda", { fileSystem: "btrfs", busyPercent: 3 }) },
    ["source-disk"],
    "medium",
  ],
  [
    "two of 64 CPUs that rsyncs queue for",
    {
      settings: { cpus: 2, machineCpus: 64 },
      machine: { cpuPercent: 4 },
      roles: { sender: { onCpu: 25, waitingForCpu: 55 }, receiver: { onCpu: 20, waitingForCpu: 50 } },
    },
    ["cpu"],
    "medium",
  ],
  [
    "nothing that stands out",
    { roles: { sender: { onCpu: 20, fileData: 20 }, receiver: { onCpu: 15 } } },
    ["unknown"],
    "low",
  ],
  ["a run of seconds", { seconds: { copy: 3 }, roles: { sender: { fileData: 95 } } }, ["too-short"], "low"],
  [
    "a run of which little was seen",
    { seconds: { copy: 20 }, rsyncs: { glimpses: 12 }, roles: { sender: { fileData: 95 } } },
    ["too-short"],
    "low",
  ],
  [
    "a longer run of which little was seen, since memory leaves no time to look, with less confidence",
    {
      machine: {
        ...{ memoryStallPercent: 84, memoryLimitBytes: 24e6, memoryPeakBytes: 24e6, memoryLimitHits: 90000 },
        refaultsPerSecond: 6000,
      },
      rsyncs: { glimpses: 4 },
    },
    ["memory"],
    "medium",
  ],
];

describe("diagnose", () => {
  test.each(rows)("%s", (_, given, names, confidence) => {
    const { verdicts } = diagnose(evidenceOf(given));
    expect(verdicts.map(({ name }) => name)).toEqual(names);
    expect(verdicts[0].confidence).toBe(confidence);
  });
});

describe("advice", () => {
  const adviceOf = (given: Given): string => diagnose(evidenceOf(given)).verdicts[0].advice;
  const slowSource = { roles: { sender: { fileMetadata: 95 } }, source: nas };

  test("names a number of rsyncs that would keep the CPUs busy, as far as they wait", () => {
    const one = { ...slowSource, settings: { parallelism: 1, mostLanes: 256 }, schedule: oneRsync } as const;
    expect(adviceOf({ ...one, machine: { cpuPercent: 9 } })).toBe("set parallelism to auto, or to 8");
    expect(adviceOf({ ...one, machine: { cpuPercent: 40 } })).toBe("set parallelism to auto, or to 2");
  });

  test("goes beyond what auto takes only where auto took all that it may", () => {
    const auto = (lanes: number) =>
      adviceOf({ ...slowSource, schedule: { lanes, rsyncs: 300 }, machine: { cpuPercent: 55 } });
    expect(auto(64)).toMatch(/^set parallelism to 96: each rsync waits for one answer at a time/);
    expect(auto(16)).toMatch(/^leave parallelism at auto/);
  });

  test("does not send for more rsyncs where there is nothing to divide", () => {
    expect(adviceOf({ ...slowSource, schedule: oneRsync })).toMatch(/^what there is to copy cannot be divided/);
  });

  test("of the last pass for hard links is about it, and not about loose files", () => {
    const longest = { ...straggler.longest, kind: "relink", project: "", file: undefined } as const;
    const { sentence, advice } = diagnose(
      evidenceOf({
        schedule: { ...straggler, longest },
        machine: { cpuPercent: 45 },
        roles: { sender: { onCpu: 60 } },
      }),
    ).verdicts[0];
    expect(`${sentence} ${advice}`).toMatch(
      /^The last pass for hard links limits this run.*without preserve hard-links/,
    );
  });

  test("says which file it is that cannot be split, and how much of the run it took", () => {
    const advice = adviceOf({ schedule: straggler, machine: { cpuPercent: 45 }, roles: { sender: { onCpu: 60 } } });
    expect(advice).toMatch(/^a split is not possible: one file of 40\.0 GiB in alpha is 98 % of the run/);
  });

  test.each<[string, Given, RegExp]>([
    [
      "a CPU quota",
      { machine: { throttledPercent: 98, cpuQuota: 0.5 }, roles: { sender: { waitingForCpu: 80 } } },
      /^raise the CPU quota .* to 2 CPUs or more/,
    ],
    [
      "checksums",
      {
        settings: { checksum: true },
        machine: { cpuPercent: 99 },
        roles: { sender: { onCpu: 40, waitingForCpu: 50 } },
      },
      /^drop --checksum from rsync-args/,
    ],
    [
      "a disk with a limit",
      { roles: { sender: { fileData: 99 } }, source: disk("vdb", { busyPercent: 1, limits: ["rbps=20971520"] }) },
      /^raise the limit that is set on it \(rbps=20971520\)/,
    ],
    [
      "fsync for each file",
      { settings: { fsync: true }, roles: { receiver: { fsync: 95 } }, destination: disk("vdc") },
      /^drop --fsync from rsync-args: the input sync/,
    ],
    [
      "one disk for both sides",
      { sameDevice: true, roles: { sender: { fileData: 95 } }, source: disk("sda", { busyPercent: 99, queue: 4 }) },
      /^put source and destination on different devices/,
    ],
    [
      "a disk that turns, with many rsyncs",
      {
        settings: { parallelism: 8 },
        roles: { sender: { fileData: 95 } },
        source: disk("sda", { busyPercent: 99, queue: 4, rotational: true }),
      },
      /^set parallelism to 2/,
    ],
    [
      "a bandwidth-limit",
      {
        settings: { bandwidthLimit: 100 * 2 ** 20 },
        schedule: { bytesTransferred: 3900 * 2 ** 20 },
        roles: { sender: { asleep: 97 } },
      },
      /^raise bandwidth-limit to 200M/,
    ],
  ])("for %s names what to change", (_, given, advice) => {
    expect(adviceOf(given)).toMatch(advice);
  });
});

describe("what did not limit it", () => {
  test("stands with its figure, unless it did", () => {
    const { exonerated } = diagnose(evidenceOf({ roles: { sender: { fileData: 95 } }, source: disk("vdb") }));
    expect(exonerated).toContain("CPUs busy 20 %");
    expect(exonerated.filter((words) => words.includes("vdb"))).toEqual([]);
  });
});
