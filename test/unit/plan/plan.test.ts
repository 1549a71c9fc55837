import { describe, expect, test } from "@jest/globals";
import type { BytePath } from "../../../src/byte-path.ts";
import type { SizedName } from "../../../src/plan/batch.ts";
import { makePlan, type PlanQuestions, type PlanRequest } from "../../../src/plan/plan.ts";
import { shardFinder } from "../../../src/plan/relink.ts";
import type { Plan, Shard, ShardKind } from "../../../src/plan/shard.ts";
import { bytesPerEntry } from "../../../src/plan/split.ts";
import type { Folder, Selection } from "../../../src/survey/projects.ts";
import type { Directory } from "../../../src/survey/survey.ts";
import { directory, everyDirectory, randomDirectory } from "../../support/directories.ts";
import { seeded } from "../../support/random.ts";
import { raw } from "../../support/tree.ts";

const megabyte = 32 * bytesPerEntry;

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
    looseBytes: 0,
    lanes: 2,
    delete: false,
    dryRun: false,
    notSplit: undefined,
    leastWeight: 1,
    ...rest,
  };
}

/** Answers of a destination that has everything, filters that pass everything, and files of no size. */
function answers(given: Partial<PlanQuestions> = {}): PlanQuestions {
  return {
    filesOf: async () => [],
    passing: async (directories) => new Set(directories),
    absentAtDestination: async () => [],
    ...given,
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

/** Two projects: one to be cut along its directories, one heavy with bytes. */
const alpha = directory("alpha", {
  files: 3,
  directories: [directory("alpha/one", { files: 40 }), directory("alpha/two", { files: 40 })],
});
const heavy = directory("heavy", { files: 4, bytes: 4 * megabyte });
const heavyFiles: readonly SizedName[] = ["a", "b", "c", "#d"].map((name) => ({
  path: raw(`heavy/${name}`),
  bytes: megabyte,
}));
const sliceable = answers({ filesOf: async (path) => (path === "heavy" ? heavyFiles : []) });

describe("one rsync for the whole source", () => {
  test("where there is less work than is worth a second one", async () => {
    const beta = directory("beta", { files: 7 });
    const plan = await makePlan(request([alpha, beta], { leastWeight: 1000 }), answers());
    expect(plan.stages).toEqual([
      [
        {
          id: 0,
          kind: "whole",
          names: [],
          portions: [
            { project: "alpha", entries: 86 },
            { project: "beta", entries: 8 },
          ],
          weight: 94,
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
    const plan = await makePlan(request([alpha], { folders, leastWeight: 1000 }), answers());
    expect(plan.stages[0]?.[0]?.portions).toEqual([
      { project: "alpha", entries: 86 },
      { project: "", entries: 2 },
    ]);
  });

  test("not where something is to be left alone: it would have to walk through it", async () => {
    const folders = [folder("", { leftAlone: ["other"] })];
    const plan = await makePlan(request([alpha], { folders, leastWeight: 1000 }), answers());
    expect(kinds(plan)).toEqual([["deep"]]);
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
    const plan = await makePlan(request([alpha, heavy], { lanes: 2 }), sliceable);
    expect(namesOf(plan, "deep")).toEqual(["./alpha/one", "./alpha/two"]);
    expect(namesOf(plan, "shallow")).toEqual(["./alpha/"]);
    expect(namesOf(plan, "slice")).toEqual(["./heavy/#d", "./heavy/a", "./heavy/b", "./heavy/c"]);
    expect(ofKind(plan, "slice").length).toBeGreaterThan(1);
  });

  test("start the heaviest first", async () => {
    const plan = await makePlan(request([alpha, heavy], { lanes: 3 }), sliceable);
    const weights = plan.stages.at(-1)?.map(({ weight }) => weight) ?? [];
    expect(weights.length).toBeGreaterThan(2);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
  });

  test("pass small projects on in batches, with the share of each", async () => {
    const small = ["a", "b", "c", "d"].map((name) => directory(name, { files: 4 }));
    const plan = await makePlan(request(small, { lanes: 2, leastWeight: 10 }), answers());
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
    const plan = await makePlan(request([alpha], { lanes: 2, leastWeight: 50 }), answers());
    for (const { portions } of plan.stages.flat()) expect(portions.map(({ project }) => project)).toEqual(["alpha"]);
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
  const absentAtDestination = async (all: readonly BytePath[]): Promise<readonly BytePath[]> =>
    all.filter((path) => path.startsWith("alpha"));

  test("makes what the destination lacks, before everything else, directories without their contents", async () => {
    const plan = await makePlan(request([alpha, heavy], { delete: true }), { ...sliceable, absentAtDestination });
    expect(kinds(plan)[0]).toEqual(["skeleton"]);
    // A sliced directory in any case: filters may keep out all its files, and then no slice sets its mode and time.
    expect(namesOf(plan, "skeleton")).toEqual(["./alpha", "./alpha/one", "./alpha/two", "./heavy"]);
    expect(ofKind(plan, "skeleton")[0]?.portions).toEqual([]);
  });

  test("is left out in a dry run, which must write nothing", async () => {
    const plan = await makePlan(request([alpha, heavy], { dryRun: true }), { ...sliceable, absentAtDestination });
    expect(ofKind(plan, "skeleton")).toEqual([]);
  });

  test("is left out where nothing is absent", async () => {
    const plan = await makePlan(request([alpha]), sliceable);
    expect(kinds(plan)).toHaveLength(1);
  });

  test("is left out where a single rsync makes its parents itself", async () => {
    const plan = await makePlan(request([alpha], { lanes: 1 }), answers({ absentAtDestination }));
    expect(kinds(plan)).toEqual([["deep"]]);
  });
});

describe("deletions", () => {
  test("in a sliced directory are swept before its slices start", async () => {
    const plan = await makePlan(request([alpha, heavy], { delete: true }), sliceable);
    expect(kinds(plan)[1]).toEqual(["sweep"]);
    expect(namesOf(plan, "sweep")).toEqual(["./heavy/"]);
    expect(kinds(plan)[2]).toContain("slice");
    expect(plan.stages).toHaveLength(3);
  });

  test("need no sweep in what is not there yet", async () => {
    const absentAtDestination = async (): Promise<readonly BytePath[]> => [raw("heavy")];
    const plan = await makePlan(request([alpha, heavy], { delete: true }), { ...sliceable, absentAtDestination });
    expect(kinds(plan)[0]).toEqual(["skeleton"]);
    expect(ofKind(plan, "sweep")).toEqual([]);
  });

  test("need no sweep where nothing is sliced, and none without delete", async () => {
    expect(kinds(await makePlan(request([alpha], { delete: true }), answers()))).toHaveLength(1);
    expect(ofKind(await makePlan(request([alpha, heavy]), sliceable), "sweep")).toEqual([]);
  });
});

describe("loose files", () => {
  const folders = [folder("", { loose: ["x", "y"] }), folder("team", { extraneous: ["old"] }), folder("empty", {})];

  test("are one rsync, given the folders that have some", async () => {
    const plan = await makePlan(request([alpha], { folders }), answers());
    expect(ofKind(plan, "loose")).toMatchObject([
      { names: ["./"], portions: [{ project: "", entries: 2 }], weight: 2 },
    ]);
  });

  test("with delete it is given the folders that lose some, too", async () => {
    const plan = await makePlan(request([alpha], { folders, delete: true }), answers());
    expect(ofKind(plan, "loose")[0]?.names).toEqual(["./", "./team/"]);
  });

  test("are not sliced where names make the weight, however many: they cost more one by one", async () => {
    const names = Array.from({ length: 200 }, (_, index) => String(index));
    const filesOf = async (): Promise<SizedName[]> => names.map((name) => ({ path: raw(name), bytes: 1 }));
    const many = [folder("", { loose: names })];
    const plan = await makePlan(request([alpha], { folders: many, delete: true }), answers({ filesOf }));
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

  test("are sliced where they are heavier than a shard should be, with the deletions before", async () => {
    const filesOf = async (): Promise<SizedName[]> =>
      ["x", "y", "not chosen"].map((name) => ({ path: raw(name), bytes: 9 * megabyte }));
    const plan = await makePlan(
      request([alpha], { folders, delete: true, looseBytes: 18 * megabyte }),
      answers({ filesOf }),
    );
    expect(namesOf(plan, "slice")).toEqual(["./x", "./y"]);
    expect(ofKind(plan, "slice").map(({ portions }) => portions)).toEqual([
      [{ project: "", entries: 1 }],
      [{ project: "", entries: 1 }],
    ]);
    expect(ofKind(plan, "loose")).toEqual([]);
    expect(kinds(plan)[0]).toEqual(["loose-sweep"]);
    expect(namesOf(plan, "loose-sweep")).toEqual(["./", "./team/"]);
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

describe("of any trees", () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))(
    "(seed %d) every file is copied by one shard",
    async (seed) => {
      const random = seeded(seed);
      const projects = ["a", "b", "#c"].map((name) => randomDirectory(random, raw(name), 0));
      const all = everyDirectory(projects);
      const filesOf = async (path: BytePath): Promise<SizedName[]> => {
        const found = all.find((one) => one.path === path);
        return Array.from({ length: found?.files ?? 0 }, (_, index) => ({
          path: raw(`${path}/file ${index}`),
          bytes: (found?.bytes ?? 0) / (found?.files ?? 1),
        }));
      };
      const deletes = random.chance(50);
      const absent = new Set<string>();
      const lanes = 1 + random.whole(6);
      const folders = [folder("", { loose: random.chance(50) ? ["loose"] : [] })];
      const plan = await makePlan(
        request(projects, { folders, lanes, delete: deletes, leastWeight: random.pick([1, 5, 20]) }),
        answers({
          filesOf,
          absentAtDestination: async (asked) => {
            const missing = asked.filter(() => random.chance(50));
            for (const path of missing) absent.add(path);
            return missing;
          },
        }),
      );

      const shards = plan.stages.flat();
      expect(new Set(shards.map(({ id }) => id)).size).toBe(shards.length);
      const order = ["skeleton", "sweep", "copy"];
      const stage = ({ kind }: Shard): string =>
        kind === "skeleton" ? kind : kind.endsWith("sweep") ? "sweep" : "copy";
      const seen = plan.stages.map((one) => [...new Set(one.map(stage))].join());
      // The loose files may be copied apart, before the rest.
      expect([...new Set(seen)]).toEqual(order.filter((one) => seen.includes(one)));
      expect(seen.length - new Set(seen).size).toBeLessThanOrEqual(1);

      const copying = shards.filter(({ kind }) => !["skeleton", "sweep", "loose-sweep"].includes(kind));
      const listed = copying.flatMap(({ names }) => names);
      expect(new Set(listed).size).toBe(listed.length);
      const finder = shardFinder(plan);
      for (const { path, files } of all)
        for (let index = 0; index < files; index++) expect(finder(raw(`${path}/file ${index}`))).toBeDefined();
      // A directory whose files are sliced is swept where it is there already, and no other.
      const sliced = new Set(
        ofKind(plan, "slice").flatMap(({ names }) => names.map((name) => name.replace(/[^/]*$/, ""))),
      );
      const there = [...sliced].filter((name) => !absent.has(name.slice("./".length, -1)));
      expect(namesOf(plan, "sweep")).toEqual(deletes ? there.sort() : []);
      // What belongs to one piece is never copied by another as well.
      for (const name of namesOf(plan, "deep"))
        expect(listed.filter((other) => other !== name && other.startsWith(`${name}/`))).toEqual([]);
    },
  );
});
