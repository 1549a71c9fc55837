import { describe, expect, test } from "@jest/globals";
import { scheduleOf } from "../../../src/diagnose/schedule.ts";
import { type Sample, unmeasured } from "../../../src/measure/measurement.ts";
import type { Shard } from "../../../src/plan/shard.ts";
import type { ShardEnd } from "../../../src/run/shard-run.ts";
import { ended } from "../../support/record.ts";
import { raw } from "../../support/tree.ts";
import { shard } from "../../support/workshop.ts";

/** A shard that ran once, from and to in seconds. */
function ran(from: number, to: number, given: Partial<Shard> = {}): ShardEnd {
  return ended(shard(given), { times: [[from * 1000, to * 1000]] });
}

function schedule(
  ends: readonly ShardEnd[],
  lanes: number,
  samples: readonly Sample[] = [],
  steps: readonly { seconds: number; lanes: number }[] = [],
) {
  return scheduleOf({
    plan: { stages: [ends.map((end) => end.shard)], lanes, notSplit: undefined },
    ends,
    steps: steps.map((step) => ({ ...step, rate: 1, why: "" })),
    copyStart: 0,
    samples,
  });
}

describe("scheduleOf", () => {
  test("adds up lanes, and what stood empty beside a straggler", () => {
    const seen = schedule([ran(0, 2, { id: 0 }), ran(0, 3, { id: 1 }), ran(0, 10, { id: 2 })], 3);
    expect(seen).toMatchObject({
      makespanSeconds: 10,
      laneSeconds: 15,
      idleLaneSeconds: 15,
      aloneSeconds: 7,
      rsyncs: 3,
    });
    expect(seen.underusedSeconds).toBe(7);
    expect(seen.longest).toMatchObject({ id: 2, seconds: 10, project: "alpha", file: undefined });
  });

  test("lanes that no shard was there for were not empty", () => {
    expect(schedule([ran(0, 4)], 8)).toMatchObject({ lanes: 1, idleLaneSeconds: 0 });
  });

  test("the tuner's steps say how many lanes there were", () => {
    const ends = [0, 1, 2, 3].map((id) => ran(id < 2 ? 0 : 5, id < 2 ? 5 : 10, { id }));
    expect(schedule(ends, 2, [], [{ seconds: 5, lanes: 4 }])).toMatchObject({ lanes: 4, idleLaneSeconds: 10 });
  });

  test("the only file of a slice has its name", () => {
    const film = ran(0, 9, { kind: "slice", names: [raw("./alpha/film.mov")], bytes: 5e9 });
    expect(schedule([film, ran(0, 1, { id: 1 })], 2).longest).toMatchObject({ file: "alpha/film.mov", bytes: 5e9 });
  });

  test("what many rsyncs read in a second stands beside what one did", () => {
    const samples = [1, 2, 3, 4, 5, 6, 7, 8].map((second) => ({
      ...unmeasured,
      atMs: second * 1000,
      rsyncs: second <= 4 ? 4 : 1,
      rsyncReadBytesPerSecond: second <= 4 ? 400 : 100,
    }));
    const ends = [0, 1, 2, 3].map((id) => ran(0, id === 0 ? 8 : 4, { id }));
    expect(schedule(ends, 4, samples).throughput).toEqual({ full: 400, alone: 100 });
    expect(schedule(ends, 4, samples.slice(0, 5)).throughput).toBeUndefined();
  });
});
