import { expect, test } from "@jest/globals";
import { noteCopiedFiles } from "../../../src/verify/copied-files.ts";
import { ended } from "../../support/record.ts";
import { emptyDirectories, raw } from "../../support/tree.ts";
import { shard } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();
const item = (path: string, change = ">f+++++++++", bytes = 7) => ({
  change,
  bytes,
  path: raw(path),
  isDirectory: false,
});

test("regular files that were copied are noted, those of shards that came to their end", async () => {
  const copied = noteCopiedFiles(emptyDirectory());
  copied.note(0, item("alpha/a \n\xff"));
  copied.note(0, item("alpha/again", ">fcst......", 12));
  for (const change of [".f..t......", "cL+++++++++", "cd+++++++++", "hf+++++++++", "*deleting"])
    copied.note(0, item("alpha/no", change));
  copied.note(1, item("beta/failed"));
  copied.note(2, item("gamma/vanished-beside"));
  const ends = [
    ended(shard({ id: 2 }), { state: "vanished" }),
    ended(shard({ id: 1 }), { state: "failed" }),
    ended(shard({ id: 0 })),
    ended(shard({ id: 3 })),
  ];
  expect(await all(copied.files(ends))).toEqual([
    { path: "gamma/vanished-beside", bytes: 7 },
    { path: "alpha/a \n\xff", bytes: 7 },
    { path: "alpha/again", bytes: 12 },
  ]);
  expect(copied.failure()).toBeUndefined();
});

test("more of them than are held in memory", async () => {
  const copied = noteCopiedFiles(emptyDirectory());
  const names = Array.from({ length: 20_000 }, (_, index) => `alpha/a name of some length ${index}`);
  for (const name of names) copied.note(0, item(name));
  expect((await all(copied.files([ended(shard({ id: 0 }))]))).map(({ path }) => path)).toEqual(names);
});

test("names that cannot be noted are no exception where rsync's output is read, but a failure", async () => {
  const copied = noteCopiedFiles(`${emptyDirectory()}/gone`);
  copied.note(0, item("alpha/a"));
  expect(await all(copied.files([ended(shard({ id: 0 }))]))).toEqual([]);
  expect(copied.failure()).toMatch(/ENOENT/);
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const one of items) found.push(one);
  return found;
}
