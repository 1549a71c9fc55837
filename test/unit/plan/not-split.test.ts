import { describe, expect, test } from "@jest/globals";
import { whyNotSplit } from "../../../src/plan/not-split.ts";
import type { Folder } from "../../../src/survey/projects.ts";
import { raw } from "../../support/tree.ts";

const asRoot = process.geteuid?.() === 0;

/** Why nothing may be split with these inputs and folders. */
function why(
  inputs: Partial<Parameters<typeof whyNotSplit>[0]>,
  folders: readonly Partial<Folder>[] = [{}],
): string | undefined {
  const plain = { path: raw(""), open: true, loose: [], leftAlone: [], extraneous: [] };
  return whyNotSplit(
    { filter: [], preserve: new Set(), rsyncArgs: [], ...inputs },
    folders.map((folder) => ({ ...plain, ...folder })),
  );
}

describe("one rsync must copy everything under a rule that reads rules from files:", () => {
  test.each([
    ": .rules",
    ":- .gitignore",
    ":n .rules",
    ":/ .rules",
    ":",
    ". rules",
    "._rules",
    ".e- rules",
    "merge rules",
    "merge,- rules",
    "dir-merge .rules",
    "dir-merge,n- .rules",
    "dir-merge_.rules",
    "merge_rules",
  ])("%s", (rule) => {
    const reason = why({ filter: ["- *.tmp", rule] });
    expect(reason).toMatch(/^one rsync copies everything: /);
    expect(reason).toContain(JSON.stringify(rule));
  });
});

describe("any split keeps", () => {
  test.each([[[]], [["- .rules", "+ merge", "include merge", "P .", "- :"]], [["hide :x", "exclude dir-merge"]]])(
    "%j",
    (filter) => {
      expect(why({ filter })).toBeUndefined();
    },
  );
});

describe("one rsync must copy everything", () => {
  test.each([
    ["", /may not write in the source directory/],
    ["team/caf\xe9", /may not write in "team\/caf/],
  ])("where %j, which all pass through, is closed to its owner", (path, reason) => {
    expect(why({}, [{ path: raw("open") }, { path: raw(path), open: false }])).toMatch(reason);
  });

  test("where a later pass could link nothing", () => {
    const preserve = new Set(["hard-links"] as const);
    expect(why({ preserve, rsyncArgs: ["--ignore-existing"] })).toMatch(/--ignore-existing/);
    expect(why({ preserve, rsyncArgs: ["--checksum"] })).toBeUndefined();
    expect(why({ rsyncArgs: ["--ignore-existing"] })).toBeUndefined();
  });

  // Modes do not bind root: no rsync can lock another one out.
  test.each(["--chmod=D555", "--no-perms", "--no-p"])("with %s, unless root", (argument) => {
    const reason = why({ rsyncArgs: ["--checksum", argument] });
    if (asRoot) expect(reason).toBeUndefined();
    else expect(reason).toContain(argument);
  });
});
