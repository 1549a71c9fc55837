import { describe, expect, test } from "@jest/globals";
import { relinkShard, shardFinder } from "../../../src/plan/relink.ts";
import type { Plan, Shard, ShardKind } from "../../../src/plan/shard.ts";
import { raw } from "../../support/tree.ts";
import { shardOf } from "../../support/workshop.ts";

function shard(id: number, kind: ShardKind, names: readonly string[]): Shard {
  return shardOf(id, kind, names, []);
}

function plan(...shards: readonly Shard[]): Plan {
  return { stages: [shards], lanes: 2, notSplit: undefined };
}

const mixed = plan(
  shard(0, "skeleton", ["./alpha", "./alpha/sub"]),
  shard(1, "sweep", ["./alpha/flat/"]),
  shard(2, "shallow", ["./alpha/"]),
  shard(3, "deep", ["./alpha/sub/", "./beta/"]),
  shard(4, "slice", ["./alpha/flat/one"]),
  shard(5, "slice", ["./alpha/flat/two"]),
  shard(6, "loose", ["./", "./team/"]),
);

describe("the shard that copies a file:", () => {
  test.each([
    ["alpha/file", 2],
    ["alpha/sub/file", 3],
    ["alpha/sub/deep/er/file", 3],
    ["beta/file", 3],
    ["alpha/flat/one", 4],
    ["alpha/flat/two", 5],
    ["alpha/flat/came later", undefined],
    ["loose", 6],
    ["team/loose", 6],
    ["team/other/file", undefined],
    ["gamma/file", undefined],
    ["alpha/subtle", 2],
    ["betatest/x", undefined],
  ])("%s is in %j", (file, id) => {
    expect(shardFinder(mixed)(raw(file))).toBe(id);
  });

  test("everything is in the one that copies the whole", () => {
    const finder = shardFinder(plan(shard(7, "whole", [])));
    expect([finder(raw("a/b/c")), finder(raw("a"))]).toEqual([7, 7]);
  });
});

describe("the last pass for hard links", () => {
  test("is not needed where each group is in one shard", () => {
    const groups = [["alpha/sub/a", "beta/b"].map(raw), ["alpha/x", "alpha/y"].map(raw)];
    expect(relinkShard(mixed, groups)).toBeUndefined();
    expect(relinkShard(mixed, [])).toBeUndefined();
  });

  test("gets the names of groups that cross shards, with ./ in front, and the next number", () => {
    const groups = [
      ["alpha/x", "beta/#x"].map(raw),
      ["alpha/one", "alpha/two"].map(raw),
      ["alpha/flat/one", "-rf"].map(raw),
    ];
    expect(relinkShard(mixed, groups)).toEqual({
      id: 7,
      kind: "relink",
      names: ["./alpha/x", "./beta/#x", "./alpha/flat/one", "./-rf"],
      portions: [],
      weight: 0,
      bytes: 0,
      // Of files that are there already: what is written under its name at once could be what another name holds.
      fresh: false,
      after: [],
    });
  });

  test("leaves out names that no shard copies", () => {
    expect(relinkShard(mixed, [["gamma/x", "alpha/x"].map(raw)])).toBeUndefined();
    expect(relinkShard(mixed, [["gamma/x", "alpha/x", "beta/x"].map(raw)])?.names).toEqual(["./alpha/x", "./beta/x"]);
  });
});
