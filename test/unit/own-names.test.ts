import { expect, test } from "@jest/globals";
import { ownNames } from "../../src/own-names.ts";

const destination = "/data/backup";

test.each<[what: string, inputs: { marker?: string; backupDir?: string }, more: readonly string[]]>([
  ["lock and marker are ours", {}, []],
  ["so is a marker of another name", { marker: "here" }, ["here"]],
  ["and of a backup-dir in the destination what is nearest to it", { backupDir: "/data/backup/old/nights" }, ["old"]],
  ["but nothing of one elsewhere", { backupDir: "/data/backup-old" }, []],
])("%s", (_what, { marker, backupDir }, more) => {
  expect([...ownNames({ destination, marker, backupDir })]).toEqual([
    ".dailysync-lock",
    ".dailysync-destination",
    ...more,
  ]);
});

test("what really holds backup-dir in the destination is ours as well as what leads to it", () => {
  expect([...ownNames({ destination, marker: undefined, backupDir: "/data/backup/way/old" }, "old")]).toEqual([
    ...[".dailysync-lock", ".dailysync-destination", "way", "old"],
  ]);
});
