import { describe, expect, test } from "@jest/globals";
import type { Plan, Shard } from "../../../src/plan/shard.ts";
import { beliefOf, surveyBelief } from "../../../src/run/experience.ts";
import { type ProgressTracker, trackProgress } from "../../../src/run/progress.ts";
import type { ShardEnd } from "../../../src/run/shard-run.ts";
import { ended } from "../../support/record.ts";
import { portions, shard } from "../../support/workshop.ts";

const first = shard({ id: 0, weight: 60, bytes: 6000, fresh: true, portions: portions("alpha") });
const second = shard({ id: 1, weight: 40, portions: portions("alpha", "beta") });
const plan: Plan = { stages: [[first], [second]], lanes: 2, notSplit: undefined };

/** A tracker whose time is set by the test. */
function tracker(
  of: Plan = plan,
  belief = surveyBelief,
): ProgressTracker & { at: (seconds: number) => ProgressTracker } {
  let now = 0;
  const tracked = trackProgress(of, { seconds: () => now, lanes: () => 2, belief });
  return {
    ...tracked,
    at: (seconds) => {
      now = seconds;
      return tracked;
    },
  };
}

/** An end whose tries moved so many bytes. */
function end(one: Shard, ...bytes: readonly number[]): ShardEnd {
  const { attempts, ...rest } = ended(one, { tallies: { alpha: { filesTransferred: 5 } } });
  return {
    ...rest,
    attempts: bytes.flatMap((bytesTransferred) => attempts.map((one) => ({ ...one, bytesTransferred }))),
  };
}

test("at the start nothing is done, and how long it takes is not known", () => {
  expect(tracker().at(3).state()).toEqual({
    kind: "copying",
    ...{
      fraction: 0,
      elapsedSeconds: 3,
      bytesTransferred: 0,
      filesTransferred: 0,
      bytesPerSecond: 0,
      filesPerSecond: 0,
    },
    ...{ left: undefined, projectsDone: 0, projects: 2, lanes: [], shardsWaiting: 2 },
  });
});

test("shards that ended count by weight, with the files and bytes of all their tries", () => {
  const progress = tracker();
  progress.started(first, 0);
  progress.at(30).ended(end(first, 5, 30));
  expect(progress.state()).toMatchObject({
    fraction: 0.6,
    bytesTransferred: 35,
    filesTransferred: 5,
    shardsWaiting: 1,
  });
});

test("a project is done with its last shard, and comes with the ends of all", () => {
  const progress = tracker();
  const [one, two] = [end(first), end(second)];
  expect(progress.ended(one)).toEqual([]);
  expect(progress.state().projectsDone).toBe(0);
  expect(progress.ended(two)).toEqual([
    { project: "alpha", ends: [one, two] },
    { project: "beta", ends: [two] },
  ]);
  expect(progress.at(1).state()).toMatchObject({ fraction: 1, projectsDone: 2 });
});

describe("a lane", () => {
  test("has the limiter's number, and what its shard is, for how long and how far", () => {
    const progress = tracker();
    progress.at(2).started(second, 7);
    progress.started(first, 3);
    progress.moved(first, 700);
    expect(progress.at(10).state().lanes).toEqual([
      { lane: 3, project: "alpha", part: "all of it", seconds: 8, bytes: 700 },
      { lane: 7, project: "alpha and 1 more", part: "alpha", seconds: 8, bytes: undefined },
    ]);
  });

  test("is none any more when its shard has ended", () => {
    const progress = tracker();
    progress.started(first, 0);
    progress.ended(end(first));
    expect(progress.state().lanes).toEqual([]);
  });
});

describe("a shard that runs", () => {
  test("counts by the share of its bytes, where all of them are to be copied", () => {
    const progress = tracker();
    progress.started(first, 0);
    progress.moved(first, 3000);
    progress.copied(first);
    const { fraction, bytesTransferred, filesTransferred } = progress.at(100).state();
    expect(fraction).toBeGreaterThan(0.25);
    expect(fraction).toBeLessThan(0.35);
    expect({ bytesTransferred, filesTransferred }).toEqual({ bytesTransferred: 3000, filesTransferred: 1 });
  });

  test("counts by its time, where some are there already", () => {
    const progress = tracker();
    progress.started(second, 0);
    progress.moved(second, 1);
    const at = (seconds: number): number => progress.at(seconds).state().fraction;
    const shares = [at(10), at(20), at(40), at(400)];
    expect(shares).toEqual([...shares].sort());
    expect(shares[0]).toBeGreaterThan(0.02);
    expect(shares[3]).toBeLessThan(0.4);
  });

  test("is never all that there is", () => {
    const progress = tracker({ ...plan, stages: [[first]] });
    progress.started(first, 0);
    progress.moved(first, 1e12);
    expect(progress.at(1e9).state().fraction).toBeLessThan(1);
    progress.ended(end(first));
    expect(progress.state().fraction).toBe(1);
  });

  test("begins anew without the share falling", () => {
    const progress = tracker();
    progress.started(first, 0);
    progress.moved(first, 3000);
    const before = progress.at(10).state().fraction;
    progress.moved(first, 0);
    expect(progress.at(10).state().fraction).toBe(before);
  });
});

describe("a second try", () => {
  test("adds to what the first one moved, and its bytes foretell nothing", () => {
    const one = shard({ id: 0, weight: 10, bytes: 1000, fresh: true });
    const progress = tracker({ stages: [[one]], lanes: 1, notSplit: undefined });
    progress.started(one, 0);
    progress.moved(one, 900);
    progress.at(3600).moved(one, 0);
    progress.at(3640).moved(one, 60);
    expect(progress.state().bytesTransferred).toBe(960);
    expect(progress.state().lanes[0]?.bytes).toBe(960);
    expect(progress.state().left).toBeUndefined();
  });
});

describe("the time left", () => {
  const many = Array.from({ length: 40 }, (_, id) => shard({ id, weight: 10 }));
  const long: Plan = { stages: [many], lanes: 2, notSplit: undefined };

  test("is not known before something has ended that tells of it", () => {
    const progress = tracker(long);
    for (const one of many.slice(0, 2)) progress.started(one, one.id);
    expect(progress.at(10).state().left).toBeUndefined();
    for (const one of many.slice(0, 2)) progress.ended(end(one));
    expect(progress.state().left).toBeUndefined();
  });

  test("follows from what those that ended took", () => {
    const progress = tracker(long);
    for (const one of many.slice(0, 10)) {
      progress.at(0).started(one, 0);
      progress.at(30).ended(end(one));
    }
    const left = progress.state().left?.likely ?? 0;
    // 30 more, each thrice its weight, in two lanes.
    expect(left).toBeGreaterThan(400);
    expect(left).toBeLessThan(520);
  });

  test("is believed from earlier runs at the very start", () => {
    const left = tracker(long, beliefOf(1000, 200)).state().left;
    expect(left?.likely).toBeGreaterThan(800);
    expect(left?.likely).toBeLessThan(1200);
  });

  test("of the one rsync that there is follows from its bytes", () => {
    const progress = tracker({ ...plan, stages: [[first]] });
    progress.started(first, 0);
    progress.moved(first, 1500);
    expect(progress.at(100).state().left?.likely).toBeCloseTo(300, -1);
  });

  test("is not known of one that has moved more than it was thought to have", () => {
    const progress = tracker({ ...plan, stages: [[first]] });
    progress.started(first, 0);
    progress.moved(first, 6001);
    expect(progress.at(100).state().left).toBeUndefined();
  });

  test("is nothing when all has ended", () => {
    const progress = tracker();
    for (const one of [first, second]) {
      progress.started(one, 0);
      progress.moved(one, 1);
      progress.ended(end(one));
    }
    expect(progress.state().left?.most ?? 0).toBe(0);
  });
});

test("a plan of nothing is done", () => {
  expect(tracker({ stages: [], lanes: 1, notSplit: undefined }).state()).toMatchObject({ fraction: 1, projects: 0 });
});
