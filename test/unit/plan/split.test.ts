import { describe, expect, test } from "@jest/globals";
import type { BytePath } from "../../../src/byte-path.ts";
import { bytesPerEntry, type Cut, cut, type Piece, weightOf } from "../../../src/plan/split.ts";
import type { Directory } from "../../../src/survey/survey.ts";
import { directory, everyDirectory, randomDirectory } from "../../support/directories.ts";
import { seeded } from "../../support/random.ts";

const megabytes = 32 * bytesPerEntry;

/** Paths of the pieces, by how they are copied. */
function paths({ deep, shallow, sliced }: Cut): Record<keyof Cut, string[]> {
  const of = (pieces: readonly Piece[]): string[] => pieces.map(({ path }) => path);
  return { deep: of(deep), shallow: of(shallow), sliced: of(sliced) };
}

test("an entry weighs one, and so do the bytes that take as long", () => {
  expect(weightOf(3, 2 * bytesPerEntry)).toBe(5);
});

test("no projects, no pieces", () => {
  expect(cut([], 10)).toEqual({ deep: [], shallow: [], sliced: [] });
});

test("a project up to the target stays whole", () => {
  const alpha = directory("alpha", { files: 9 });
  expect(paths(cut([alpha], 10))).toEqual({ deep: ["alpha"], shallow: [], sliced: [] });
});

test("a project beyond the target is cut along its directories, as far down as needed and no further", () => {
  const alpha = directory("alpha", {
    files: 1,
    directories: [
      directory("alpha/big", {
        directories: [directory("alpha/big/one", { files: 6 }), directory("alpha/big/two", { files: 6 })],
      }),
      directory("alpha/small", { files: 2, directories: [directory("alpha/small/sub", { files: 2 })] }),
    ],
  });
  expect(paths(cut([alpha], 8))).toEqual({
    deep: ["alpha/big/one", "alpha/big/two", "alpha/small"],
    shallow: ["alpha", "alpha/big"],
    sliced: [],
  });
});

test("with no bound on the target every project stays whole", () => {
  const projects = [directory("alpha", { files: 1_000_000, directories: [directory("alpha/sub", { files: 9 })] })];
  expect(paths(cut(projects, Number.POSITIVE_INFINITY))).toEqual({ deep: ["alpha"], shallow: [], sliced: [] });
});

test("every piece knows its project", () => {
  const alpha = directory("team/alpha", { directories: [directory("team/alpha/sub", { files: 9 })] });
  const { deep, shallow } = cut([alpha, directory("beta", {})], 5);
  expect([...deep, ...shallow].map(({ project, path }) => [path, project])).toEqual([
    ["team/alpha/sub", "team/alpha"],
    ["beta", "beta"],
    ["team/alpha", "team/alpha"],
  ]);
});

describe("slices are made", () => {
  test.each([
    ["where bytes make the weight", { files: 4, bytes: 4 * megabytes }, "sliced"],
    ["not where names do: they cost more one by one", { files: 1000, bytes: 0 }, "deep"],
    ["not where names are the greater half", { files: 40, bytes: megabytes }, "deep"],
    ["not of a single file", { files: 1, bytes: 100 * megabytes }, "deep"],
    ["not up to the target", { files: 4, bytes: 5 * bytesPerEntry }, "deep"],
  ] as const)("%s", (_name, contents, kind) => {
    const expected = { deep: [] as string[], shallow: [], sliced: [] as string[] };
    expected[kind].push("alpha");
    expect(paths(cut([directory("alpha", contents)], 20))).toEqual(expected);
  });

  test("of a directory that has others in it too, which are pieces of their own", () => {
    const alpha = directory("alpha", {
      files: 4,
      bytes: 4 * megabytes,
      directories: [directory("alpha/sub", { files: 1 })],
    });
    expect(paths(cut([alpha], 20))).toEqual({ deep: ["alpha/sub"], shallow: [], sliced: ["alpha"] });
  });
});

describe("a directory that its owner cannot write", () => {
  test("is not cut, whatever it weighs", () => {
    const closed = directory("alpha", { open: false, directories: [directory("alpha/sub", { files: 99 })] });
    expect(paths(cut([closed], 10)).deep).toEqual(["alpha"]);
  });

  test("is not sliced", () => {
    const closed = directory("alpha", { open: false, files: 9, bytes: 9 * megabytes });
    expect(paths(cut([closed], 10)).deep).toEqual(["alpha"]);
  });

  test("stays in one piece with its parent, and the parent's other directories with it", () => {
    const alpha = directory("alpha", {
      directories: [
        directory("alpha/one", {
          directories: [
            directory("alpha/one/closed", { open: false, files: 1 }),
            directory("alpha/one/heavy", { files: 50 }),
          ],
        }),
        directory("alpha/two", { files: 50 }),
      ],
    });
    expect(paths(cut([alpha], 10))).toEqual({ deep: ["alpha/one", "alpha/two"], shallow: ["alpha"], sliced: [] });
  });
});

describe("of any trees", () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))(
    "(seed %d) all is copied once, nothing too heavy",
    (seed) => {
      const random = seeded(seed);
      const projects = ["a", "b", "c"].map((name) => randomDirectory(random, name as BytePath, 0));
      const target = random.pick([1, 3, 10, 40, 200]);
      const { deep, shallow, sliced } = cut(projects, target);
      const byPath = new Map<string, Directory>(everyDirectory(projects).map((one) => [one.path, one]));

      // Every directory is in exactly one piece, or below exactly one deep one.
      const pieces = [...shallow, ...sliced].map(({ path }) => path);
      const below = deep.flatMap(({ path }) => everyDirectory([lookUp(byPath, path)]).map((one) => one.path));
      expect([...pieces, ...below].sort()).toEqual([...byPath.keys()].sort());

      for (const { path, weight, entries } of deep) {
        const tree = lookUp(byPath, path);
        expect(weight).toBeCloseTo(weightOf(tree.totalEntries + 1, tree.totalBytes));
        expect(entries).toBe(tree.totalEntries);
        // Heavier than the target only where no cut is possible.
        const mayCut = tree.open && tree.directories.every(({ open }) => open);
        if (weight > target && mayCut) expect(tree.directories).toEqual([]);
      }
      for (const { path } of [...shallow, ...sliced]) {
        const { open, directories } = lookUp(byPath, path);
        expect([open, ...directories.map((one) => one.open)]).not.toContain(false);
      }
      for (const { path, weight } of sliced) {
        const { files, bytes } = lookUp(byPath, path);
        expect(files).toBeGreaterThan(1);
        expect(weight).toBeGreaterThan(target);
        expect(bytes / bytesPerEntry).toBeGreaterThan(weight / 2);
      }
    },
  );
});

function lookUp(byPath: ReadonlyMap<string, Directory>, path: string): Directory {
  const found = byPath.get(path);
  if (found === undefined) throw new Error(`no directory ${path}`);
  return found;
}
