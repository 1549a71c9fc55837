import { describe, expect, test } from "@jest/globals";
import type { Plan, Shard } from "../../../src/plan/shard.ts";
import { meaningOf } from "../../../src/rsync/exit-code.ts";
import { trackProgress } from "../../../src/run/progress.ts";
import type { ShardEnd } from "../../../src/run/shard-run.ts";
import { portions, shard } from "../../support/workshop.ts";

const first = shard({ id: 0, weight: 60, bytes: 6000, portions: portions("alpha") });
const second = shard({ id: 1, weight: 40, portions: portions("alpha", "beta") });
const plan: Plan = { stages: [[first], [second]], lanes: 2, notSplit: undefined };

function end(one: Shard, ...bytes: readonly number[]): ShardEnd {
  const messages = { lines: [], total: 0, vanished: 0, onlyVanished: false, projects: undefined };
  return {
    shard: one,
    state: "complete",
    meaning: meaningOf(0, true),
    attempts: bytes.map((bytesTransferred) => ({
      ...{ lane: 0, startedAtMs: 0, endedAtMs: 1, exitCode: 0 },
      ...{ messages, bytesTransferred },
    })),
    tallies: new Map(),
  };
}

test("at the start nothing is done, and how long it takes is not known", () => {
  expect(trackProgress(plan).state(3)).toEqual({
    fraction: 0,
    bytesTransferred: 0,
    elapsedSeconds: 3,
    secondsLeft: undefined,
    projectsDone: 0,
    projects: 2,
  });
});

test("shards that ended count by weight, and the time left follows", () => {
  const tracker = trackProgress(plan);
  tracker.ended(end(first, 100));
  expect(tracker.state(30)).toMatchObject({ fraction: 0.6, bytesTransferred: 100, secondsLeft: 20 });
});

test("a project is done with its last shard", () => {
  const tracker = trackProgress(plan);
  expect(tracker.ended(end(first))).toEqual([]);
  expect(tracker.state(1).projectsDone).toBe(0);
  expect(tracker.ended(end(second))).toEqual(["alpha", "beta"]);
  expect(tracker.state(1)).toMatchObject({ fraction: 1, projectsDone: 2, secondsLeft: 0 });
});

describe("a shard that runs", () => {
  test("counts by the share of its bytes that it has moved", () => {
    const tracker = trackProgress(plan);
    tracker.moved(first, 1000);
    tracker.moved(first, 3000);
    expect(tracker.state(1)).toMatchObject({ fraction: 0.3, bytesTransferred: 3000 });
  });

  test("never counts for more than its weight", () => {
    const tracker = trackProgress(plan);
    tracker.moved(first, 1_000_000);
    expect(tracker.state(1).fraction).toBe(0.6);
    // Of one that was thought to have no bytes, any are all.
    tracker.moved(second, 1);
    expect(tracker.state(1).fraction).toBe(1);
  });

  test("counts once when it has ended, with all its tries", () => {
    const tracker = trackProgress(plan);
    tracker.moved(first, 30);
    tracker.ended(end(first, 5, 30));
    expect(tracker.state(1)).toMatchObject({ fraction: 0.6, bytesTransferred: 35 });
  });
});

test("no time left is guessed from the first hundredth", () => {
  const tracker = trackProgress(plan);
  tracker.moved(first, 100);
  expect(tracker.state(10).secondsLeft).toBeUndefined();
});

test("a plan of nothing is done", () => {
  expect(trackProgress({ stages: [], lanes: 1, notSplit: undefined }).state(0)).toMatchObject({
    fraction: 1,
    projects: 0,
  });
});
