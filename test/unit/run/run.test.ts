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
