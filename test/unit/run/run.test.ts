import { describe, expect, test } from "@jest/globals";
import type { Plan, Shard } from "../../../src/plan/shard.ts";
import { type RunOptions, runPlan } from "../../../src/run/run.ts";
import type { ShardEnd } from "../../../src/run/shard-run.ts";
import { emptyDirectories, never } from "../../support/tree.ts";
import { pretended, shardOf, type Turn, workshop } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();

function plan(lanes: number, ...stages: readonly (readonly Shard[])[]): Plan {
  return { stages, lanes, notSplit: undefined };
}

function deep(id: number): Shard {
  return shardOf(id, "deep", [`./${id}`], [String(id)]);
}

async function run(
  one: Plan,
  turns: readonly Turn[],
  given: Partial<RunOptions> = {},
  signal = never(),
): Promise<{ readonly ends: readonly ShardEnd[]; readonly events: readonly string[] }> {
  const events: string[] = [];
  const ends = await runPlan(
    one,
    {
      workshop: workshop(emptyDirectory(), { start: pretended(...turns).start }),
      retries: 0,
      failFast: false,
      now: () => 0,
      firstPauseMs: 1,
      onStart: ({ id }) => events.push(`start ${id}`),
      onEnd: ({ shard, state }) => events.push(`${state} ${shard.id}`),
      ...given,
    },
    signal,
  );
  return { ends, events };
}

test("a stage starts when the one before has ended", async () => {
  const { events } = await run(plan(3, [deep(0), deep(1)], [deep(2)]), [{ end: 0 }]);
  expect(events.slice(0, 4).sort()).toEqual(["complete 0", "complete 1", "start 0", "start 1"]);
  expect(events.slice(4)).toEqual(["start 2", "complete 2"]);
});

describe("a shard that waits for another of its stage", () => {
  const [sweep, slice, other] = [deep(0), { ...deep(1), after: [0] }, deep(2)];

  test("starts when that one has ended, and lets others pass", async () => {
    const { events } = await run(plan(2, [slice, sweep, other]), [{ end: 0 }]);
    expect(events.slice(0, 2)).toEqual(["start 0", "start 2"]);
    expect(events.indexOf("start 1")).toBeGreaterThan(events.indexOf("complete 0"));
    expect(events).toContain("complete 1");
  });

  test("starts after its failure, too", async () => {
    const { events } = await run(plan(2, [sweep, slice]), [{ end: 1 }, { end: 0 }]);
    expect(events).toEqual(["start 0", "failed 0", "start 1", "complete 1"]);
  });

  test("starts at once where that one was left out, as a refused deletion is", async () => {
    const { ends } = await run(plan(2, [slice, other]), [{ end: 0 }]);
    expect(ends.map(({ state }) => state)).toEqual(["complete", "complete"]);
  });

  test("never starts after a cancellation, although that one has ended", async () => {
    const controller = new AbortController();
    const onEnd = (): void => controller.abort();
    const { ends } = await run(plan(2, [sweep, slice]), [{ end: 0 }], { onEnd }, controller.signal);
    expect(ends.map(({ shard }) => shard.id)).toEqual([0]);
  });
});

test("a number of lanes that changes during the run goes before the plan's", async () => {
  let running = 0;
  const most: number[] = [];
  const stage = Array.from({ length: 12 }, (_, id) => deep(id));
  let ended = 0;
  await run(plan(8, stage), [{ end: 0 }], {
    lanes: () => (ended < 6 ? 1 : 3),
    onStart: () => most.push(++running),
    onEnd: () => {
      running--;
      ended++;
    },
  });
  expect(Math.max(...most.slice(0, 6))).toBe(1);
  expect(Math.max(...most)).toBe(3);
});

test("a failure stops nothing", async () => {
  const { ends } = await run(plan(1, [deep(0), deep(1)], [deep(2)]), [{ end: 1 }, { end: 0 }]);
  expect(ends.map(({ state }) => state)).toEqual(["failed", "complete", "complete"]);
});

test("with fail-fast nothing starts after a failure", async () => {
  const { ends } = await run(plan(1, [deep(0), deep(1)], [deep(2)]), [{ end: 1 }], { failFast: true });
  expect(ends.map(({ shard, state }) => [shard.id, state])).toEqual([[0, "failed"]]);
});

test("with fail-fast files that vanished are no failure", async () => {
  const { ends } = await run(plan(1, [deep(0), deep(1)]), [{ end: 24 }, { end: 0 }], { failFast: true });
  expect(ends.map(({ state }) => state)).toEqual(["vanished", "complete"]);
});

describe("a cancellation", () => {
  test("before the start starts nothing", async () => {
    const { ends } = await run(plan(2, [deep(0)]), [{ end: 0 }], {}, AbortSignal.abort());
    expect(ends).toEqual([]);
  });

  test("ends what runs and starts nothing more", async () => {
    const controller = new AbortController();
    const onStart = ({ id }: Shard): void => {
      if (id === 1) setImmediate(() => controller.abort());
    };
    const { ends } = await run(
      plan(2, [deep(0), deep(1), deep(2)], [deep(3)]),
      [{ end: "hangs" }],
      { onStart },
      controller.signal,
    );
    expect(ends.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  });
});

test("items and bytes are told with their shard", async () => {
  const told: string[] = [];
  const output = "item >f+++++++++ 7 x\n        700   1%    0.00kB/s    0:00:00\r";
  await run(plan(1, [deep(4)]), [{ end: 0, output }], {
    onItem: ({ id }, { path }) => told.push(`${id} ${path}`),
    onBytes: ({ id }, bytes) => told.push(`${id} ${bytes}`),
  });
  expect(told).toEqual(["4 x", "4 7", "4 700"]);
});
