import { describe, expect, test } from "@jest/globals";
import { evidenceOf } from "../../../src/diagnose/collect.ts";
import { noActivities } from "../../../src/measure/activity.ts";
import { type Measurement, unmeasured } from "../../../src/measure/measurement.ts";
import { noLimits, unknownStorage } from "../../../src/measure/sampler.ts";
import type { RunRecord } from "../../../src/record.ts";
import { ended, record } from "../../support/record.ts";
import { shard } from "../../support/workshop.ts";

const phases = [
  { name: "survey", startedAtSeconds: 0, seconds: 2 },
  { name: "copy", startedAtSeconds: 2, seconds: 10 },
  { name: "sync", startedAtSeconds: 12, seconds: 3 },
];

function measured(given: Partial<Measurement> = {}): Measurement {
  return {
    ...{ intervalMs: 1000, samples: [], memoryTotalBytes: 1000, group: noLimits, rsyncs: undefined },
    ...{ source: unknownStorage, destination: unknownStorage, costSeconds: 0, missing: [] },
    ...given,
  };
}

function collected(given: Partial<RunRecord> = {}, inputs: Parameters<typeof record>[1] = {}) {
  return evidenceOf(record({ phases, resources: measured(), ends: [ended(shard())], ...given }, inputs));
}

describe("evidenceOf", () => {
  test("there is none where nothing was measured, or no rsync ran", () => {
    expect(collected({ resources: undefined })).toBeUndefined();
    expect(collected({ ends: [] })).toBeUndefined();
  });

  test("the phases that can limit are apart", () => {
    expect(collected()?.seconds).toEqual({ survey: 2, copy: 10, deleting: 0, sync: 3 });
  });

  test("the machine's figures are those of the copying alone", () => {
    const samples = [1, 4, 8, 14].map((second) => ({
      ...unmeasured,
      atMs: second * 1000,
      cpuPercent: second > 2 && second < 12 ? 50 : 100,
      memoryUsedBytes: 400,
    }));
    expect(collected({ resources: measured({ samples }) })?.machine).toMatchObject({
      cpuPercent: 50,
      memoryUsedPercent: 40,
    });
  });

  test("deleting is a share of the rsyncs' time", () => {
    const idle = { ...noActivities(), peer: 8 };
    const rsyncs = {
      roles: { sender: idle, generator: { ...noActivities(), deleting: 2, peer: 6 }, receiver: idle },
      ...{ seconds: 8, glimpses: 80, readBytes: 0, deviceReadBytes: 0, costSeconds: 0 },
    };
    // An rsync of two seconds, of whose generator's time a quarter was spent deleting.
    expect(collected({ resources: measured({ rsyncs }) })?.seconds.deleting).toBeCloseTo(0.5);
  });

  test("arguments that can limit are noticed", () => {
    expect(collected({}, { "rsync-args": "--checksum\n--fsync" })?.settings).toMatchObject({
      checksum: true,
      fsync: true,
    });
    expect(collected({}, { "rsync-args": "-c" })?.settings).toMatchObject({ checksum: true, fsync: false });
    expect(collected({}, { parallelism: "3" })?.settings).toMatchObject({ parallelism: 3, mostLanes: 256 });
  });

  test("attempts that failed cost their time and the pause behind them", () => {
    const ends = [
      ended(shard(), {
        exitCode: 11,
        state: "failed",
        times: [
          [0, 1000],
          [3000, 4000],
        ],
      }),
      ended(shard({ id: 1 }), {
        times: [
          [0, 500],
          [1000, 2000],
        ],
      }),
      ended(shard({ id: 2 })),
    ];
    expect(collected({ ends })?.troubles).toMatchObject({
      ...{ attempts: 5, failedAttempts: 3, failedShards: 1, failedSeconds: 2.5, pausedSeconds: 2.5 },
    });
  });

  test("what answers took before anything ran stands beside what they took meanwhile", () => {
    const samples = [3, 4, 5].map((second) => ({ ...unmeasured, atMs: second * 1000, sourceAnswerMs: second }));
    const { source } =
      collected({ latencies: { source: 0.002, destination: 0 }, resources: measured({ samples }) }) ?? {};
    expect(source).toMatchObject({ idleAnswerMs: 2, answerMs: 4 });
  });

  test("one device below both sides is noticed, whatever is on top of it", () => {
    const device = (name: string) => ({ name, deviceNumber: name, rotational: undefined });
    const on = (...names: string[]) => ({ ...unknownStorage, devices: names.map(device) });
    const together = measured({ source: on("dm-0", "sda"), destination: on("dm-1", "sda") });
    expect(collected({ resources: together })?.sameDevice).toBe(true);
    const apart = measured({ source: on("sda1", "sda"), destination: on("sdb") });
    expect(collected({ resources: apart })?.sameDevice).toBe(false);
  });
});
