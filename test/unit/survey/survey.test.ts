import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { fromText } from "../../../src/byte-path.ts";
import type { DestinationSurvey } from "../../../src/survey/comparison.ts";
import { type Load, noLoad } from "../../../src/survey/load.ts";
import { selectProjects } from "../../../src/survey/projects.ts";
import { type Directory, type Survey, type SurveyRequest, survey } from "../../../src/survey/survey.ts";
import { emptyDirectories, never, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const asRoot = process.geteuid?.() === 0;
/** A request that compares nothing and keeps every directory. */
const plain = {
  vanished: [],
  compare: false,
  sizesOfAbsent: undefined,
  isSmall: () => false,
  folders: [],
  answersAtOnce: false,
} as const;

/** The first paths that only a destination has. */
function pathsIn(destination: DestinationSurvey | undefined): string[] {
  return [...(destination?.extraneous.projects.values() ?? [])].flatMap(({ paths }) => paths).sort();
}

/** Surveys a source (and destination) with these entries, every top-level directory being a project. */
async function look(
  entries: Parameters<typeof plant>[1],
  destinationEntries: Parameters<typeof plant>[1] = [],
  request: Partial<SurveyRequest> = {},
): Promise<Survey> {
  const [source, destination] = [emptyDirectory(), emptyDirectory()];
  plant(source, entries);
  plant(destination, destinationEntries);
  const { projects, folders } = await selectProjects(source, destination, request.projects ?? ["*"]);
  return survey({ source, destination, ...plain, ...request, projects, folders }, never());
}

function named(directories: readonly Directory[], path: string): Directory {
  const found = directories.find((one) => one.path === path);
  if (found === undefined) throw new Error(`no ${path} among ${directories.map((one) => one.path).join()}`);
  return found;
}

describe("the source", () => {
  test("is counted per directory, and summed up from the leaves", async () => {
    const { projects } = await look([
      ["alpha/one", 100],
      ["alpha/sub/two", 20],
      ["alpha/sub/three", 3],
      "alpha/sub/deep/empty/",
      "beta/",
    ]);
    const alpha = named(projects, "alpha");
    expect(alpha).toMatchObject({
      ...{ files: 1, open: true, folded: false, totalDirectories: 4 },
      own: { entries: 3, bytes: 100 },
      total: { entries: 7 },
    });
    expect(named(alpha.directories, "alpha/sub")).toMatchObject({
      files: 2,
      own: { entries: 4 },
      total: { entries: 5 },
    });
    expect(named(projects, "beta")).toMatchObject({
      ...{ files: 0, directories: [], totalDirectories: 1 },
      ...{ own: { entries: 1, bytes: 0 }, total: { entries: 1, bytes: 0 } },
    });
  });

  test("has its bytes summed up from the leaves, too", async () => {
    const { projects } = await look([
      ["alpha/one", 100],
      ["alpha/sub/two", 20],
      ["alpha/sub/three", 20],
      ["alpha/sub/deep/four", 3],
    ]);
    const alpha = named(projects, "alpha");
    expect([alpha.own.bytes, alpha.total.bytes]).toEqual([100, 143]);
    expect(named(alpha.directories, "alpha/sub")).toMatchObject({ own: { bytes: 40 }, total: { bytes: 43 } });
  });

  test("keeps its projects in the order in which they were given", async () => {
    const { projects } = await look(["c/x", "a/x", "b/x"]);
    expect(projects.map(({ path }) => path)).toEqual(["a", "b", "c"]);
  });

  test("has its sizes estimated from those of few files", async () => {
    const files = Array.from({ length: 100 }, (_, index) => [`alpha/${index}`, 1000] as const);
    expect(named((await look(files)).projects, "alpha")).toMatchObject({
      files: 100,
      own: { bytes: 100_000 },
    });
  });

  test("counts links as entries, never follows them and takes no size from them", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["alpha/", ["elsewhere/big", 5000]]);
    symlinkSync("../elsewhere", `${source}/alpha/link`);
    const { projects } = await survey({ source, destination, ...plain, projects: [raw("alpha")] }, never());
    expect(named(projects, "alpha")).toMatchObject({ files: 1, own: { bytes: 0 }, directories: [] });
  });

  test("is walked below names of any bytes", async () => {
    const { projects } = await look(["caf\xe9/new\nline/\xff", `${fromText("日")}/-rf/#x`]);
    expect(projects.map(({ total }) => total.entries)).toEqual([3, 3]);
    expect(named(projects, "caf\xe9").directories[0]?.path).toBe("caf\xe9/new\nline");
  });

  test("has loose files weighed", async () => {
    expect(await look([["one", 700], ["two", 7], "alpha/x"])).toMatchObject({
      loose: { entries: 2, absentEntries: 2, bytes: 707, absentBytes: 707 },
    });
    expect(await look([["one", 700], ["two", 700], "alpha/x"], ["one"])).toMatchObject({
      loose: { entries: 2, absentEntries: 1, bytes: 1400, absentBytes: 700 },
    });
    expect((await look(["alpha/x"], ["old"])).loose).toEqual(noLoad);
  });

  test("has loose files of several folders weighed together", async () => {
    const entries = [
      ["team/one", 50],
      ["team/alpha/x", 1],
      ["crew/two", 7],
      ["crew/beta/y", 1],
    ] as const;
    expect((await look(entries, ["crew/two"], { projects: ["*/*"].map(raw) })).loose).toEqual({
      ...{ entries: 2, absentEntries: 1, bytes: 57, absentBytes: 50 },
    });
  });

  test("may be three hundred directories deep", async () => {
    const { projects } = await look([`a/${"d/".repeat(300)}file`]);
    expect(named(projects, "a")).toMatchObject({ total: { entries: 302 }, totalDirectories: 301 });
  });

  test("that vanishes is rsync's to judge: not unreadable, and nothing is thrown", async () => {
    const source = emptyDirectory();
    const { projects, unreadable } = await survey(
      { source, destination: source, ...plain, projects: [raw("gone")] },
      never(),
    );
    expect(unreadable).toEqual([]);
    expect(projects).toMatchObject([{ path: "gone", files: 0, directories: [] }]);
  });
});

describe("a directory that will not be cut", () => {
  const entries = [
    ["alpha/one", 100],
    ["alpha/sub/two", 100],
    ["alpha/sub/deep/three", 100],
    ["alpha/large/four", 900],
    ["alpha/large/x/five", 900],
  ] as const;

  test("has its own directories forgotten, while their sums stay", async () => {
    const isSmall = ({ bytes }: Load): boolean => bytes <= 300;
    const { projects } = await look(entries, [], { isSmall });
    const whole = await look(entries);
    const alpha = named(projects, "alpha");
    expect(alpha).toMatchObject({ folded: false, totalDirectories: 5 });
    expect(named(alpha.directories, "alpha/sub")).toEqual({
      ...named(named(whole.projects, "alpha").directories, "alpha/sub"),
      folded: true,
      directories: [],
    });
    expect(named(alpha.directories, "alpha/large")).toMatchObject({ folded: false, directories: [{ folded: false }] });
    expect(alpha.total).toEqual(named(whole.projects, "alpha").total);
    expect(alpha.total).toMatchObject({ entries: 10, bytes: 2100 });
  });

  test("is judged by all that is below it, bottom up, each directory once", async () => {
    const judged: number[] = [];
    const isSmall = ({ entries: count }: Load): boolean => {
      judged.push(count);
      return true;
    };
    const { projects } = await look(entries, [], { isSmall });
    expect(named(projects, "alpha")).toMatchObject({ folded: true, directories: [], totalDirectories: 5 });
    expect([...judged].sort((one, other) => one - other)).toEqual([2, 2, 4, 4, 10]);
    expect(judged.at(-1)).toBe(10);
  });
});

describe("what the destination lacks", () => {
  const entries = [
    ["alpha/one", 100],
    ["alpha/two", 100],
    ["alpha/sub/three", 100],
    ["alpha/sub/deep/four", 100],
  ] as const;
  /** Entries, absent ones, bytes and absent bytes in and below alpha. */
  async function loadOfAlpha(there: readonly string[], compare: boolean): Promise<number[]> {
    const {
      entries: all,
      absentEntries,
      bytes,
      absentBytes,
    } = named((await look(entries, there, { compare })).projects, "alpha").total;
    return [all, absentEntries, bytes, absentBytes];
  }

  test.each([
    ["is everything where the project is not there", [], true, [7, 7, 400, 400]],
    ["is everything where the project is not there, without looking any closer", [], false, [7, 7, 400, 400]],
    ["is everything where something else is in the place of the project", ["alpha"], true, [7, 7, 400, 400]],
    ["is nothing where nothing is compared and the project is there", ["alpha/"], false, [7, 0, 400, 0]],
    ["is nothing where all is there", entries.map(([path]) => path), true, [7, 0, 400, 0]],
    ["is counted name by name", ["alpha/one", "alpha/sub/three"], true, [7, 3, 400, 200]],
    ["is all of a directory that is not there", ["alpha/one", "alpha/two"], true, [7, 4, 400, 200]],
    ["is all of a directory in whose place a file is", ["alpha/one", "alpha/two", "alpha/sub"], true, [7, 4, 400, 200]],
  ])("%s", async (_name, there, compare, expected) => {
    expect(await loadOfAlpha(there, compare)).toEqual(expected);
  });

  test("is everything behind a link in the place of a project or of a folder above it", async () => {
    const [source, destination, elsewhere] = [emptyDirectory(), emptyDirectory(), emptyDirectory()];
    plant(source, ["alpha/x", "team/beta/x"]);
    plant(elsewhere, ["x", "beta/x"]);
    symlinkSync(elsewhere, `${destination}/alpha`);
    symlinkSync(elsewhere, `${destination}/team`);
    for (const compare of [true, false]) {
      const request = { source, destination, ...plain, compare, projects: ["alpha", "team/beta"].map(raw) };
      const { projects } = await survey(request, never());
      expect(projects.map(({ total }) => total.absentEntries)).toEqual([2, 2]);
    }
  });
});

describe("names that only the destination has are counted for each directory by itself:", () => {
  test("own ones alone, whatever is below them", async () => {
    const { projects } = await look(["alpha/x", "alpha/sub/y"], ["alpha/old/a", "alpha/old/b", "alpha/sub/gone"], {
      compare: true,
    });
    const alpha = named(projects, "alpha");
    expect([alpha.extraneous, named(alpha.directories, "alpha/sub").extraneous]).toEqual([1, 1]);
  });

  test("none in what is not there, and none where both are the same", async () => {
    const { projects } = await look(["alpha/x", "beta/x"], ["alpha/x"], { compare: true });
    expect(projects.map(({ extraneous }) => extraneous)).toEqual([0, 0]);
  });

  test("not known where nothing is compared", async () => {
    expect(named((await look(["alpha/x"], ["alpha/old"])).projects, "alpha").extraneous).toBeUndefined();
  });
});

test("a source that answers at once is seen as any other", async () => {
  const [source, destination] = [emptyDirectory(), emptyDirectory()];
  plant(source, [["alpha/one", 10], ["alpha/sub/caf\xe9/two", 10], "alpha/empty/", ["beta/three", 10]]);
  plant(destination, ["alpha/old", "beta/three"]);
  const request = { source, destination, ...plain, compare: true, projects: ["alpha", "beta", "gone"].map(raw) };
  const [atOnce, waitedFor] = [
    await survey({ ...request, answersAtOnce: true }, never()),
    await survey(request, never()),
  ];
  const byPath = (directories: readonly Directory[]): unknown[] =>
    [...directories]
      .sort((one, other) => (one.path < other.path ? -1 : 1))
      .map((one) => ({ ...one, directories: byPath(one.directories) }));
  expect(named(atOnce.projects, "alpha").total.entries).toBe(6);
  expect(byPath(atOnce.projects)).toEqual(byPath(waitedFor.projects));
  expect({ ...atOnce, projects: [] }).toEqual({ ...waitedFor, projects: [] });
});

test("a destination is not looked at unless asked for", async () => {
  expect((await look(["alpha/x"], ["alpha/y"])).destination).toBeUndefined();
});

describe("the destination, compared,", () => {
  test("has nothing extraneous where both are the same", async () => {
    const entries = ["alpha/x", "alpha/sub/y", "loose"];
    expect((await look(entries, entries, { compare: true })).destination).toEqual({
      entries: 4,
      extraneous: { entries: 0, projects: new Map() },
      absentFiles: 0,
      absentBytes: 0,
      unreadable: [],
    });
  });

  test("has extraneous entries counted one by one, with all that lies below", async () => {
    const { destination } = await look(["alpha/x"], ["alpha/x", "alpha/old/a", "alpha/old/b/c", "old file"], {
      compare: true,
    });
    expect(destination).toMatchObject({ entries: 6, extraneous: { entries: 5 } });
    expect(pathsIn(destination)).toEqual(["alpha/old", "alpha/old/a", "alpha/old/b", "alpha/old/b/c", "old file"]);
  });

  test("counts what goes by project, and what lies in none as loose files", async () => {
    const there = ["alpha/x", "alpha/old", "beta/x", "beta/old/y", "old file"];
    const { destination } = await look(["alpha/x", "beta/x"], there, { compare: true });
    const counts = [...(destination?.extraneous.projects ?? [])].map(([name, { entries }]) => [name, entries]);
    expect(counts.sort()).toEqual([
      ["", 1],
      ["alpha", 1],
      ["beta", 2],
    ]);
  });

  test("keeps a vanished project out of the count", async () => {
    const { destination } = await look(["alpha/x"], ["alpha/x", "gone/a", "gone/b"], { compare: true });
    expect(destination).toMatchObject({ entries: 1, extraneous: { entries: 0 } });
  });

  test("loses what is in a directory that must make way for a file", async () => {
    const { destination } = await look(["alpha/x"], ["alpha/x/a", "alpha/x/b/c"], { compare: true });
    expect(destination).toMatchObject({ extraneous: { entries: 3 } });
  });

  test("loses what is in a directory that must make way for a loose file", async () => {
    const { destination } = await look(["loose"], ["loose/a", "loose/b"], { compare: true });
    expect(destination).toMatchObject({ extraneous: { entries: 2 } });
  });

  test("has a file in the place of a directory, below which nothing is looked for", async () => {
    const { destination } = await look(["alpha/x/y"], ["alpha/x"], { compare: true });
    expect(destination).toMatchObject({ entries: 1, extraneous: { entries: 0 }, absentFiles: 1 });
  });

  test("lacks files whose sizes are asked for only on request", async () => {
    const entries = [
      ["alpha/here", 10],
      ["alpha/absent", 300],
      ["alpha/sub/absent", 4000],
      ["beta/absent", 50_000],
      ["loose", 600_000],
    ] as const;
    const there = [["alpha/here", 1]] as const;
    const counted = await look(entries, there, { compare: true });
    expect(counted.destination).toMatchObject({ absentFiles: 4, absentBytes: 0 });
    const sized = await look(entries, there, { compare: true, sizesOfAbsent: { hardLinks: false, sparse: false } });
    expect(sized.destination).toMatchObject({ absentFiles: 4, absentBytes: 654_300 });
  });

  test("lacks files whose sizes add up over directories that are read at the same time", async () => {
    const files = Array.from({ length: 300 }, (_, index) => [`p${index % 50}/${index}`, 1000] as const);
    const { destination } = await look(files, [], {
      compare: true,
      sizesOfAbsent: { hardLinks: false, sparse: false },
    });
    expect(destination).toMatchObject({ absentFiles: 300, absentBytes: 300_000 });
  });

  test("is not followed through a link in the place of a project", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["alpha/x"]);
    plant(destination, ["elsewhere/x", "elsewhere/y"]);
    symlinkSync("elsewhere", `${destination}/alpha`);
    const seen = await survey({ source, destination, ...plain, projects: [raw("alpha")], compare: true }, never());
    expect(seen.destination).toMatchObject({ entries: 0, extraneous: { entries: 0 }, absentFiles: 1 });
  });

  test("has its first thousand extraneous paths kept and all counted", async () => {
    const old = Array.from({ length: 1100 }, (_, index) => `alpha/${index}`);
    const { destination } = await look(["alpha/"], old, { compare: true });
    expect(destination?.extraneous.entries).toBe(1100);
    expect(pathsIn(destination)).toHaveLength(1000);
  });

  test("may be absent", async () => {
    const source = emptyDirectory();
    plant(source, ["alpha/x"]);
    const { projects, folders } = await selectProjects(source, `${source}-absent`, ["*"]);
    const request = { source, destination: `${source}-absent`, ...plain, projects, folders };
    const seen = await survey({ ...request, compare: true }, never());
    expect(seen.destination).toMatchObject({ entries: 0, extraneous: { entries: 0 }, absentFiles: 1 });
  });
});

test("a cancellation ends the survey with its reason", async () => {
  const root = emptyDirectory();
  const request = { source: root, destination: root, ...plain, projects: [raw("a")] };
  const looking = survey(request, AbortSignal.abort(new Error("stopped")));
  await expect(looking).rejects.toThrow("stopped");
});

// Modes do not bind root: nothing is closed or unreadable to it.
(asRoot ? describe.skip : describe)("for a user whom modes bind", () => {
  test("a directory that cannot be written is closed", async () => {
    const source = emptyDirectory();
    plant(source, ["alpha/sub/x"]);
    chmodSync(`${source}/alpha/sub`, 0o500);
    const { projects } = await survey({ source, destination: source, ...plain, projects: [raw("alpha")] }, never());
    expect(named(projects, "alpha").open).toBe(true);
    expect(named(named(projects, "alpha").directories, "alpha/sub").open).toBe(false);
    chmodSync(`${source}/alpha/sub`, 0o700);
  });

  test("a directory that cannot be read is named, and what is beside it is still counted", async () => {
    const source = emptyDirectory();
    plant(source, ["alpha/closed/x", "alpha/open/x"]);
    chmodSync(`${source}/alpha/closed`, 0);
    const { projects, unreadable } = await survey(
      { source, destination: source, ...plain, projects: [raw("alpha")] },
      never(),
    );
    expect(unreadable).toEqual([{ path: "alpha/closed", code: "EACCES" }]);
    expect(named(projects, "alpha").total.entries).toBe(4);
    chmodSync(`${source}/alpha/closed`, 0o700);
  });

  test("an unreadable directory of the destination throws nothing", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["team/file"]);
    mkdirSync(`${destination}/team`);
    chmodSync(`${destination}/team`, 0);
    const folder = { path: raw("team"), open: true, loose: [raw("file")], leftAlone: [], extraneous: [] };
    const request = { source, destination, ...plain, projects: [], folders: [folder] };
    const { loose } = await survey({ ...request, compare: true }, never());
    expect(loose).toMatchObject({ entries: 1, absentEntries: 1 });
    chmodSync(`${destination}/team`, 0o700);
  });
});
