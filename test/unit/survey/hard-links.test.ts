import { linkSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { type BytePath, toBytes } from "../../../src/byte-path.ts";
import { linkGroups } from "../../../src/survey/hard-links.ts";
import { emptyDirectories, never, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

function link(root: string, existing: string, name: string): void {
  linkSync(toBytes(raw(`${root}/${existing}`)), toBytes(raw(`${root}/${name}`)));
}

function sorted(groups: readonly (readonly BytePath[])[]): string[][] {
  return groups.map((group) => [...group].sort()).sort();
}

test("names of one file form a group, across directories and depths", async () => {
  const root = emptyDirectory();
  plant(root, ["alpha/one", "alpha/sub/", "beta/", "beta/other", "alpha/single"]);
  link(root, "alpha/one", "alpha/sub/two");
  link(root, "alpha/one", "beta/three");
  link(root, "beta/other", "beta/caf\xe9");
  expect(sorted(await linkGroups(root, [raw("alpha"), raw("beta")], [], never()))).toEqual([
    ["alpha/one", "alpha/sub/two", "beta/three"],
    ["beta/caf\xe9", "beta/other"],
  ]);
});

test("a link to a name outside forms no group", async () => {
  const root = emptyDirectory();
  plant(root, ["alpha/one", "outside/"]);
  link(root, "alpha/one", "outside/two");
  expect(await linkGroups(root, [raw("alpha")], [], never())).toEqual([]);
});

test("loose files count, and only those that were chosen", async () => {
  const root = emptyDirectory();
  plant(root, ["alpha/one", "chosen"]);
  link(root, "alpha/one", "loose");
  link(root, "alpha/one", "not chosen");
  expect(sorted(await linkGroups(root, [raw("alpha")], [raw("chosen"), raw("loose")], never()))).toEqual([
    ["alpha/one", "loose"],
  ]);
});

test("directories, which have many links by nature, form no group, and what vanished is passed over", async () => {
  const root = emptyDirectory();
  plant(root, ["alpha/a/b/c/"]);
  expect(await linkGroups(root, [raw("alpha"), raw("gone")], [raw("gone too")], never())).toEqual([]);
});

test("a cancellation ends the search with its reason", async () => {
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(linkGroups(emptyDirectory(), [raw("a")], [], stopped)).rejects.toThrow("stopped");
});
