import { describe, expect, test } from "@jest/globals";
import type { ShardKind } from "../../../src/plan/shard.ts";
import { part, whose } from "../../../src/report/shard-words.ts";
import { raw } from "../../support/tree.ts";
import { portions } from "../../support/workshop.ts";

describe("whose a shard is:", () => {
  test.each([
    [["alpha"], "deep", "alpha"],
    [["alpha", "beta", "gamma"], "deep", "alpha and 2 more"],
    [[""], "loose", "(loose files)"],
    [["caf\xe9"], "deep", "caf\\xe9"],
    [[], "skeleton", "directories"],
    [[], "whole", "all projects"],
  ] as const)("%j, %s", (projects, kind, expected) => {
    expect(whose({ portions: portions(...projects), kind })).toBe(expected);
  });
});

describe("which part it is:", () => {
  test.each<[ShardKind, readonly string[], readonly string[], string]>([
    ["deep", ["./team/alpha/"], ["team/alpha"], "all of it"],
    ["deep", ["./alpha/cache/images/"], ["alpha"], "cache/images"],
    ["deep", ["./alpha/a/", "./alpha/b/"], ["alpha"], "2 directories"],
    ["deep", ["./alpha/"], ["alpha", "beta"], "alpha"],
    ["shallow", ["./alpha/"], ["alpha"], "all of it, own files"],
    ["shallow", ["./alpha/a/", "./alpha/"], ["alpha"], "2 directories, own files"],
    ["slice", ["./alpha/a", "./alpha/b"], ["alpha"], "2 files"],
    ["loose", ["./one"], [""], "1 file"],
    ["sweep", ["./alpha/big/"], ["alpha"], "deletes in big"],
    ["loose-sweep", ["./"], [""], "deletes loose files"],
    ["skeleton", ["./alpha/"], [], "makes directories"],
    ["relink", ["./alpha/a"], [], "links hard links"],
    ["whole", [], [], "everything"],
  ])("%s %j of %j", (kind, names, projects, expected) => {
    expect(part({ kind, names: names.map(raw), portions: portions(...projects) })).toBe(expected);
  });
});
