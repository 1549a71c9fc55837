import { expect, test } from "@jest/globals";
import type { BytePath } from "../../../src/byte-path.ts";
import { collidingNames } from "../../../src/plan/colliding-names.ts";
import { raw } from "../../support/tree.ts";

const groups = [
  ["b/x", "b/X"],
  ["a/read me", "a/Read Me", "a/READ ME"],
].map((group) => group.map(raw));
const all = async (names: readonly BytePath[]): Promise<ReadonlySet<BytePath>> => new Set(names);

test("the first names that would be one are named, and how many more there are", async () => {
  expect(await collidingNames(groups, "/mnt/stick", all)).toBe(
    'destination "/mnt/stick" does not tell upper from lower case, so "a/READ ME" and "a/Read Me" and "a/read me" are one there, and what one of them holds is missing or mixed up (and 1 more such group): rename all but one, or leave them out with exclude',
  );
});

test("a name that the filters keep out is in nobody's way", async () => {
  const without = async (names: readonly BytePath[]) => new Set(names.filter((name) => !/[A-Z]/.test(name)));
  expect(await collidingNames(groups, "/mnt/stick", without)).toBeUndefined();
});
