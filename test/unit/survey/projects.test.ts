import { chmodSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { fromText } from "../../../src/byte-path.ts";
import { RefusedError } from "../../../src/errors.ts";
import { type Folder, type Selection, selectProjects } from "../../../src/survey/projects.ts";
import { emptyDirectories, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const asRoot = process.geteuid?.() === 0;

/** Source and destination with these entries, and what the patterns choose there. */
async function select(
  patterns: readonly string[],
  entries: readonly string[],
  destinationEntries: readonly string[] = [],
): Promise<Selection> {
  const [source, destination] = [emptyDirectory(), emptyDirectory()];
  plant(source, entries);
  plant(destination, destinationEntries);
  return selectProjects(source, destination, patterns);
}

function folder(selection: Selection, path: string): Folder {
  const found = selection.folders.find((one) => one.path === path);
  if (found === undefined) throw new Error(`no folder ${path}`);
  return found;
}

describe("by default", () => {
  test("every directory is a project, hidden ones too, and everything else a loose file", async () => {
    const selection = await select(["*"], ["beta/x", "alpha/x", ".hidden/x", "readme", ".dot"]);
    expect(selection.projects).toEqual([".hidden", "alpha", "beta"]);
    expect([...folder(selection, "").loose].sort()).toEqual([".dot", "readme"]);
    expect(selection.notCovered).toEqual([]);
    expect(selection.folders).toHaveLength(1);
  });

  test("a symbolic link to a directory is a loose file", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["alpha/x"]);
    symlinkSync("alpha", `${source}/current`);
    symlinkSync("nowhere", `${source}/broken`);
    const selection = await selectProjects(source, destination, ["*"]);
    expect(selection.projects).toEqual(["alpha"]);
    expect([...folder(selection, "").loose].sort()).toEqual(["broken", "current"]);
  });

  test("names of any bytes are projects", async () => {
    const names = ["caf\xe9", "\xff\xfe", "new\nline", "-rf", "#x", "[a]", "a*", "back\\slash", fromText("日本語")];
    const selection = await select(
      ["*"],
      names.map((name) => `${name}/x`),
    );
    expect(selection.projects).toEqual([...names].sort());
  });
});

test("what is ours counts on neither side; that a source has it is not hidden", async () => {
  const [source, destination] = [emptyDirectory(), emptyDirectory()];
  plant(source, ["alpha/x", "alpha/lock", "marker"]);
  plant(destination, ["lock", "old/x"]);
  const selection = await selectProjects(source, destination, ["*"], {
    ours: new Set(["lock", "marker", "old"].map(raw)),
    deleteProjects: false,
  });
  expect(selection).toMatchObject({ projects: ["alpha"], vanished: [], notCovered: ["marker"] });
  expect(folder(selection, "")).toMatchObject({ loose: [], extraneous: [], leftAlone: [] });
});

test("with delete-projects a vanished project is deleted, unless its folder is gone from the source too", async () => {
  const [source, destination] = [emptyDirectory(), emptyDirectory()];
  plant(source, ["team-a/one/x"]);
  plant(destination, ["team-a/one/x", "team-a/gone/x", "team-b/gone/x"]);
  const theirs = { ours: new Set<never>(), deleteProjects: true };
  const selection = await selectProjects(source, destination, ["*/*"], theirs);
  expect(selection.vanished).toEqual(["team-a/gone", "team-b/gone"]);
  expect(selection.folders.flatMap(({ extraneous }) => extraneous)).toEqual(["gone"]);
  expect(folder(selection, "").leftAlone).toEqual(["team-b"]);
});

describe("what the destination alone has", () => {
  test("is a vanished project where it is a matched directory, and extraneous where it is a matched file", async () => {
    const selection = await select(["*"], ["alpha/x"], ["alpha/x", "gone/x", "old file"]);
    expect(selection.vanished).toEqual(["gone"]);
    expect(folder(selection, "").extraneous).toEqual(["old file"]);
    expect(folder(selection, "").leftAlone).toEqual([]);
  });

  test("is left alone where no pattern matches it", async () => {
    const selection = await select(["a*"], ["alpha/x"], ["beta/x", "b file", "a file", "away/x"]);
    expect(selection.vanished).toEqual(["away"]);
    expect(folder(selection, "").extraneous).toEqual(["a file"]);
    expect([...folder(selection, "").leftAlone].sort()).toEqual(["b file", "beta"]);
    expect(selection.notCovered).toEqual([]);
  });

  test("is found below the folders of a deep pattern too", async () => {
    const selection = await select(["*/*"], ["team/web/x"], ["team/gone/x", "team/old", "other/x/y"]);
    expect(selection.vanished).toEqual(["other/x", "team/gone"]);
    expect(folder(selection, "team").extraneous).toEqual(["old"]);
    expect(folder(selection, "").leftAlone).toEqual(["other"]);
  });

  test("nothing, where the destination does not exist", async () => {
    const source = emptyDirectory();
    plant(source, ["alpha/x"]);
    const selection = await selectProjects(source, `${source}-absent`, ["*"]);
    expect(selection.projects).toEqual(["alpha"]);
    expect(selection.vanished).toEqual([]);
  });
});

describe("a deep pattern", () => {
  test("makes projects of the directories at its depth, with the folders on the way", async () => {
    const selection = await select(["team-*/*"], ["team-a/web/x", "team-a/notes", "team-b/api/x", "other/x", "top"]);
    expect(selection.projects).toEqual(["team-a/web", "team-b/api"]);
    expect(folder(selection, "team-a").loose).toEqual(["notes"]);
    expect([...folder(selection, "").leftAlone].sort()).toEqual(["other", "top"]);
    expect(selection.notCovered).toEqual(["other", "top"]);
  });

  test("does not cover a directory on the way that holds no match, whole", async () => {
    const selection = await select(["*/src"], ["alpha/src/x", "alpha/doc/x", "beta/doc/x"]);
    expect(selection.projects).toEqual(["alpha/src"]);
    expect(selection.notCovered).toContain("beta");
    expect(selection.notCovered).toContain("alpha/doc");
    expect(folder(selection, "").leftAlone).toEqual(["beta"]);
    expect(selection.folders.map(({ path }) => path).sort()).toEqual(["", "alpha"]);
  });

  test("adds nothing inside a project", async () => {
    const selection = await select(["alpha", "alpha/*", "**/deep"], ["alpha/one/deep/x", "beta/deep/x"]);
    expect(selection.projects).toEqual(["alpha", "beta/deep"]);
  });

  test("does not follow a symbolic link on the way", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["team/web/x"]);
    symlinkSync("team", `${source}/link`);
    const selection = await selectProjects(source, destination, ["*/*"]);
    expect(selection.projects).toEqual(["team/web"]);
    expect(selection.notCovered).toEqual(["link"]);
  });

  test("finds names that are not UTF-8, on the way and at its end", async () => {
    const selection = await select(["t*/*"], ["t\xe9/caf\xe9/x", "t\xe9/web/x", "team/caf\xe9/x", "team/web/x"]);
    expect(selection.projects).toEqual(["team/caf\xe9", "team/web", "t\xe9/caf\xe9", "t\xe9/web"]);
  });
});

describe("patterns of one level, which are matched without @actions/glob,", () => {
  const names = ["alpha", "beta", ".hidden", "[a]", "a*", "a?c", "{a,b}", "#x", "!x", "back\\slash", "tmp", "A", " b "];
  const entries = [...names.map((name) => `${name}/web/x`), "file", "ab", fromText("日本語/x"), fromText("é")];

  test.each([
    [["*"]],
    [["**"]],
    [["?"]],
    [[".*"]],
    [["a*"]],
    [["[ab]*"]],
    [["[!a]*"]],
    [["[[]a]"]],
    [["a[*]"]],
    [["{a,b}"]],
    [["@(alpha|beta)"]],
    [["#x"]],
    [["back*"]],
    [["a\\*"]],
    [["???"]],
    [["alpha", "beta", "absent"]],
    [["*", "!a*"]],
    [["*", "!a*", "alpha"]],
    [["*", "!*"]],
  ])("choose what @actions/glob would: %j", async (patterns) => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, entries);
    const selection = await selectProjects(source, destination, patterns);
    // A second level anywhere, and it is asked.
    const asked = await selectProjects(source, destination, [...patterns, "absent/absent"]);
    expect({ ...asked, unmatched: asked.unmatched.filter((pattern) => pattern !== "absent/absent") }).toEqual(
      selection,
    );
  });
});

describe("exclusions", () => {
  test("take projects and loose files away, and those are named as not covered", async () => {
    const selection = await select(["*", "!tmp*"], ["alpha/x", "tmp/x", "tmpfile"], ["tmp/x"]);
    expect(selection.projects).toEqual(["alpha"]);
    expect(selection.notCovered).toEqual(["tmp", "tmpfile"]);
    expect([...folder(selection, "").leftAlone].sort()).toEqual(["tmp", "tmpfile"]);
    expect(selection.unusedExclusions).toEqual([]);
  });

  test("that take nothing away are named", async () => {
    const selection = await select(["*", "!tpm", "!alpha/cache"], ["alpha/cache/x", "tmp/x"]);
    expect(selection.projects).toEqual(["alpha", "tmp"]);
    expect(selection.unusedExclusions).toEqual(["!tpm", "!alpha/cache"]);
  });

  test("take away names that are not UTF-8", async () => {
    const selection = await select(["*", "!caf*"], ["alpha/x", "caf\xe9/x"]);
    expect(selection.projects).toEqual(["alpha"]);
    expect(selection.notCovered).toEqual(["caf\xe9"]);
  });

  test("of everything in a directory take the directory away and count as used", async () => {
    const selection = await select(["*", "!tmp/**"], ["alpha/x", "tmp/x"]);
    expect(selection.projects).toEqual(["alpha"]);
    expect(selection.unusedExclusions).toEqual([]);
  });
});

test("nothing matched: no projects, and everything is named", async () => {
  const selection = await select(["absent"], ["alpha/x", "file"]);
  expect(selection.projects).toEqual([]);
  expect(selection.notCovered).toEqual(["alpha", "file"]);
});

test.each(["[a]", "a*b", "what?", "{a,b}", "back\\slash", "new\nline", " blank ", "!bang", "#x", "~", "ü", "a[", "a]"])(
  "the source itself may be named %j",
  async (name) => {
    const root = emptyDirectory();
    plant(root, [`${fromText(name)}/alpha/x`, `${fromText(name)}/file`]);
    const selection = await selectProjects(`${root}/${name}`, `${root}/absent`, ["*"]);
    expect(selection.projects).toEqual(["alpha"]);
    expect(folder(selection, "").loose).toEqual(["file"]);
  },
);

// Modes do not bind root: nothing is unreadable to it.
(asRoot ? describe.skip : describe)("an unreadable directory", () => {
  test("on the way to projects is named and not covered, and the others are found", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["team/web/x", "closed/x"]);
    chmodSync(`${source}/closed`, 0);
    const selection = await selectProjects(source, destination, ["*/*"]);
    expect(selection).toMatchObject({ projects: ["team/web"], unreadable: ["closed"] });
    chmodSync(`${source}/closed`, 0o700);
  });

  test("that is the source itself is refused", async () => {
    const source = emptyDirectory();
    chmodSync(source, 0);
    await expect(selectProjects(source, `${source}-absent`, ["*"])).rejects.toThrow(RefusedError);
    chmodSync(source, 0o700);
  });

  test("that is a project itself is not looked into", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["closed/x"]);
    chmodSync(`${source}/closed`, 0);
    expect((await selectProjects(source, destination, ["*"])).projects).toEqual(["closed"]);
    chmodSync(`${source}/closed`, 0o700);
  });

  test("of the destination is named as the destination's", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["team/web/x"]);
    plant(destination, ["team/web/x"]);
    chmodSync(`${destination}/team`, 0);
    const selection = await selectProjects(source, destination, ["*/*"]);
    expect(selection).toMatchObject({ projects: ["team/web"], unreadable: [], unreadableThere: ["team"] });
    chmodSync(`${destination}/team`, 0o700);
  });
});
