import { expect, test } from "@jest/globals";
import { walk } from "../../../src/survey/walk.ts";
import { never } from "../../support/tree.ts";

test("nothing to visit is done at once", async () => {
  await walk<string>([], () => Promise.reject(new Error("not to be called")), 4, never());
});

test("what a visit adds is visited too, everything once", async () => {
  const visited: number[] = [];
  await walk(
    [1],
    async (item, add) => {
      visited.push(item);
      await Promise.resolve();
      if (item < 32) for (const child of [item * 2, item * 2 + 1]) add(child);
    },
    3,
    never(),
  );
  expect(visited.sort((a, b) => a - b)).toEqual(Array.from({ length: 63 }, (_, index) => index + 1));
});

test.each([1, 2, 7])(
  "never more than %d visits at once, and that many where there is enough to do",
  async (inFlight) => {
    let running = 0;
    let most = 0;
    await walk(
      Array.from({ length: 40 }, (_, index) => index),
      async () => {
        running++;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running--;
      },
      inFlight,
      never(),
    );
    expect(most).toBe(inFlight);
  },
);

test("the newest is visited first, so that the list of what waits stays short", async () => {
  const visited: string[] = [];
  const visit = async (item: string, add: (item: string) => void): Promise<void> => {
    visited.push(item);
    if (item.length === 1) for (const letter of ["x", "y"]) add(item + letter);
  };
  await walk(["a", "b"], visit, 1, never());
  expect(visited).toEqual(["b", "by", "bx", "a", "ay", "ax"]);
});

test("an error of a visit ends the walk, and no further visit starts", async () => {
  const visited: number[] = [];
  const walking = walk(
    [3, 2, 1],
    async (item) => {
      visited.push(item);
      if (item === 2) throw new Error("broken");
    },
    1,
    never(),
  );
  await expect(walking).rejects.toThrow("broken");
  expect(visited).toEqual([1, 2]);
});

test("a walk that was cancelled before it began visits nothing", async () => {
  const visited: number[] = [];
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(walk([1], async (item) => void visited.push(item), 2, signal)).rejects.toThrow("stopped");
  expect(visited).toEqual([]);
});

test("a cancellation on the way ends the walk with its reason", async () => {
  const controller = new AbortController();
  const visited: number[] = [];
  const walking = walk(
    [3, 2, 1],
    async (item) => {
      visited.push(item);
      if (item === 2) controller.abort(new Error("stopped"));
    },
    1,
    controller.signal,
  );
  await expect(walking).rejects.toThrow("stopped");
  expect(visited).toEqual([1, 2]);
});
