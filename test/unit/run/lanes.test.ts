import { describe, expect, test } from "@jest/globals";
import { type Admission, inLanes } from "../../../src/run/lanes.ts";
import { seeded } from "../../support/random.ts";

/** Admits everything at once, in so many lanes; what a test is about is given. */
function admission<Task>(lanes: number, given: Partial<Admission<Task>> = {}): Admission<Task> {
  return { open: () => true, lanes: () => lanes, ready: () => true, ...given };
}

/** Lets what waits go on, so many times. */
async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await new Promise(setImmediate);
}

test("no tasks, no results", async () => {
  expect(await inLanes([], admission(3), async () => 1)).toEqual([]);
});

describe.each([1, 2, 3, 8])("in %d lanes", (lanes) => {
  test.each([1, 2, 3, 4, 5])(
    "(seed %d) never more at once, each lane one at a time, all tasks once and in order",
    async (seed) => {
      const random = seeded(seed);
      const tasks = Array.from({ length: 25 }, (_, index) => index);
      const started: number[] = [];
      const busy = new Set<number>();
      let most = 0;
      const results = await inLanes(tasks, admission(lanes), async (task, lane) => {
        expect(busy.has(lane)).toBe(false);
        busy.add(lane);
        most = Math.max(most, busy.size);
        started.push(task);
        await turns(random.whole(6));
        busy.delete(lane);
        return task * 10;
      });
      expect(most).toBe(lanes);
      expect(started).toEqual(tasks);
      expect(results).toEqual(tasks.map((task) => task * 10));
    },
  );
});

test("lanes are numbered from 0, and no more are opened than there are tasks", async () => {
  const lanes: number[] = [];
  await inLanes(["a", "b"], admission(9), async (_task, lane) => void lanes.push(lane));
  expect(lanes).toEqual([0, 1]);
});

test("the next task starts in the lane that became free", async () => {
  const where: [string, number][] = [];
  await inLanes(["long", "short", "next"], admission(2), async (task, lane) => {
    where.push([task, lane]);
    await turns(task === "long" ? 20 : 1);
  });
  expect(where).toEqual([
    ["long", 0],
    ["short", 1],
    ["next", 1],
  ]);
});

describe("when the number of lanes changes while tasks run,", () => {
  test.each([
    ["more", 1, 4],
    ["fewer", 4, 1],
  ])("%s start as soon as one has ended, and never more than are allowed then", async (_name, before, after) => {
    const changesAt = 8;
    let ended = 0;
    const lanes = (): number => (ended < changesAt ? before : after);
    let running = 0;
    const atStart: [ended: number, running: number][] = [];
    const tasks = Array.from({ length: 30 }, (_, index) => index);
    const results = await inLanes(tasks, admission(0, { lanes }), async (task) => {
      running++;
      atStart.push([ended, running]);
      expect(running).toBeLessThanOrEqual(lanes());
      await turns(1 + (task % 3));
      running--;
      ended++;
      return task;
    });
    expect(results).toEqual(tasks);
    const most = (of: typeof atStart): number => Math.max(...of.map(([, count]) => count));
    expect(most(atStart.filter(([count]) => count < changesAt))).toBe(before);
    expect(most(atStart.filter(([count]) => count >= changesAt))).toBe(after);
  });

  test("what runs in a lane beyond the new number goes on to its end", async () => {
    let lanes = 3;
    const ended: number[] = [];
    await inLanes([1, 2, 3, 4], admission(0, { lanes: () => lanes }), async (task) => {
      lanes = task === 3 ? 1 : lanes;
      await turns(task);
      ended.push(task);
    });
    expect(ended).toEqual([1, 2, 3, 4]);
  });
});

describe("a task that is not ready", () => {
  test("lets those behind it pass, and starts before what comes after it once it is", async () => {
    const ended = new Set<string>();
    const started: string[] = [];
    const ready = (task: string): boolean => task !== "waits" || ended.has("first");
    const results = await inLanes(
      ["first", "waits", "passes", "passes too", "last"],
      admission(2, { ready }),
      async (task) => {
        started.push(task);
        await turns(task === "first" ? 5 : 3);
        ended.add(task);
        return task;
      },
    );
    expect(started).toEqual(["first", "passes", "passes too", "waits", "last"]);
    expect(results).toEqual(["first", "waits", "passes", "passes too", "last"]);
  });

  test("keeps no lane: what it waits for may run behind it in the only one", async () => {
    const ended = new Set<number>();
    const ready = (task: number): boolean => task === 3 || ended.has(task + 1);
    const started: number[] = [];
    await inLanes([1, 2, 3], admission(1, { ready }), async (task) => {
      started.push(task);
      await turns(1);
      ended.add(task);
    });
    expect(started).toEqual([3, 2, 1]);
  });

  test("and never will be is left out, and nothing waits for ever", async () => {
    const ready = (task: number): boolean => task !== 2;
    expect(await inLanes([1, 2, 3], admission(2, { ready }), async (task) => task)).toEqual([1, undefined, 3]);
  });
});

test("what is not admitted never starts; what runs is waited for", async () => {
  const started: number[] = [];
  let ended = 0;
  const open = (): boolean => started.length < 2;
  const results = await inLanes([1, 2, 3, 4], admission(2, { open }), async (task) => {
    started.push(task);
    await turns(task);
    ended++;
    return task;
  });
  expect(started).toEqual([1, 2]);
  expect(ended).toBe(2);
  expect(results).toEqual([1, 2, undefined, undefined]);
});

test("what a task throws is thrown when those that ran beside it have ended", async () => {
  let ended = false;
  const running = inLanes(["throws", "runs"], admission(2), async (task) => {
    if (task === "throws") throw new Error("broken");
    await turns(10);
    ended = true;
  });
  await expect(running).rejects.toThrow("broken");
  expect(ended).toBe(true);
});

test("of several that throw the first is told", async () => {
  const running = inLanes([3, 1, 2], admission(3), async (task) => {
    await turns(task);
    throw new Error(`broken ${task}`);
  });
  await expect(running).rejects.toThrow("broken 1");
});

test("after a task has thrown no further one starts, in any lane", async () => {
  const started: string[] = [];
  const running = inLanes(["throws", "runs", "waits"], admission(2), async (task) => {
    started.push(task);
    if (task === "throws") throw new Error("broken");
    await turns(5);
  });
  await expect(running).rejects.toThrow("broken");
  expect(started).toEqual(["throws", "runs"]);
});
