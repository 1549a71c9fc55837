import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { asOneRsync, besideOneRsync, freshSides, type Sides } from "../support/side-by-side.ts";
import { plant } from "../support/tree.ts";

const sides = freshSides();

function grow(): Sides {
  const at = sides();
  const below = (folders: readonly string[], names: readonly string[]): string[] =>
    folders.flatMap((folder) => names.map((name) => `${folder}${name}`));
  plant(
    at.source,
    below(["", "a/", "a/b/", "a/b/c/", "a/keep/", "d/", "x/"], ["f1", "f2.tmp", "keep2", "log", ".hidden"]),
  );
  plant(
    at.ours,
    below(["", "a/", "a/b/", "a/b/c/", "a/old/", "a/old/deep/", "d/", "gone/", "x/", "x/y/"], ["f1", "o1", "o2.tmp"]),
  );
  return at;
}

describe("rules mean to many rsyncs what they mean to one, deletions included", () => {
  test.each<[rules: readonly string[], excludes: readonly string[]]>([
    [["+ /a/", "+ /a/b/", "+ /a/b/f1", "- *"], []],
    [["P *.tmp"], []],
    [["H *.tmp"], []],
    [["S f2.tmp"], ["*.tmp"]],
    [["R o2.tmp"], ["*.tmp"]],
    [["P old/"], []],
    [["P /a/old/deep/o1"], []],
    [["P /a/b", "H keep"], []],
    [["H /a/b"], []],
    [["-! */"], []],
    [["-C"], []],
    [["+ /", "- /*/b"], []],
    [[], ["/a/b"]],
    [[], ["/a"]],
    [[], ["b/", "old/"]],
    [[], [".*"]],
    [[], ["a/**"]],
    [[], ["*"]],
  ])("%j, exclude %j", async (rules, excludes) => {
    const at = grow();
    const outcome = await besideOneRsync(
      at,
      { delete: "true", filter: rules.join("\n"), exclude: excludes.join("\n") },
      [...rules.map((rule) => `--filter=${rule}`), ...excludes.map((pattern) => `--exclude=${pattern}`)],
    );
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.totals.filesDeleted).toBe(outcome.oracle.deletions);
  });

  test.each([": .rules", "dir-merge,e .rules", ": /.rules"])("merge files in directories: %s", async (rule) => {
    const at = grow();
    for (const [folder, text] of [
      ["", "- o1\n"],
      ["a/", "- f1\n"],
      ["a/b/", "- /c\n"],
      ["d/", "P o1\n"],
    ])
      writeFileSync(`${at.source}/${folder}.rules`, `${text}`);
    const outcome = await besideOneRsync(at, { delete: "true", filter: rule }, [`--filter=${rule}`]);
    expect(outcome).toMatchObject(asOneRsync);
    expect(outcome.report.shards.map(({ kind }) => kind)).toEqual(["whole"]);
  });

  test.each([".", "merge"])("a file of rules that begins with an empty line: %s", async (word) => {
    const at = grow();
    writeFileSync(`${at.path}/rules`, "\n# a comment\n- *.tmp\nP o1\n");
    const rule = `${word} ${at.path}/rules`;
    const outcome = await besideOneRsync(at, { delete: "true", filter: rule }, [`--filter=${rule}`]);
    expect(outcome).toMatchObject(asOneRsync);
  });
});
