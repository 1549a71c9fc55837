import { execFileSync } from "node:child_process";
import { linkSync, readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Plan, Shard } from "../../../src/plan/shard.ts";
import type { RsyncSettings } from "../../../src/rsync/arguments.ts";
import { type Rehearsal, rehearse } from "../../../src/run/rehearsal.ts";
import { emptyDirectories, never, plant, raw } from "../../support/tree.ts";
import { pretended, shardOf, workshop } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();
const rsync = execFileSync("/bin/sh", ["-c", "command -v rsync"], { encoding: "utf8" }).trim();

function plan(...stages: readonly (readonly Shard[])[]): Plan {
  return { stages, lanes: 2, notSplit: undefined };
}

async function rehearsed(
  source: string,
  destination: string,
  one: Plan,
  given: Partial<RsyncSettings> = {},
): Promise<Rehearsal> {
  const place = workshop(emptyDirectory(), { rsync });
  const settings = { ...place.settings, source, destination, delete: true, ...given };
  return rehearse(one, [raw("alpha")], { ...place, settings }, never());
}

const deep = plan([shardOf(0, "deep", ["./alpha/"], ["alpha"])]);

describe("real rsync, rehearsed,", () => {
  test("says what would be deleted and what would come, and changes nothing", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, [["alpha/new", 300], ["alpha/sub/new", 4000], "alpha/both"]);
    plant(destination, ["alpha/both", "alpha/caf\xe9", "alpha/old/x"]);
    const rehearsal = await rehearsed(source, destination, deep);
    expect(rehearsal).toMatchObject({ deletions: { entries: 3 }, newFiles: 2, newBytes: 4300, incomplete: undefined });
    expect([...(rehearsal.deletions.projects.get(raw("alpha"))?.paths ?? [])].sort()).toEqual([
      "alpha/caf\xe9",
      "alpha/old",
      "alpha/old/x",
    ]);
    expect(readdirSync(`${destination}/alpha`, { encoding: "latin1" }).sort()).toEqual(["both", "caf\xe9", "old"]);
  });

  test("counts what filters let pass, protect and hide", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, [
      ["alpha/new", 300],
      ["alpha/new.tmp", 4000],
    ]);
    plant(destination, ["alpha/old", "alpha/old.tmp", "alpha/keep"]);
    const rules = { exclude: ["*.tmp"], filter: ["P keep"] };
    expect(await rehearsed(source, destination, deep, rules)).toMatchObject({
      deletions: { entries: 1 },
      newFiles: 1,
      newBytes: 300,
    });
  });

  test("does not count a directory that stays because something in it is protected, nor those above it", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["alpha/x"]);
    plant(destination, ["alpha/x", "alpha/old/a", "alpha/old/deep/keep", "alpha/old/deep/b", "alpha/old/gone/c"]);
    const { deletions } = await rehearsed(source, destination, deep, { filter: ["P keep"] });
    expect([...(deletions.projects.get(raw("alpha"))?.paths ?? [])].sort()).toEqual([
      "alpha/old/a",
      "alpha/old/deep/b",
      "alpha/old/gone",
      "alpha/old/gone/c",
    ]);
  });

  test("counts each entry once, over sweeps and slices", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, [
      ["alpha/a", 10],
      ["alpha/b", 20],
    ]);
    plant(destination, ["alpha/old", "alpha/a"]);
    const stages = plan(
      [shardOf(0, "skeleton", ["./alpha"], [])],
      [shardOf(1, "sweep", ["./alpha/"], ["alpha"])],
      [shardOf(2, "slice", ["./alpha/a"], ["alpha"]), shardOf(3, "slice", ["./alpha/b"], ["alpha"])],
    );
    expect(await rehearsed(source, destination, stages)).toMatchObject({
      deletions: { entries: 1 },
      newFiles: 1,
      newBytes: 20,
    });
  });

  test("counts each entry once with hard links", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["alpha/a"]);
    linkSync(`${source}/alpha/a`, `${source}/alpha/b`);
    plant(destination, ["alpha/a/x", "alpha/b/y"]);
    const preserve = new Set(["hard-links"] as const);
    expect(await rehearsed(source, destination, deep, { preserve })).toMatchObject({
      deletions: (await rehearsed(source, destination, deep)).deletions,
    });
  });

  test("deletes nothing where deletions are not asked for", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["alpha/x"]);
    plant(destination, ["alpha/old"]);
    expect(await rehearsed(source, destination, deep, { delete: false })).toMatchObject({
      deletions: { entries: 0 },
      newFiles: 1,
    });
  });

  test("keeps the first thousand paths and counts all", async () => {
    const [source, destination] = [emptyDirectory(), emptyDirectory()];
    plant(source, ["alpha/x"]);
    plant(
      destination,
      Array.from({ length: 1200 }, (_, index) => `alpha/${index}`),
    );
    const { deletions } = await rehearsed(source, destination, deep);
    expect(deletions.entries).toBe(1200);
    expect(deletions.projects.get(raw("alpha"))?.paths).toHaveLength(1000);
  });
});

describe("a failure", () => {
  test.each([
    ["of what cannot be copied leaves the count as it is", 23, undefined],
    ["of files that vanished does, too", 24, undefined],
    ["of any other kind leaves it incomplete, with the reason", 12, expect.stringMatching(/data stream/)],
    ["by a signal, too", undefined, expect.stringMatching(/signal/)],
  ])("%s", async (_name, end, incomplete) => {
    const place = workshop(emptyDirectory(), {
      start: pretended({ end }).start,
    });
    expect((await rehearse(deep, [raw("alpha")], place, never())).incomplete).toEqual(incomplete);
  });
});

test("a directory that rsync could not read leaves the count incomplete: it lists no deletions then", async () => {
  const output = "IO error encountered -- skipping file deletion\n";
  const place = workshop(emptyDirectory(), { start: pretended({ end: 23, output }).start });
  expect((await rehearse(deep, [raw("alpha")], place, never())).incomplete).toBe("a directory could not be read");
});

test("every rsync of it is a dry run, and no directory is made", async () => {
  const fake = pretended({ end: 0 });
  const stages = plan([shardOf(0, "skeleton", ["./alpha"], [])], ...deep.stages);
  await rehearse(stages, [], workshop(emptyDirectory(), { start: fake.start }), never());
  expect(fake.commands).toHaveLength(1);
  expect(fake.commands[0]?.arguments).toContain("--dry-run");
});
