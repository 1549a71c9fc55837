import { describe, expect, test } from "@jest/globals";
import type { BytePath } from "../../../src/byte-path.ts";
import { paceOf, secondsOf } from "../../../src/plan/pace.ts";
import {
  defaultLeastSeconds,
  makePlan,
  type PlanQuestions,
  type PlanRequest,
  wholeLoad,
} from "../../../src/plan/plan.ts";
import { shardFinder } from "../../../src/plan/relink.ts";
import type { Plan, Shard, ShardKind } from "../../../src/plan/shard.ts";
import { noLoad } from "../../../src/survey/load.ts";
import type { Folder, Selection } from "../../../src/survey/projects.ts";
import type { Directory } from "../../../src/survey/survey.ts";
import { directory, everyDirectory, foldedTree, randomDirectory } from "../../support/directories.ts";
import { seeded } from "../../support/random.ts";
import { raw } from "../../support/tree.ts";

type SizedFile = Awaited<ReturnType<PlanQuestions["filesOf"]>>[number];

const megabyte = 1_000_000;
const near = { source: 0, destination: 0 };
const far = { source: 1e-3, destination: 1e-3 };

function folder(path: string, given: Partial<Record<"loose" | "leftAlone" | "extraneous", readonly string[]>>): Folder {
  const names = (one: readonly string[] | undefined): BytePath[] => (one ?? []).map(raw);
  return {
    path: raw(path),
    open: true,
    loose: names(given.loose),
    leftAlone: names(given.leftAlone),
    extraneous: names(given.extraneous),
  };
}

function selection(projects: readonly Directory[], folders: readonly Folder[]): Selection {
  return {
    ...{ projects: projects.map(({ path }) => path), folders },
    ...{ notCovered: [], vanished: [], unreadable: [], unreadableThere: [], unmatched: [], unusedExclusions: [] },
  };
}

/** A request that splits gladly; what a test is about is given. */
function request(
  projects: readonly Directory[],
  given: Partial<PlanRequest> & { readonly folders?: readonly Folder[] } = {},
): PlanRequest {
  const { folders = [folder("", {})], ...rest } = given;
  return {
    selection: selection(projects, folders),
    projects,
    loose: noLoad,
    latencies: near,
    slowness: () => 1,
    lanes: 8,
    delete: false,
    selective: false,
    dryRun: false,
    notSplit: undefined,
    leastSeconds: 1e-6,
    ...rest,
  };
}

/** Answers of a destination that has everything, filters that pass everything, and directories without files. */
function answers(given: Partial<PlanQuestions> = {}): PlanQuestions {
  return {
    filesOf: async () => [],
    passing: async (directories) => new Set(directories),
    absentAtDestination: async () => [],
    isDestinationEmpty: async () => false,
    ...given,
  };
}

/** Answers that these directories are absent at the destination, with all that is below them. */
function lacking(...absent: readonly string[]): Pick<PlanQuestions, "absentAtDestination"> {
  return {
    absentAtDestination: async (all) =>
      all.filter((path) => absent.some((one) => path === one || path.startsWith(`${one}/`))),
  };
}

function kinds(plan: Plan): ShardKind[][] {
  return plan.stages.map((stage) => [...new Set(stage.map(({ kind }) => kind))]);
}

function ofKind(plan: Plan, ...wanted: readonly ShardKind[]): Shard[] {
  return plan.stages.flat().filter(({ kind }) => wanted.includes(kind));
}

function namesOf(plan: Plan, ...wanted: readonly ShardKind[]): string[] {
  return ofKind(plan, ...wanted)
    .flatMap(({ names }) => names)
    .sort();
}

/** Two projects that are there: one to be cut along its directories, one whose new files are heavy. */
const alpha = directory("alpha", {
  files: 3,
  directories: [directory("alpha/one", { files: 100 }), directory("alpha/two", { files: 100 })],
});
const heavy = directory("heavy", { files: 4, absentFiles: 4, bytes: 2.8 * megabyte });
const heavyFiles: readonly SizedFile[] = ["a", "b", "c", "#d"].map((name) => ({
  path: raw(`heavy/${name}`),
  bytes: 0.7 * megabyte,
}));
const sliceable = answers({ filesOf: async (path) => (path === "heavy" ? heavyFiles : []) });

describe("one rsync for the whole source", () => {
  test("where there is less work than is worth a second one", async () => {
    const beta = directory("beta", { files: 7, bytes: 300 });
    const plan = await makePlan(request([alpha, beta], { leastSeconds: defaultLeastSeconds }), answers());
    expect(plan.stages).toEqual([
      [
        {
          id: 0,
          kind: "whole",
          names: [],
          portions: [
            { project: "alpha", entries: 206 },
            { project: "beta", entries: 8 },
          ],
          weight: expect.closeTo(secondsOf(wholeLoad([alpha, beta], noLoad), paceOf(near)), 9),
          bytes: 300,
          fresh: false,
          after: [],
        },
      ],
    ]);
    expect(plan.notSplit).toBeUndefined();
  });

  test("under rules that no split keeps, however much there is, with the reason", async () => {
    const plan = await makePlan(request([alpha, heavy], { notSplit: "merge rules" }), sliceable);
    expect(kinds(plan)).toEqual([["whole"]]);
    expect(plan.notSplit).toBe("merge rules");
  });

  test("serves the loose files as one more project", async () => {
    const folders = [folder("", { loose: ["x", "y"] })];
    const loose = { ...noLoad, entries: 2, bytes: 70 };
    const plan = await makePlan(request([alpha], { folders, loose, leastSeconds: 1 }), answers());
    expect(plan.stages[0]?.[0]).toMatchObject({
      bytes: 70,
      portions: [
        { project: "alpha", entries: 206 },
        { project: "", entries: 2 },
      ],
    });
  });

  test("not where something is to be left alone: it would have to walk through it", async () => {
    const folders = [folder("", { leftAlone: ["other"] })];
    const plan = await makePlan(request([alpha], { folders, leastSeconds: 1 }), answers());
    expect(kinds(plan)).toEqual([["deep"]]);
  });

  test("not where the storage answers so slowly that the same takes longer", async () => {
    expect(kinds(await makePlan(request([alpha], { leastSeconds: 0.1 }), answers()))).toEqual([["whole"]]);
    expect(kinds(await makePlan(request([alpha], { leastSeconds: 0.1, latencies: far }), answers()))).not.toEqual([
      ["whole"],
    ]);
  });

  test.each([true, false])("is fresh where the destination is empty (%j)", async (empty) => {
    const isDestinationEmpty = async (): Promise<boolean> => empty;
    const plan = await makePlan(request([alpha], { leastSeconds: 1 }), answers({ isDestinationEmpty }));
    expect(plan.stages.flat().map(({ fresh }) => fresh)).toEqual([empty]);
  });
});

test("where nothing passes, one rsync is left for the mode and time of the source itself", async () => {
  const plan = await makePlan(request([alpha, heavy]), { ...sliceable, passing: async () => new Set() });
  expect(kinds(plan)).toEqual([["whole"]]);
});

test("one lane: every project whole, all in one rsync", async () => {
  const plan = await makePlan(request([alpha, heavy], { lanes: 1 }), sliceable);
  expect(kinds(plan)).toEqual([["deep"]]);
  expect(plan.stages[0]?.[0]?.names).toEqual(["./alpha", "./heavy"]);
});

describe("more lanes", () => {
  test("share out directories, and files by name where bytes dominate", async () => {
    const plan = await makePlan(request([alpha, heavy]), sliceable);
    expect(namesOf(plan, "deep")).toEqual(["./alpha/one", "./alpha/two"]);
    expect(namesOf(plan, "shallow")).toEqual(["./alpha/"]);
    expect(namesOf(plan, "slice")).toEqual(["./heavy", "./heavy/#d", "./heavy/a", "./heavy/b", "./heavy/c"]);
    expect(ofKind(plan, "slice").length).toBeGreaterThan(1);
  });

  test("share out files by name where the storage answers slowly, whatever their size", async () => {
    const filesOf = async (path: BytePath): Promise<SizedFile[]> =>
      Array.from({ length: 100 }, (_, index) => ({ path: raw(`${path}/${index}`), bytes: 0 }));
    const plan = await makePlan(request([alpha], { latencies: far }), answers({ filesOf }));
    expect(namesOf(plan, "slice")).toEqual(expect.arrayContaining(["./alpha/one/0", "./alpha/two/99"]));
    expect(namesOf(plan, "deep")).toEqual([]);
  });

  test("start the heaviest first", async () => {
    const plan = await makePlan(request([alpha, heavy]), sliceable);
    const weights = plan.stages.at(-1)?.map(({ weight }) => weight) ?? [];
    expect(new Set(weights).size).toBeGreaterThan(2);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
  });

  test("pass small projects on in batches, with the share of each", async () => {
    const small = ["a", "b", "c", "d"].map((name) => directory(name, { files: 4 }));
    const least = 2.5 * secondsOf(directory("a", { files: 4 }).total, paceOf(near));
    const plan = await makePlan(request(small, { lanes: 2, leastSeconds: least }), answers());
    expect(plan.stages.flat().map(({ names }) => names)).toEqual([
      ["./a", "./b"],
      ["./c", "./d"],
    ]);
    expect(plan.stages[0]?.[0]?.portions).toEqual([
      { project: "a", entries: 5 },
      { project: "b", entries: 5 },
    ]);
  });

  test("count a project once in a shard that has several of its directories", async () => {
    const parts = ["p/x", "p/y", "p/z"].map((path) => directory(path, { files: 9 }));
    const one = directory("p", { files: 1, directories: parts });
    const least = 2.5 * secondsOf(directory("p/x", { files: 9 }).total, paceOf(near));
    const plan = await makePlan(request([one], { lanes: 2, leastSeconds: least }), answers());
    const several = plan.stages.flat().filter(({ names }) => names.length > 1);
    expect(several.map(({ portions }) => portions)).toEqual([[{ project: "p", entries: 20 }]]);
  });

  test("cut a project further that was slower than others in earlier runs", async () => {
    const projects = ["a", "slow"].map((name) =>
      directory(name, { directories: [directory(`${name}/x`, { files: 50 }), directory(`${name}/y`, { files: 50 })] }),
    );
    const least = 1.5 * secondsOf(projects[0]?.total ?? noLoad, paceOf(near));
    const slowness = (project: BytePath): number => (project === "slow" ? 3 : 1);
    const plan = await makePlan(request(projects, { leastSeconds: least, slowness }), answers());
    expect(namesOf(plan, "deep")).toEqual(["./a", "./slow/x", "./slow/y"]);
  });

  test("leave a folded directory whole, whatever it weighs", async () => {
    const projects = [alpha, foldedTree({ ...heavy, path: raw("small") }, () => true)];
    const plan = await makePlan(request(projects), sliceable);
    expect(namesOf(plan, "deep")).toContain("./small");
    expect(ofKind(plan, "slice")).toEqual([]);
  });
});

describe("the slices of a directory", () => {
  test("have its weight and its bytes together, by the sizes of their files", async () => {
    const filesOf = async (): Promise<SizedFile[]> =>
      [5, 1, 1, 1].map((size, index) => ({ path: raw(`heavy/${index}`), bytes: size * megabyte }));
    const plan = await makePlan(request([alpha, heavy]), answers({ filesOf }));
    const slices = ofKind(plan, "slice");
    const sum = (of: (shard: Shard) => number): number => slices.reduce((total, one) => total + of(one), 0);
    expect(sum(({ weight }) => weight)).toBeCloseTo(secondsOf(heavy.own, paceOf(near)), 9);
    expect(sum(({ bytes }) => bytes)).toBeCloseTo(heavy.own.bytes);
    const largest = slices.find(({ names }) => names.includes(raw("./heavy/0")));
    expect(largest?.names.filter((name) => name !== "./heavy")).toEqual(["./heavy/0"]);
    expect(largest?.bytes).toBeGreaterThan(0.55 * heavy.own.bytes);
  });

  test("list the directory itself once, in the first of them: filters may keep out all its files", async () => {
    const plan = await makePlan(request([alpha, heavy]), sliceable);
    const listing = ofKind(plan, "slice").filter(({ names }) => names.includes(raw("./heavy")));
    expect(listing).toHaveLength(1);
    expect(listing[0]?.names[0]).toBe("./heavy");
    expect(listing[0]?.names.length).toBeGreaterThan(1);
    expect(Math.min(...ofKind(plan, "slice").map(({ id }) => id))).toBe(listing[0]?.id);
  });

  test.each([
    ["are asked for their sizes where bytes are most of the work", near, true],
    ["are not where the time goes into names: each size is a request", far, false],
  ])("%s", async (_name, latencies, expected) => {
    const asked: boolean[] = [];
    const filesOf = async (_path: BytePath, withSizes: boolean): Promise<readonly SizedFile[]> => {
      asked.push(withSizes);
      return heavyFiles;
    };
    const many = directory("heavy", { files: 400, absentFiles: 400, bytes: latencies === near ? 800 * megabyte : 400 });
    const plan = await makePlan(request([many], { latencies }), answers({ filesOf }));
    expect(asked).toEqual([expected]);
    expect(ofKind(plan, "slice").length).toBeGreaterThan(1);
  });

  test("take a minute at most, so that not much is repeated where one fails", async () => {
    const filesOf = async (): Promise<SizedFile[]> =>
      Array.from({ length: 1000 }, (_, index) => ({ path: raw(`heavy/${index}`), bytes: 1000 * megabyte }));
    const hours = directory("heavy", { files: 1000, bytes: 1_000_000 * megabyte, absent: true });
    const plan = await makePlan(
      request([hours], { lanes: 2, leastSeconds: defaultLeastSeconds }),
      answers({ filesOf }),
    );
    const weights = ofKind(plan, "slice").map(({ weight }) => weight);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeGreaterThan(1000);
    // Files are not cut: one of them may be too many.
    expect(Math.max(...weights)).toBeLessThan(60 + 2.1);
  });

  test("are no more than it takes to make none heavier than a shard should be", async () => {
    const filesOf = async (): Promise<SizedFile[]> =>
      Array.from({ length: 400 }, (_, index) => ({ path: raw(`heavy/${index}`), bytes: megabyte }));
    const many = directory("heavy", { files: 400, absentFiles: 400, bytes: 400 * megabyte });
    const whole = secondsOf(many.total, paceOf(near));
    const plan = await makePlan(request([many], { leastSeconds: whole / 9.5 }), answers({ filesOf }));
    const slices = ofKind(plan, "slice");
    expect(slices.length).toBeLessThanOrEqual(10);
    expect(Math.max(...slices.map(({ weight }) => weight))).toBeLessThan(whole / 7);
  });

  test("are one rsync for its own entries where all was removed meanwhile", async () => {
    const plan = await makePlan(request([alpha, heavy], { delete: true }), answers());
    expect(ofKind(plan, "slice", "sweep")).toEqual([]);
    expect(namesOf(plan, "shallow")).toEqual(["./alpha/", "./heavy/"]);
  });
});

test("every name begins with ./, so that none is read as a comment or an option", async () => {
  const projects = ["#a", ";b", "-c", "d"].map((name) => directory(name, { files: 40 }));
  const folders = [folder("", { loose: ["x"] }), folder("#t", { loose: ["y"] })];
  const absentAtDestination = async (all: readonly BytePath[]): Promise<readonly BytePath[]> => all;
  const plan = await makePlan(request(projects, { folders, delete: true }), answers({ absentAtDestination }));
  const names = plan.stages.flat().flatMap((shard) => shard.names);
  expect(names).toContain("./#a");
  expect(names).toContain("./#t/");
  expect(names.filter((name) => !name.startsWith("./"))).toEqual([]);
});

describe("the skeleton", () => {
  const absentAlpha = lacking("alpha");

  test("makes what several rsyncs would, where the destination lacks it, before everything else", async () => {
    const plan = await makePlan(request([alpha, heavy], { delete: true }), { ...sliceable, ...absentAlpha });
    expect(kinds(plan)[0]).toEqual(["skeleton"]);
    // Among alpha's own entries its rsync meets the two that others list.
    expect(namesOf(plan, "skeleton")).toEqual(["./alpha", "./alpha/one", "./alpha/two"]);
    expect(ofKind(plan, "skeleton")).toMatchObject([{ portions: [], weight: 0, bytes: 0 }]);
    expect(plan.stages).toHaveLength(2);
  });

  test("has the parents of what is copied, and what is copied in slices", async () => {
    const projects = [directory("team/crew/deep", { files: 100 }), heavy];
    const plan = await makePlan(request(projects), { ...sliceable, ...lacking("team", "heavy") });
    expect(namesOf(plan, "deep")).toEqual(["./team/crew/deep"]);
    expect(namesOf(plan, "skeleton")).toEqual(["./heavy", "./team", "./team/crew"]);
  });

  test("makes absent projects where the loose files' rsync would meet them, and else leaves them to their own", async () => {
    const small = ["a", "b"].map((name) => directory(name, { files: 40 }));
    const folders = [folder("", { loose: ["x"] })];
    const absent = answers(lacking("a", "b"));
    expect(ofKind(await makePlan(request(small), absent), "skeleton")).toEqual([]);
    expect(namesOf(await makePlan(request(small, { folders }), absent), "skeleton")).toEqual(["./a", "./b"]);
  });

  test("is left out in a dry run, which must write nothing", async () => {
    const plan = await makePlan(request([alpha, heavy], { dryRun: true }), { ...sliceable, ...absentAlpha });
    expect(ofKind(plan, "skeleton")).toEqual([]);
  });

  test("is left out where nothing is absent", async () => {
    const plan = await makePlan(request([alpha, heavy]), sliceable);
    expect(kinds(plan)).toHaveLength(1);
  });

  test("is left out where a single rsync makes its parents itself", async () => {
    const plan = await makePlan(request([alpha], { lanes: 1 }), answers(absentAlpha));
    expect(kinds(plan)).toEqual([["deep"]]);
  });
});

describe("a shard is fresh", () => {
  /** Names of the shards that are fresh, and of those that are not; of each kind that copies. */
  async function freshness(...absent: readonly string[]): Promise<{ fresh: string[]; not: string[] }> {
    const plan = await makePlan(request([alpha, heavy], { delete: true }), { ...sliceable, ...lacking(...absent) });
    const names = (fresh: boolean): string[] =>
      ofKind(plan, "deep", "shallow", "slice", "sweep")
        .filter((one) => one.fresh === fresh)
        .flatMap((one) => one.names)
        .filter((name) => !name.startsWith("./heavy/"))
        .sort();
    return { fresh: names(true), not: names(false) };
  }

  test.each([
    [
      "where the destination lacks the directories that it copies",
      ["alpha"],
      ["./alpha/", "./alpha/one", "./alpha/two"],
    ],
    ["with those alone that are absent, apart from those beside them", ["alpha/two"], ["./alpha/two"]],
    ["where it slices what the destination lacks", ["heavy"], ["./heavy"]],
    ["nowhere where the destination has everything", [], []],
  ])("%s", async (_name, absent, expected) => {
    const { fresh, not } = await freshness(...absent);
    expect(fresh).toEqual(expected);
    expect([...fresh, ...not].sort()).toEqual(["./alpha/", "./alpha/one", "./alpha/two", "./heavy"]);
  });

  test("never where it copies loose files: the folder may have what the patterns do not choose", async () => {
    const folders = [folder("", { loose: ["x"] }), folder("team", { loose: ["y"] })];
    const plan = await makePlan(request([alpha], { folders }), answers(lacking("alpha", "team")));
    expect(ofKind(plan, "loose").map(({ fresh }) => fresh)).toEqual([false]);
    expect(ofKind(plan, "deep").map(({ fresh }) => fresh)).not.toContain(false);
  });
});

describe("deletions", () => {
  test("in a sliced directory are swept by an rsync that its slices wait for, and nobody else", async () => {
    const plan = await makePlan(request([alpha, heavy], { delete: true }), sliceable);
    const [sweep] = ofKind(plan, "sweep");
    expect(sweep?.names).toEqual(["./heavy/"]);
    expect(sweep?.after).toEqual([]);
    expect(plan.stages).toHaveLength(1);
    for (const { kind, after } of plan.stages.flat()) expect(after).toEqual(kind === "slice" ? [sweep?.id] : []);
  });

  test("are begun first, however little there is to do: others wait for them", async () => {
    const heavier = directory("heavier", { files: 1, absentFiles: 1, bytes: 100 * megabyte });
    const given = { lanes: 64, delete: true };
    const plan = await makePlan(request([alpha, heavier, heavy], given), sliceable);
    expect(plan.stages[0]?.slice(0, 2).map(({ kind, names }) => [kind, ...names])).toEqual([
      ["sweep", "./heavy/"],
      ["deep", "./heavier"],
    ]);
  });

  // The sweep has the weight of the copies, so that the progress jumps when it has ended.
  test("weigh what it takes to find the directory unchanged, not what its slices copy", async () => {
    const plan = await makePlan(request([alpha, heavy], { delete: true }), sliceable);
    const weight = (...wanted: readonly ShardKind[]): number =>
      ofKind(plan, ...wanted).reduce((sum, one) => sum + one.weight, 0);
    expect(weight("sweep")).toBeGreaterThan(0);
    expect(weight("sweep")).toBeLessThan(weight("slice") / 2);
  });

  test("are swept for each sliced directory by itself", async () => {
    const projects = [heavy, { ...heavy, path: raw("other") }];
    const filesOf = async (path: BytePath): Promise<SizedFile[]> =>
      ["a", "b"].map((name) => ({ path: raw(`${path}/${name}`), bytes: 4 * megabyte }));
    const plan = await makePlan(request(projects, { delete: true }), answers({ filesOf }));
    const sweeps = new Map(ofKind(plan, "sweep").map(({ id, names }) => [id, names]));
    expect([...sweeps.values()].flat().sort()).toEqual(["./heavy/", "./other/"]);
    for (const { names, after } of ofKind(plan, "slice")) {
      expect(after).toHaveLength(1);
      const [swept] = sweeps.get(after[0] ?? -1) ?? [];
      expect(names.filter((name) => !`${name}/`.startsWith(swept ?? "none"))).toEqual([]);
    }
  });

  test.each([
    ["one name that only the destination has", { extraneous: 1 }, {}, true],
    ["no such name", { extraneous: 0 }, {}, false],
    ["no such name, but filters that say what is deleted", { extraneous: 0 }, { selective: true }, true],
    ["no comparison", { extraneous: undefined }, {}, true],
    ["one such name, without delete", { extraneous: 1 }, { delete: false }, false],
    ["filters, without delete", { extraneous: 1 }, { delete: false, selective: true }, false],
  ])("are swept or not: %s", async (_name, found, given, swept) => {
    const plan = await makePlan(request([alpha, { ...heavy, ...found }], { delete: true, ...given }), sliceable);
    expect(namesOf(plan, "sweep")).toEqual(swept ? ["./heavy/"] : []);
    for (const { after } of ofKind(plan, "slice")) expect(after).toHaveLength(swept ? 1 : 0);
  });

  test("need no sweep in what is not there yet", async () => {
    const plan = await makePlan(request([alpha, heavy], { delete: true }), { ...sliceable, ...lacking("heavy") });
    expect(ofKind(plan, "slice").length).toBeGreaterThan(1);
    expect(ofKind(plan, "sweep")).toEqual([]);
    for (const { after } of ofKind(plan, "slice")) expect(after).toEqual([]);
  });

  test("need no sweep where nothing is sliced", async () => {
    const plan = await makePlan(request([{ ...alpha, extraneous: 9 }], { delete: true }), answers());
    expect(ofKind(plan, "sweep")).toEqual([]);
  });
});

describe("loose files", () => {
  const folders = [folder("", { loose: ["x", "y"] }), folder("team", { extraneous: ["old"] }), folder("empty", {})];
  const loose = { entries: 2, absentEntries: 2, bytes: 18 * megabyte, absentBytes: 18 * megabyte };
  const filesOf = async (): Promise<SizedFile[]> =>
    ["x", "y", "not chosen"].map((name) => ({ path: raw(name), bytes: 9 * megabyte }));

  test("are one rsync, given the folders that have some", async () => {
    const plan = await makePlan(request([alpha], { folders, loose: { ...noLoad, entries: 2, bytes: 9 } }), answers());
    expect(ofKind(plan, "loose")).toMatchObject([
      { names: ["./"], portions: [{ project: "", entries: 2 }], bytes: 9, after: [] },
    ]);
    expect(ofKind(plan, "loose")[0]?.weight).toBeGreaterThan(0);
  });

  test("with delete it is given the folders that lose some, too", async () => {
    const plan = await makePlan(request([alpha], { folders, delete: true }), answers());
    expect(ofKind(plan, "loose")[0]?.names).toEqual(["./", "./team/"]);
  });

  test("are not sliced where names make the weight, however many: they cost more one by one", async () => {
    const names = Array.from({ length: 200 }, (_, index) => String(index));
    const many = [folder("", { loose: names })];
    const given = { folders: many, delete: true, loose: { ...noLoad, entries: 200, bytes: 200 } };
    const files = async (): Promise<SizedFile[]> => names.map((name) => ({ path: raw(name), bytes: 1 }));
    const plan = await makePlan(request([alpha], given), answers({ filesOf: files }));
    expect(ofKind(plan, "slice", "loose-sweep")).toEqual([]);
    expect(ofKind(plan, "loose")).toHaveLength(1);
  });

  test("are left out in folders that do not pass the filters", async () => {
    const passing = async (all: readonly BytePath[]): Promise<ReadonlySet<BytePath>> =>
      new Set(all.filter((path) => path !== "team"));
    const plan = await makePlan(request([alpha], { folders, delete: true }), answers({ passing }));
    expect(ofKind(plan, "loose")[0]?.names).toEqual(["./"]);
  });

  test("wait for nobody, but are copied apart where a project is closed to its owner", async () => {
    const closed = directory("closed", { open: false, files: 40 });
    const plan = await makePlan(request([alpha, closed], { folders }), answers());
    expect(kinds(plan)[0]).toEqual(["loose"]);
    expect(kinds(plan)).toHaveLength(2);
  });

  test("are sliced where they are heavier than a shard should be, and wait for the deletions", async () => {
    const plan = await makePlan(request([alpha], { folders, delete: true, loose }), answers({ filesOf }));
    // The folder itself too: where the filters keep out all its files, no slice would set its mode and time.
    expect(namesOf(plan, "slice")).toEqual(["./team", "./x", "./y"]);
    expect(ofKind(plan, "slice").map(({ portions }) => portions)).toEqual([
      [{ project: "", entries: 1 }],
      [{ project: "", entries: 1 }],
    ]);
    expect(ofKind(plan, "loose")).toEqual([]);
    const sweeps = ofKind(plan, "loose-sweep");
    // Nothing is extraneous at the top.
    expect(sweeps.map(({ names }) => names)).toEqual([["./team/"]]);
    expect(plan.stages[0]?.[0]?.kind).toBe("loose-sweep");
    for (const { after } of ofKind(plan, "slice")) expect(after).toEqual(sweeps.map(({ id }) => id));
  });

  test("in slices share their folders, which are made first where the destination lacks them", async () => {
    const plan = await makePlan(
      request([alpha], { folders, loose, delete: true }),
      answers({ filesOf, ...lacking("team") }),
    );
    expect(namesOf(plan, "skeleton")).toContain("./team");
  });

  test("in slices wait for nothing without delete, and sweep no folder that is not there yet", async () => {
    const without = await makePlan(request([alpha], { folders, loose }), answers({ filesOf }));
    expect(ofKind(without, "loose-sweep")).toEqual([]);
    for (const { after } of ofKind(without, "slice")) expect(after).toEqual([]);
    const absentTeam = answers({ filesOf, ...lacking("team") });
    const plan = await makePlan(request([alpha], { folders, loose, delete: true }), absentTeam);
    expect(namesOf(plan, "loose-sweep")).toEqual([]);
  });

  test("in slices are swept everywhere under filters, which may hide what names say is on both sides", async () => {
    const plan = await makePlan(
      request([alpha], { folders, loose, delete: true, selective: true }),
      answers({ filesOf }),
    );
    expect(namesOf(plan, "loose-sweep")).toEqual(["./", "./team/"]);
  });

  test("of a project closed to its owner are sliced in a stage of their own, with what they wait for", async () => {
    const closed = directory("closed", { open: false, files: 40 });
    const plan = await makePlan(request([alpha, closed], { folders, loose, delete: true }), answers({ filesOf }));
    expect(kinds(plan)[0]).toEqual(["loose-sweep", "slice"]);
    expect(kinds(plan)).toHaveLength(2);
  });
});

describe("filters", () => {
  test("leave out directories that do not pass, wherever they would be listed", async () => {
    const passing = async (all: readonly BytePath[]): Promise<ReadonlySet<BytePath>> =>
      new Set(all.filter((path) => path !== "alpha/one" && path !== "heavy"));
    let asked: readonly BytePath[] = [];
    const absentAtDestination = async (all: readonly BytePath[]): Promise<readonly BytePath[]> => {
      asked = all;
      return all;
    };
    const questions = { ...sliceable, passing, absentAtDestination };
    const plan = await makePlan(request([alpha, heavy], { delete: true }), questions);
    expect(
      plan.stages
        .flat()
        .flatMap(({ names }) => names)
        .filter((name) => /one|heavy/.test(name)),
    ).toEqual([]);
    expect([...asked].sort()).toEqual(["alpha", "alpha/two"]);
  });
});

describe.each([
  ["that answers at once", near],
  ["that takes a while to answer", { source: 0.5e-3, destination: 1e-3 }],
])("of any trees on storage %s", (_storage, latencies) => {
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);
  const pace = paceOf(latencies);

  /** The trees of a seed with their plan. */
  async function example(seed: number) {
    const random = seeded(seed);
    const whole = ["a", "b", "#c"].map((name) => randomDirectory(random, raw(name), 0));
    const all = everyDirectory(whole);
    const filesOf = async (path: BytePath): Promise<SizedFile[]> => {
      const found = all.find((one) => one.path === path);
      return Array.from({ length: found?.files ?? 0 }, (_, index) => ({
        path: raw(`${path}/file ${index}`),
        bytes: (found?.own.bytes ?? 0) / (found?.files ?? 1),
      }));
    };
    const leastSeconds = pace.present * random.pick([0, 2, 10, 50]);
    const small = leastSeconds * random.pick([0, 0.5, 1, 10]);
    const projects = whole.map((tree) => foldedTree(tree, (total) => secondsOf(total, pace) <= small));
    const deletes = random.chance(70);
    const selective = random.chance(30);
    const absent = new Set<string>(all.filter(({ own, files }) => own.absentEntries > files).map(({ path }) => path));
    const folders = [folder("", { loose: random.chance(50) ? ["loose"] : [] })];
    const plan = await makePlan(
      request(projects, {
        ...{ folders, latencies, lanes: random.pick([1, 4, 8, 16, 32]), delete: deletes, selective, leastSeconds },
        slowness: (path) => (path === "b" ? 2 : 1),
      }),
      answers({ filesOf, absentAtDestination: async (asked) => asked.filter((path) => absent.has(path)) }),
    );
    return { all, projects, absent, deletes, selective, plan };
  }

  test.each(seeds)("(seed %d) every file is copied by one shard, and sweeps come before slices", async (seed) => {
    const { all, absent, deletes, selective, plan } = await example(seed);
    const shards = plan.stages.flat();
    expect(new Set(shards.map(({ id }) => id)).size).toBe(shards.length);
    // The loose files may be copied apart, before the rest.
    expect(kinds(plan).findLastIndex((one) => one.includes("skeleton"))).toBeLessThanOrEqual(0);
    expect(plan.stages.length).toBeLessThanOrEqual(3);

    const copying = shards.filter(({ kind }) => !["skeleton", "sweep", "loose-sweep"].includes(kind));
    const copies = copiesOf(copying);
    const finder = shardFinder(plan);
    const files = all.flatMap(({ path, files: count }) =>
      Array.from({ length: count }, (_, index) => raw(`${path}/file ${index}`)),
    );
    expect(files.filter((file) => copies.file(file) !== 1)).toEqual([]);
    expect(files.filter((file) => finder(file) === undefined)).toEqual([]);
    // Its mode and time are set by one rsync, too.
    expect(all.map(({ path }) => path).filter((path) => copies.directory(path) !== 1)).toEqual([]);

    // What several rsyncs pass through is there before any of them starts.
    const passing = (path: string): number =>
      copying.filter(({ names }) => names.some((name) => name.startsWith(`./${path}/`) && name !== `./${path}/`))
        .length;
    const missing = [...absent].filter((path) => passing(path) > 1 && !namesOf(plan, "skeleton").includes(`./${path}`));
    expect(missing).toEqual([]);

    // A directory whose files are sliced is swept where it is there already and something may have to go, and no other.
    const slices = ofKind(plan, "slice");
    const byPath = new Map<string, Directory>(all.map((one) => [one.path, one]));
    const sliced = new Set(slices.map(({ names }) => parentOf(names.at(-1) ?? "")));
    const swept = [...sliced].filter(
      (path) => deletes && !absent.has(path) && (selective || byPath.get(path)?.extraneous !== 0),
    );
    expect(namesOf(plan, "sweep")).toEqual(swept.map((path) => `./${path}/`).sort());
    for (const shard of shards) {
      const sweep = shards.find(
        ({ kind, names }) => kind === "sweep" && names[0] === `./${parentOf(shard.names.at(-1) ?? "")}/`,
      );
      expect(shard.after).toEqual(shard.kind === "slice" && sweep !== undefined ? [sweep.id] : []);
      // Who waits waits for one of its own stage, which starts before it.
      const stage = plan.stages.find((one) => one.includes(shard)) ?? [];
      for (const id of shard.after) {
        const place = stage.findIndex((one) => one.id === id);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(stage.indexOf(shard));
      }
    }
    // Only what the destination lacks is written under its name at once, and all of that.
    const isFreshOrNot = ({ fresh, kind, names }: Shard): boolean =>
      names.every((name) => {
        const path = kind === "slice" && !byPath.has(name.slice(2)) ? parentOf(name) : name.slice(2).replace(/\/$/, "");
        return fresh === absent.has(path);
      });
    const ofDirectories = copying.filter(({ kind }) => kind !== "loose" && kind !== "whole");
    expect(ofDirectories.filter((one) => !isFreshOrNot(one))).toEqual([]);
  });

  test("the seeds cover slices of many directories, sweeps, fresh shards and folded directories", async () => {
    const examples = await Promise.all(seeds.map(example));
    const count = (has: (one: (typeof examples)[number]) => boolean): number => examples.filter(has).length;
    expect(count(({ plan }) => ofKind(plan, "slice").length > 1)).toBeGreaterThan(15);
    expect(count(({ plan }) => ofKind(plan, "sweep").length > 0)).toBeGreaterThan(4);
    expect(count(({ plan }) => ofKind(plan, "shallow").length > 0)).toBeGreaterThan(20);
    expect(count(({ plan }) => ofKind(plan, "slice", "deep").some(({ fresh }) => fresh))).toBeGreaterThan(20);
    expect(count(({ projects }) => everyDirectory(projects).some(({ folded }) => folded))).toBeGreaterThan(20);
  });
});

/** `./a/b` → `a`. */
function parentOf(name: string): string {
  return name.slice("./".length, name.lastIndexOf("/"));
}

/** Counts how often shards copy a file, or set a directory's mode and time, by what their names mean to rsync. */
function copiesOf(shards: readonly Shard[]): {
  readonly file: (path: string) => number;
  readonly directory: (path: string) => number;
} {
  const listed = new Map<string, number>();
  const flat = new Map<string, number>();
  const trees = new Map<string, number>();
  const add = (to: Map<string, number>, path: string): void => void to.set(path, (to.get(path) ?? 0) + 1);
  for (const { kind, names } of shards) {
    if (kind === "whole") add(trees, "");
    for (const name of names) {
      const path = name.slice("./".length).replace(/\/$/, "");
      add(kind === "slice" ? listed : kind === "deep" ? trees : flat, path);
    }
  }
  const above = (path: string): string[] => path.split("/").map((_, index, all) => all.slice(0, index).join("/"));
  const inTrees = (path: string): number => [...above(path), path].reduce((sum, one) => sum + (trees.get(one) ?? 0), 0);
  return {
    file: (path) => (listed.get(path) ?? 0) + (flat.get(above(path).at(-1) ?? "") ?? 0) + inTrees(path),
    directory: (path) => (listed.get(path) ?? 0) + (flat.get(path) ?? 0) + inTrees(path),
  };
}
