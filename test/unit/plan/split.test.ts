import { describe, expect, test } from "@jest/globals";
import type { BytePath } from "../../../src/byte-path.ts";
import { paceOf, secondsOf } from "../../../src/plan/pace.ts";
import { type Cut, cut, isWorthSlicing, type Piece, type Scales } from "../../../src/plan/split.ts";
import type { Directory } from "../../../src/survey/survey.ts";
import { directory, everyDirectory, foldedTree, randomDirectory } from "../../support/directories.ts";
import { seeded } from "../../support/random.ts";

/** What a file takes: so little that its name on standard input would cost more than it, or so much that its name is nothing. */
const quick = 1e-6;
const slow = 1e-3;

/** Scales on which an entry weighs so much, and a byte a hundredth of a second. Nothing is deleted unless given. */
function scales(entry: number, target: number, given: Partial<Scales> = {}): Scales {
  return {
    weigh: (_project, { entries, bytes }) => entries * entry + bytes * 0.01,
    weighUnchanged: (entries) => entries * entry,
    target,
    mayDelete: () => false,
    ...given,
  };
}

/** Paths of the pieces, by how they are copied. */
function paths({ deep, shallow, sliced }: Cut): Record<keyof Cut, string[]> {
  const of = (pieces: readonly Piece[]): string[] => pieces.map(({ path }) => path);
  return { deep: of(deep), shallow: of(shallow), sliced: of(sliced) };
}

test("no projects, no pieces", () => {
  expect(cut([], scales(quick, 10))).toEqual({ deep: [], shallow: [], sliced: [] });
});

test("a project up to the target stays whole", () => {
  const alpha = directory("alpha", { files: 9, directories: [directory("alpha/sub", { files: 9 })] });
  expect(paths(cut([alpha], scales(1, 20)))).toEqual({ deep: ["alpha"], shallow: [], sliced: [] });
});

test("a directory in which something is mounted that is left out is cut, but not into slices of its files", () => {
  const given = { files: 50, directories: [directory("alpha/sub", { files: 50 })] };
  const of = (mountPoints: number) => paths(cut([directory("alpha", { ...given, mountPoints })], scales(slow, 0.01)));
  expect(of(0)).toEqual({ deep: [], shallow: [], sliced: ["alpha", "alpha/sub"] });
  expect(of(1)).toEqual({ deep: [], shallow: ["alpha"], sliced: ["alpha/sub"] });
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
  expect(paths(cut([alpha], scales(quick, 8.5 * quick)))).toEqual({
    deep: ["alpha/big/one", "alpha/big/two", "alpha/small"],
    shallow: ["alpha", "alpha/big"],
    sliced: [],
  });
});

test("with no bound on the target every project stays whole", () => {
  const projects = [directory("alpha", { files: 1_000_000, directories: [directory("alpha/sub", { files: 9 })] })];
  expect(paths(cut(projects, scales(slow, Number.POSITIVE_INFINITY)))).toEqual({
    deep: ["alpha"],
    shallow: [],
    sliced: [],
  });
});

test("every piece knows its project, and how much is in it", () => {
  const alpha = directory("team/alpha", {
    files: 2,
    bytes: 10,
    directories: [directory("team/alpha/sub", { files: 9, bytes: 7 })],
  });
  const byEntries = scales(quick, 5 * quick, { weigh: (_project, { entries }) => entries * quick });
  const { deep, shallow } = cut([alpha, directory("beta", {})], byEntries);
  expect([...deep, ...shallow]).toMatchObject([
    { path: "team/alpha/sub", project: "team/alpha", entries: 10, bytes: 7 },
    { path: "beta", project: "beta", entries: 1, bytes: 0 },
    { path: "team/alpha", project: "team/alpha", entries: 3, bytes: 10 },
  ]);
});

test("a project may weigh more than others do for the same load, so that it is cut further", () => {
  const projects = ["alpha", "slow"].map((path) =>
    directory(path, { directories: [directory(`${path}/sub`, { files: 8 })] }),
  );
  const slowness = (project: string): number => (project === "slow" ? 2 : 1);
  const weigh: Scales["weigh"] = (project, { entries }) => slowness(project) * entries * quick;
  expect(paths(cut(projects, scales(quick, 15 * quick, { weigh })))).toEqual({
    deep: ["alpha", "slow/sub"],
    shallow: ["slow"],
    sliced: [],
  });
});

describe("files are worth to be shared out by name", () => {
  test.each([
    ["where they weigh more than the target, each much more than its name", 4, 4, 0, true],
    ["not up to the target", 4, 1, 0, false],
    ["not where it is a single one", 1, 4, 0, false],
    ["not where there are none", 0, 4, 0, false],
    ["not where each costs about as much as its name", 4_000_000, 4, 0, false],
    ["not where the pass for deletions before takes most of it", 4, 4, 3.5, false],
    ["where enough is left beside the pass for deletions", 4, 4, 2, true],
  ])("%s", (_name, files, weight, weightOfSweep, expected) => {
    expect(isWorthSlicing(files, weight, weightOfSweep, 1)).toBe(expected);
  });
});

describe("slices are made", () => {
  const target = 20 * slow;
  test.each([
    ["where bytes make the weight", { files: 4, bytes: 400 }, quick, "sliced"],
    ["where each name takes long enough, although without bytes", { files: 40 }, slow, "sliced"],
    ["not where names take little: one by one they would cost more", { files: 40_000 }, quick, "deep"],
    ["not of a single file", { files: 1, bytes: 400 }, slow, "deep"],
    ["not up to the target", { files: 4 }, slow, "deep"],
  ] as const)("%s", (_name, contents, entry, kind) => {
    const expected = { deep: [] as string[], shallow: [] as string[], sliced: [] as string[] };
    expected[kind].push("alpha");
    expect(paths(cut([directory("alpha", contents)], scales(entry, target)))).toEqual(expected);
  });

  test("of a directory that has others in it too, which are pieces of their own", () => {
    const sub = directory("alpha/sub", { files: 1 });
    const alpha = directory("alpha", { files: 40, directories: [sub] });
    expect(paths(cut([alpha], scales(slow, target)))).toEqual({ deep: ["alpha/sub"], shallow: [], sliced: ["alpha"] });
  });

  test("with a pass for deletions where there may be some, and not where that would take most of the time", () => {
    const projects = [
      directory("alpha", { files: 40, extraneous: 1 }),
      directory("beta", { files: 40, extraneous: 0 }),
    ];
    const mayDelete: Scales["mayDelete"] = ({ extraneous }) => extraneous !== 0;
    const cheap = { mayDelete, weighUnchanged: () => quick };
    expect(cut(projects, scales(slow, target, cheap)).sliced.map(({ path, swept }) => [path, swept])).toEqual([
      ["alpha", true],
      ["beta", false],
    ]);
    const dear = { mayDelete, weighUnchanged: () => 30 * slow };
    expect(paths(cut(projects, scales(slow, target, dear)))).toMatchObject({ deep: ["alpha"], sliced: ["beta"] });
  });
});

describe("a directory whose directories were forgotten is not cut, whatever it weighs:", () => {
  test.each([
    ["not along its directories", { files: 1, directories: [directory("alpha/sub", { files: 99 })] }],
    ["nor into slices", { files: 99 }],
  ])("%s", (_name, contents) => {
    const alpha = directory("alpha", contents);
    expect(paths(cut([alpha], scales(slow, 10 * slow))).deep).not.toContain("alpha");
    expect(paths(cut([foldedTree(alpha, () => true)], scales(slow, 10 * slow)))).toEqual({
      deep: ["alpha"],
      shallow: [],
      sliced: [],
    });
  });
});

describe("a directory that its owner cannot write", () => {
  test("is not cut, whatever it weighs", () => {
    const closed = directory("alpha", { open: false, directories: [directory("alpha/sub", { files: 99 })] });
    expect(paths(cut([closed], scales(quick, 10 * quick))).deep).toEqual(["alpha"]);
  });

  test("is not sliced", () => {
    const closed = directory("alpha", { open: false, files: 99 });
    expect(paths(cut([closed], scales(slow, 10 * slow))).deep).toEqual(["alpha"]);
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
    expect(paths(cut([alpha], scales(quick, 10 * quick)))).toEqual({
      deep: ["alpha/one", "alpha/two"],
      shallow: ["alpha"],
      sliced: [],
    });
  });
});

describe.each([
  ["that answers at once", { source: 0, destination: 0 }, 10],
  ["that takes a while to answer", { source: 0.5e-3, destination: 1e-3 }, 20],
])("of any trees on storage %s", (_storage, latencies, leastSliced) => {
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);
  const pace = paceOf(latencies);

  /** The trees of a seed, as they are and as the survey keeps them, and how they are cut. */
  function example(seed: number) {
    const random = seeded(seed);
    const whole = ["a", "b", "c"].map((name) => randomDirectory(random, name as BytePath, 0));
    const all = whole.reduce((sum, { total }) => sum + secondsOf(total, pace), 0);
    const target = all / random.pick([2, 8, 40, 400, 4000]);
    const leastSeconds = random.chance(50) ? 0 : target * random.pick([0.3, 1, 3]);
    const kept = whole.map((tree) => foldedTree(tree, (total) => secondsOf(total, pace) <= leastSeconds));
    const deletes = random.chance(50);
    const result = cut(kept, {
      weigh: (_project, load) => secondsOf(load, pace),
      weighUnchanged: (entries) => entries * pace.present,
      target,
      mayDelete: ({ extraneous }) => deletes && extraneous !== 0,
    });
    return { whole, kept, target, deletes, result };
  }

  test.each(seeds)("(seed %d) all is copied once, nothing too heavy", (seed) => {
    const { whole, kept, target, deletes, result } = example(seed);
    const { deep, shallow, sliced } = result;
    const trees = new Map<string, Directory>(everyDirectory(whole).map((one) => [one.path, one]));
    const seen = new Map<string, Directory>(everyDirectory(kept).map((one) => [one.path, one]));

    // Every directory is in exactly one piece, or below exactly one deep one; those that were forgotten too.
    const pieces = [...shallow, ...sliced].map(({ path }) => path);
    const below = deep.flatMap(({ path }) => everyDirectory([lookUp(trees, path)]).map((one) => one.path));
    expect([...pieces, ...below].sort()).toEqual([...trees.keys()].sort());

    for (const { path, weight, entries, bytes } of deep) {
      const { total, open, directories, files, folded, own, extraneous } = lookUp(seen, path);
      expect(weight).toBeCloseTo(secondsOf(total, pace), 9);
      expect([entries, bytes]).toEqual([total.entries, total.bytes]);
      // Heavier than the target only where no cut is possible.
      const mayCut = open && !folded && directories.every((one) => one.open);
      if (weight > target && mayCut) {
        expect(directories).toEqual([]);
        const sweep = deletes && extraneous !== 0 ? own.entries * pace.present : 0;
        expect(isWorthSlicing(files, weight, sweep, target)).toBe(false);
      }
    }
    for (const { path } of [...shallow, ...sliced]) {
      const { open, directories, folded } = lookUp(seen, path);
      expect([open, ...directories.map((one) => one.open)]).not.toContain(false);
      expect(folded).toBe(false);
    }
    for (const { path, weight, swept } of sliced) {
      const { files, extraneous } = lookUp(seen, path);
      expect(files).toBeGreaterThan(1);
      expect(weight).toBeGreaterThan(target);
      expect(swept).toBe(deletes && extraneous !== 0);
    }
    // Nothing is lost of what is to be done.
    const weights = [...deep, ...shallow, ...sliced].reduce((sum, piece) => sum + piece.weight, 0);
    const wanted = kept.reduce((sum, { total }) => sum + secondsOf(total, pace), 0);
    expect(weights).toBeGreaterThanOrEqual(wanted * 0.999999);
  });

  test("the seeds cover every kind of piece, and directories that were forgotten", () => {
    const examples = seeds.map(example);
    const count = (kind: keyof Cut): number => examples.filter(({ result }) => result[kind].length > 0).length;
    expect(count("deep")).toBeGreaterThan(40);
    expect(count("shallow")).toBeGreaterThan(15);
    expect(count("sliced")).toBeGreaterThanOrEqual(leastSliced);
    expect(examples.filter(({ kept }) => everyDirectory(kept).some(({ folded }) => folded)).length).toBeGreaterThan(15);
  });
});

function lookUp(byPath: ReadonlyMap<string, Directory>, path: string): Directory {
  const found = byPath.get(path);
  if (found === undefined) throw new Error(`no directory ${path}`);
  return found;
}
