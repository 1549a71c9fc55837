import { describe, expect, test } from "@jest/globals";
import type { Candidate } from "../../../src/verify/candidate.ts";
import { chunkSize, chunksOf } from "../../../src/verify/chunks.ts";
import { raw } from "../../support/tree.ts";

async function* of(...sizes: readonly number[]): AsyncGenerator<Candidate> {
  for (const [index, bytes] of sizes.entries()) yield { path: raw(`f${index}`), bytes };
}

async function sizesOf(size: { names: number; bytes: number }, sizes: readonly number[], budget?: number) {
  const chunks = chunksOf(of(...sizes), size, budget);
  const made: number[][] = [];
  for (;;) {
    const next = await chunks.next();
    if (next.done) return { made, all: next.value };
    expect(next.value.index).toBe(made.length);
    made.push(next.value.files.map(({ bytes }) => bytes));
  }
}

describe("files are put together for an rsync each", () => {
  test("in their order, up to so many names and bytes", async () => {
    expect(await sizesOf({ names: 2, bytes: 10 }, [1, 1, 1, 9, 1, 0])).toEqual({
      made: [
        [1, 1],
        [1, 9],
        [1, 0],
      ],
      all: true,
    });
  });

  test("a giant alone", async () => {
    expect(await sizesOf({ names: 9, bytes: 10 }, [1, 500, 1])).toEqual({ made: [[1], [500], [1]], all: true });
  });

  test("until a budget is reached, which the last may exceed", async () => {
    expect(await sizesOf({ names: 2, bytes: 100 }, [4, 4, 4, 4], 10)).toEqual({ made: [[4, 4], [4]], all: false });
    expect(await sizesOf({ names: 2, bytes: 100 }, [50, 4], 10)).toEqual({ made: [[50]], all: false });
    expect(await sizesOf({ names: 2, bytes: 100 }, [], 10)).toEqual({ made: [], all: true });
  });
});

test("a chunk leaves something for every lane, and is neither tiny nor endless", () => {
  expect(chunkSize({ files: 16_000, bytes: 2 ** 30 }, 8)).toEqual({ names: 500, bytes: 2 ** 25 });
  expect(chunkSize({ files: 10, bytes: 10 }, 8)).toEqual({ names: 100, bytes: 8 * 2 ** 20 });
  expect(chunkSize({ files: 1e9, bytes: 1e15 }, 8)).toEqual({ names: 4000, bytes: 256 * 2 ** 20 });
});
