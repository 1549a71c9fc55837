import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { asOneRsync, besideOneRsync, freshSides } from "../support/side-by-side.ts";
import { plant } from "../support/tree.ts";

const sides = freshSides();
/** The names of the projects in a report, without the loose files. */
const namesOf = (projects: readonly { readonly name: string }[]): string[] =>
  projects.map(({ name }) => name).filter((name) => name !== "");

describe("what the patterns choose is backed up, and nothing else is touched", () => {
  test("a name that no pattern covers is neither copied nor deleted, and is named in the report", async () => {
    const at = sides();
    plant(at.source, ["team-a/p/f", "team-a/l", "other/x", "team-f"]);
    plant(at.ours, ["team-a/p/old", "team-a/oldloose", "other/y", "stray"]);
    const outcome = await besideOneRsync(at, { projects: "team-*/*", delete: "true" }, [
      ...["+ /team-*/", "- /*", "P /*/*/"].map((rule) => `--filter=${rule}`),
    ]);
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.notCovered).toEqual({ paths: ["other", "team-f"], total: 2 });
    expect(outcome.report.totals.filesDeleted).toBe(2);
  });

  test("an exclusion leaves a project alone on both sides, and a later pattern brings one back", async () => {
    const at = sides();
    plant(at.source, ["xa/f", "xy/f", "b/f", "xloose"]);
    plant(at.ours, ["xa/old", "xy/old", "xold", "old"]);
    const outcome = await besideOneRsync(at, { projects: "*\n!x*\nxy", delete: "true" }, [
      "--filter=+ /xy/***",
      "--filter=- /x*",
    ]);
    expect(outcome).toMatchObject(asOneRsync);
    expect(namesOf(outcome.report.projects)).toEqual(["b", "xy"]);
  });

  test("blanks, brackets, a leading # and hidden names are ordinary characters of a pattern", async () => {
    const at = sides();
    plant(at.source, ["my dir/f", "[x]/f", "#recycle/f", ".hidden/f", ".hidfile", "abc/f", "abe/f"]);
    plant(at.ours, ["my dir/old", "abe/old", ".hidold"]);
    const outcome = await besideOneRsync(at, { projects: "my dir\n[[]x[]]\n#recycle\n.hid*\nab[cd]", delete: "true" }, [
      ...["/my dir/***", "/\\[x\\]/***", "/#recycle/***", "/.hid*", "/.hid*/***", "/ab[cd]/***"].map(
        (pattern) => `--include=${pattern}`,
      ),
      "--exclude=*",
    ]);
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.notCovered.paths).toEqual(["abe"]);
  });

  test("patterns that match files only copy those, links among them, and delete only what they match", async () => {
    const at = sides();
    plant(at.source, ["a/l.txt", "b.txt", "d"]);
    symlinkSync("/etc", `${at.source}/c.txt`);
    plant(at.ours, ["old.txt", "old.md", "z/f", "vanished.txt/f"]);
    const outcome = await besideOneRsync(at, { projects: "*.txt", delete: "true" }, [
      "--include=/*.txt",
      "--exclude=*",
    ]);
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.vanishedProjects).toEqual(["vanished.txt"]);
    expect(outcome.report.totals.filesDeleted).toBe(1);
  });

  test("a folder may have projects, loose files and what neither is", async () => {
    const at = sides();
    plant(at.source, ["a/p/f", "a/q/f", "a/t.txt", "a/u.md", "b/f"]);
    plant(at.ours, ["a/old.txt", "a/old.md", "a/p/old", "a/q/old", "a/z.txt/f"]);
    const outcome = await besideOneRsync(at, { projects: "a/p\na/*.txt\nb", delete: "true" }, [
      ...["+ /a/", "+ /a/p/***", "P /a/*/", "+ /a/*.txt", "+ /b/***", "- *"].map((rule) => `--filter=${rule}`),
    ]);
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.notCovered.paths).toEqual(["a/q", "a/u.md"]);
  });

  test("a match inside a project adds nothing", async () => {
    const at = sides();
    plant(at.source, ["a/sub/x/f", "a/f", "b/sub/", "loose"]);
    plant(at.ours, ["a/sub/y/f"]);
    const outcome = await besideOneRsync(at, { projects: "*\n*/sub\n*/*/x", delete: "true" });
    expect(outcome).toMatchObject(asOneRsync);
    expect(namesOf(outcome.report.projects)).toEqual(["a", "b"]);
  });

  test("where ** finds projects at any depth, what is not covered is named once, not with all that is in it", async () => {
    const at = sides();
    plant(at.source, ["a/b/proj/x/proj/h", "c/proj/f", "d/e/f/g", "proj/f"]);
    plant(at.ours, ["gone/proj/f", "c/old/"]);
    const { report, oracle } = await besideOneRsync(at, { projects: "**/proj", delete: "true" });
    expect({ result: report.result, status: oracle.status }).toEqual({ result: "success", status: 0 });
    expect(namesOf(report.projects)).toEqual(["a/b/proj", "c/proj", "proj"]);
    expect(report.notCovered).toEqual({ paths: ["d"], total: 1 });
    expect(report.totals.filesDeleted).toBe(0);
  });
});

describe("a project that vanished from the source stays", () => {
  test.each(["plain", "ba\\sl", "[x]*", "new\nline\\n", "cr\rcr", "caf\xe9?", " blank "])(
    "below a folder called %j",
    async (folder) => {
      const at = sides();
      plant(at.source, [`${folder}/p/f`, `${folder}/loose`]);
      plant(at.ours, [`${folder}/p/old`, `${folder}/gone/x/f`, `${folder}/oldloose`]);
      const outcome = await besideOneRsync(at, { projects: "*/*", delete: "true" }, ["--filter=P /*/*/"]);
      expect(outcome).toMatchObject(asOneRsync);
      expect(outcome.report.vanishedProjects).toHaveLength(1);
      expect(outcome.report.deletions).toMatchObject({ pending: 2 });
    },
  );

  test("in one rsync under merge files too, whatever the names beside it", async () => {
    const at = sides();
    plant(at.source, ["b/f", "a\rb", "a\nb", "a*\\b"]);
    plant(at.ours, ["gone/f", "a\rc", "a\nc\\*", "old"]);
    const outcome = await besideOneRsync(at, { projects: "*\n!a*", delete: "true", filter: ": .rules" }, [
      "--exclude=/a*",
      "--filter=: .rules",
    ]);
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.shards).toHaveLength(1);
  });

  test("and is reported where its folder vanished with it", async () => {
    const at = sides();
    plant(at.source, ["team-a/p/f"]);
    plant(at.ours, ["team-a/gone/f", "team-b/gone/f"]);
    const { report } = await besideOneRsync(at, { projects: "team-*/*", delete: "true" });
    expect([...report.vanishedProjects].sort()).toEqual(["team-a/gone", "team-b/gone"]);
    expect(report.totals.filesDeleted).toBe(0);
  });
});

describe("what the rules exclude is untouched", () => {
  test("loose files below an excluded folder are neither copied nor deleted", async () => {
    const at = sides();
    plant(at.source, ["a/b/p/f", "a/b/l", ...Array.from({ length: 6 }, (_, n) => [`a/b/big${n}`, 90_000] as const)]);
    plant(at.ours, ["a/b/old", "a/old"]);
    const outcome = await besideOneRsync(at, { projects: "a/b/*", exclude: "/a", delete: "true" }, ["--exclude=/a"]);
    expect(outcome).toMatchObject(asOneRsync);
  });

  test.each([["absent"], ["there"]])(
    "of sliced loose files, and their folder is as one rsync leaves it (%s)",
    async (before) => {
      const at = sides();
      plant(
        at.source,
        Array.from({ length: 40 }, (_, n) => `team/${n % 2 === 0 ? "kept out" : "f"} ${n}`),
      );
      chmodSync(`${at.source}/team`, 0o750);
      if (before === "there") plant(at.ours, ["team/old", "team/kept out 2"]);
      for (const exclude of ["kept out*", "/team/*"]) {
        const outcome = await besideOneRsync(
          at,
          { projects: "team/*", exclude, delete: "true" },
          [`--exclude=${exclude}`],
          {
            leastSeconds: 5e-3,
            latencies: { source: 1e-3, destination: 1e-3 },
          },
        );
        expect(outcome).toMatchObject(asOneRsync);
        expect(outcome.report.shards.map(({ kind }) => kind)).toContain("slice");
      }
    },
  );

  test("and where everything is excluded, the destination still gets the source's mode and time", async () => {
    const at = sides();
    mkdirSync(`${at.source}/a`, { mode: 0o700 });
    const outcome = await besideOneRsync(at, { exclude: "*" }, ["--exclude=*"]);
    expect(outcome).toMatchObject(asOneRsync);
  });
});
