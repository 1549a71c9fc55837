import { describe, expect, test } from "@jest/globals";
import { inLanes } from "../../../src/run/lanes.ts";
import { seeded } from "../../support/random.ts";

const always = (): boolean => true;

/** Lets what waits go on, so many times. */
async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await new Promise(setImmediate);
}

test("no tasks, no results", async () => {
  expect(await inLanes([], 3, async () => 1, always)).toEqual([]);
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
      const results = await inLanes(
        tasks,
        lanes,
        async (task, lane) => {
          expect(busy.has(lane)).toBe(false);
          busy.add(lane);
          most = Math.max(most, busy.size);
          started.push(task);
          await turns(random.whole(6));
          busy.delete(lane);
          return task * 10;
        },
        always,
      );
      expect(most).toBe(lanes);
      expect(started).toEqual(tasks);
      expect(results).toEqual(tasks.map((task) => task * 10));
    },
  );
});

test("lanes are numbered from 0, and no more are opened than there are tasks", async () => {
  const lanes: number[] = [];
  await inLanes(["a", "b"], 9, async (_task, lane) => void lanes.push(lane), always);
  expect(lanes).toEqual([0, 1]);
});

test("the next task starts in the lane that became free", async () => {
  const where: [string, number][] = [];
  await inLanes(
    ["long", "short", "next"],
    2,
    async (task, lane) => {
      where.push([task, lane]);
      await turns(task === "long" ? 20 : 1);
    },
    always,
  );
  expect(where).toEqual([
    ["long", 0],
    ["short", 1],
    ["next", 1],
  ]);
});

test("what is not admitted never starts; what runs is waited for", async () => {
  const started: number[] = [];
  let ended = 0;
  const results = await inLanes(
    [1, 2, 3, 4],
    2,
    async (task) => {
      started.push(task);
      await turns(task);
      ended++;
      return task;
    },
    () => started.length < 2,
  );
  expect(started).toEqual([1, 2]);
  expect(ended).toBe(2);
  expect(results).toEqual([1, 2, undefined, undefined]);
});

test("what a task throws is thrown when those that ran beside it have ended", async () => {
  let ended = false;
  const running = inLanes(
    ["throws", "runs"],
    2,
    async (task) => {
      if (task === "throws") throw new Error("broken");
      await turns(10);
      ended = true;
    },
    always,
  );
  await expect(running).rejects.toThrow("broken");
  expect(ended).toBe(true);
});

test("after a task has thrown no further one starts, in any lane", async () => {
  const started: string[] = [];
  const running = inLanes(
    ["throws", "runs", "waits"],
    2,
    async (task) => {
      started.push(task);
      if (task === "throws") throw new Error("broken");
      await turns(5);
    },
    always,
  );
  await expect(running).rejects.toThrow("broken");
  expect(started).toEqual(["throws", "runs"]);
});
