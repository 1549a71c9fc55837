import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { fromText } from "../../../src/byte-path.ts";
import { selectProjects } from "../../../src/survey/projects.ts";
import { type Directory, type Survey, type SurveyRequest, survey } from "../../../src/survey/survey.ts";
import { emptyDirectories, never, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const asRoot = process.geteuid?.() === 0;

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
  return survey(
    { source, destination, compare: false, sizesOfAbsent: undefined, ...request, projects, folders },
    never(),
  );
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
    expect(alpha).toMatchObject({ files: 1, bytes: 100, totalEntries: 6, totalBytes: 123, open: true });
    expect(named(alpha.directories, "alpha/sub")).toMatchObject({ files: 2, bytes: 23, totalEntries: 4 });
    expect(named(projects, "beta")).toMatchObject({ files: 0, bytes: 0, totalEntries: 0, directories: [] });
  });

  test("keeps its projects in the order in which they were given", async () => {
    const { projects } = await look(["c/x", "a/x", "b/x"]);
    expect(projects.map(({ path }) => path)).toEqual(["a", "b", "c"]);
  });

  test("has its sizes estimated from a sample spread over a directory of many files", async () => {
    const files = Array.from({ length: 100 }, (_, index) => [`alpha/${index}`, 1000] as const);
    expect(named((await look(files)).projects, "alpha")).toMatchObject({ files: 100, bytes: 100_000 });
  });

  test("counts links as entries, never follows them and takes no size from them", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["alpha/", ["elsewhere/big", 5000]]);
    symlinkSync("../elsewhere", `${source}/alpha/link`);
    const { projects } = await survey(
      { source, destination, projects: [raw("alpha")], folders: [], compare: false, sizesOfAbsent: undefined },
      never(),
    );
    expect(named(projects, "alpha")).toMatchObject({ files: 1, bytes: 0, directories: [] });
  });

  test("is walked below names of any bytes", async () => {
    const { projects } = await look(["caf\xe9/new\nline/\xff", `${fromText("日")}/-rf/#x`]);
    expect(projects.map(({ totalEntries }) => totalEntries)).toEqual([2, 2]);
    expect(named(projects, "caf\xe9").directories[0]?.path).toBe("caf\xe9/new\nline");
  });

  test("has loose files weighed", async () => {
    expect(await look([["one", 700], ["two", 7], "alpha/x"])).toMatchObject({ looseBytes: 707 });
  });

  test("may be three hundred directories deep", async () => {
    const { projects } = await look([`a/${"d/".repeat(300)}file`]);
    expect(named(projects, "a").totalEntries).toBe(301);
  });

  test("that vanishes is rsync's to judge: not unreadable, and nothing is thrown", async () => {
    const source = emptyDirectory();
    const { projects, unreadable } = await survey(
      { source, destination: source, projects: [raw("gone")], folders: [], compare: false, sizesOfAbsent: undefined },
      never(),
    );
    expect(unreadable).toEqual([]);
    expect(projects).toMatchObject([{ path: "gone", totalEntries: 0 }]);
  });
});

test("a destination is not looked at unless asked for", async () => {
  expect((await look(["alpha/x"], ["alpha/y"])).destination).toBeUndefined();
});

describe("the destination, compared,", () => {
  test("has nothing extraneous where both are the same", async () => {
    const entries = ["alpha/x", "alpha/sub/y", "loose"];
    expect((await look(entries, entries, { compare: true })).destination).toEqual({
      entries: 4,
      extraneous: 0,
      extraneousPaths: [],
      absentFiles: 0,
      absentBytes: 0,
      unreadable: [],
    });
  });

  test("has extraneous entries counted one by one, with all that lies below", async () => {
    const { destination } = await look(["alpha/x"], ["alpha/x", "alpha/old/a", "alpha/old/b/c", "old file"], {
      compare: true,
    });
    expect(destination).toMatchObject({ entries: 6, extraneous: 5 });
    expect([...(destination?.extraneousPaths ?? [])].sort()).toEqual([
      "alpha/old",
      "alpha/old/a",
      "alpha/old/b",
      "alpha/old/b/c",
      "old file",
    ]);
  });

  test("keeps a vanished project out of the count", async () => {
    const { destination } = await look(["alpha/x"], ["alpha/x", "gone/a", "gone/b"], { compare: true });
    expect(destination).toMatchObject({ entries: 1, extraneous: 0 });
  });

  test("loses what is in a directory that must make way for a file", async () => {
    const { destination } = await look(["alpha/x"], ["alpha/x/a", "alpha/x/b/c"], { compare: true });
    expect(destination).toMatchObject({ extraneous: 3 });
  });

  test("loses what is in a directory that must make way for a loose file", async () => {
    const { destination } = await look(["loose"], ["loose/a", "loose/b"], { compare: true });
    expect(destination).toMatchObject({ extraneous: 2 });
  });

  test("has a file in the place of a directory, below which nothing is looked for", async () => {
    const { destination } = await look(["alpha/x/y"], ["alpha/x"], { compare: true });
    expect(destination).toMatchObject({ entries: 1, extraneous: 0, absentFiles: 1 });
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
    const seen = await survey(
      { source, destination, projects: [raw("alpha")], folders: [], compare: true, sizesOfAbsent: undefined },
      never(),
    );
    expect(seen.destination).toMatchObject({ entries: 0, extraneous: 0, absentFiles: 1 });
  });

  test("has its first thousand extraneous paths kept and all counted", async () => {
    const old = Array.from({ length: 1100 }, (_, index) => `alpha/${index}`);
    const { destination } = await look(["alpha/"], old, { compare: true });
    expect(destination?.extraneous).toBe(1100);
    expect(destination?.extraneousPaths).toHaveLength(1000);
  });

  test("may be absent", async () => {
    const source = emptyDirectory();
    plant(source, ["alpha/x"]);
    const { projects, folders } = await selectProjects(source, `${source}-absent`, ["*"]);
    const request = { source, destination: `${source}-absent`, projects, folders };
    const seen = await survey({ ...request, compare: true, sizesOfAbsent: undefined }, never());
    expect(seen.destination).toMatchObject({ entries: 0, extraneous: 0, absentFiles: 1 });
  });
});

test("a cancellation ends the survey with its reason", async () => {
  const root = emptyDirectory();
  const request = { source: root, destination: root, projects: [raw("a")], folders: [] };
  const looking = survey(
    { ...request, compare: false, sizesOfAbsent: undefined },
    AbortSignal.abort(new Error("stopped")),
  );
  await expect(looking).rejects.toThrow("stopped");
});

// Modes do not bind root: nothing is closed or unreadable to it.
(asRoot ? describe.skip : describe)("for a user whom modes bind", () => {
  test("a directory that cannot be written is closed", async () => {
    const source = emptyDirectory();
    plant(source, ["alpha/sub/x"]);
    chmodSync(`${source}/alpha/sub`, 0o500);
    const { projects } = await survey(
      { source, destination: source, projects: [raw("alpha")], folders: [], compare: false, sizesOfAbsent: undefined },
      never(),
    );
    expect(named(projects, "alpha").open).toBe(true);
    expect(named(named(projects, "alpha").directories, "alpha/sub").open).toBe(false);
    chmodSync(`${source}/alpha/sub`, 0o700);
  });

  test("a directory that cannot be read is named, and what is beside it is still counted", async () => {
    const source = emptyDirectory();
    plant(source, ["alpha/closed/x", "alpha/open/x"]);
    chmodSync(`${source}/alpha/closed`, 0);
    const { projects, unreadable } = await survey(
      { source, destination: source, projects: [raw("alpha")], folders: [], compare: false, sizesOfAbsent: undefined },
      never(),
    );
    expect(unreadable).toEqual([{ path: "alpha/closed", code: "EACCES" }]);
    expect(named(projects, "alpha").totalEntries).toBe(3);
    chmodSync(`${source}/alpha/closed`, 0o700);
  });

  test("an unreadable directory of the destination throws nothing", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["team/file"]);
    mkdirSync(`${destination}/team`);
    chmodSync(`${destination}/team`, 0);
    const folder = { path: raw("team"), open: true, loose: [raw("file")], leftAlone: [], extraneous: [] };
    const request = { source, destination, projects: [], folders: [folder] };
    await survey({ ...request, compare: true, sizesOfAbsent: undefined }, never());
    chmodSync(`${destination}/team`, 0o700);
  });
});
