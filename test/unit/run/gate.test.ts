import { describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/shard.ts";
import type { RunRecord } from "../../../src/record.ts";
import { gate } from "../../../src/run/gate.ts";
import type { DestinationSurvey } from "../../../src/survey/comparison.ts";
import type { DeletionList } from "../../../src/survey/deletion-list.ts";
import { noLoad } from "../../../src/survey/load.ts";
import type { Directory } from "../../../src/survey/survey.ts";
import type { Stock } from "../../../src/survey/take-stock.ts";
import { directory } from "../../support/directories.ts";
import { record, selection } from "../../support/record.ts";
import { emptyDirectories, never, raw } from "../../support/tree.ts";
import { pretended, shardOf, workshop } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();

const plan: Plan = {
  stages: [
    [shardOf(0, "sweep", ["./alpha/"], ["alpha"]), shardOf(1, "loose-sweep", ["./"], [""])],
    [shardOf(2, "slice", ["./alpha/x"], ["alpha"])],
  ],
  lanes: 2,
  notSplit: undefined,
};

/** So many entries that only the destination has. */
function extraneous(entries: number): DeletionList {
  return { entries, projects: new Map([[raw("alpha"), { entries, paths: [raw("alpha/old")] }]]) };
}

function stock(
  destination: Partial<DestinationSurvey>,
  given: Partial<Stock["selection"]> = {},
  projects: readonly Directory[] = [],
): Stock {
  const compared = { entries: 10, extraneous: extraneous(0), absentFiles: 0, absentBytes: 0, unreadable: [] };
  return {
    selection: selection(["alpha"], given),
    survey: {
      ...{ projects, loose: noLoad, unreadable: [], mountPoints: [], differingInCase: [] },
      destination: { ...compared, ...destination },
    },
    latencies: { source: 0, destination: 0 },
    spaceInDoubt: false,
  };
}

function deleting(directory: string) {
  const plain = workshop(directory, { start: pretended({ end: 0 }).start });
  return { ...plain, settings: { ...plain.settings, delete: true } };
}

test("without delete everything goes ahead, and nothing is counted", async () => {
  const [run, place] = [record(), workshop(emptyDirectory())];
  expect(await gate(run, stock({ extraneous: extraneous(10) }), plan, place, never())).toEqual({
    plan,
    workshop: place,
  });
  expect(run.deletions).toBeUndefined();
});

test("within the limit the deletions go ahead, and are reported", async () => {
  const [run, place] = [record({}, { delete: "true" }), deleting(emptyDirectory())];
  const allowed = await gate(run, stock({ extraneous: extraneous(5) }), plan, place, never());
  // Each rsync has the limit too, for what changes after the count.
  const settings = { ...place.settings, mostDeletions: 5 };
  expect(allowed).toEqual({ plan, workshop: { ...place, settings } });
  expect(run.deletions).toMatchObject({ pending: 5, limit: 5, refused: undefined });
  expect(run.deletions?.projects).toEqual([{ name: "alpha", pending: 5, paths: ["alpha/old"] }]);
});

describe("where deletions are refused", () => {
  test.each([
    ["for their number", { extraneous: extraneous(6) }, {}],
    ["for a directory of the source that was not read", {}, { unreadable: [raw("team")] }],
    ["for a directory of the destination that was not read", { unreadable: [raw("alpha/closed")] }, {}],
  ])("%s, everything is copied, nothing deleted, and the run says why", async (_name, destination, found) => {
    const [run, place] = [record({ plan }, { delete: "true" }), deleting(emptyDirectory())];
    const allowed = await gate(run, stock(destination, found), plan, place, never());
    expect(allowed.workshop.settings.delete).toBe(false);
    expect(allowed.plan.stages.flat().map(({ kind }) => kind)).toEqual(["slice"]);
    expect(run.reasons).toEqual([expect.stringMatching(/^nothing was deleted: /)]);
    // What is not run is not reported as unfinished.
    expect(run.plan).toEqual(allowed.plan);
  });
});

describe("what is remembered of the source", () => {
  const before = { fileSystem: "nfs4 nas:/export", inode: "2" };
  const source = { identity: before, filledProjects: new Set(["alpha", "beta"]) };
  const history = { runs: [], slowness: {}, source, sizes: [], ignored: undefined };
  const full = directory("alpha", { files: 1 });
  const empty = directory("alpha", {});
  const decide = async (
    projects: readonly Directory[],
    sourceIdentity: RunRecord["sourceIdentity"],
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<string | undefined> => {
    const run = record({ plan, history, sourceIdentity }, { delete: "true", ...inputs });
    await gate(run, stock({}, {}, projects), plan, deleting(emptyDirectory()), never());
    return run.deletions?.refused;
  };

  test("agrees with the same source, whose projects are not empty", async () => {
    expect(await decide([full], { ...before })).toBeUndefined();
  });

  test("stops deletions where the source is another one, or a project has become empty", async () => {
    expect(await decide([full], { ...before, inode: "3" })).toMatch(/another directory than in the runs before/);
    expect(await decide([empty], before)).toMatch(/nothing now: "alpha"/);
  });

  test("does not know a project that was always empty, or a source that could not be told", async () => {
    expect(await decide([directory("gamma", {})], before)).toBeUndefined();
    expect(await decide([full], undefined)).toBeUndefined();
  });

  test("counts no more with source-changed-ok", async () => {
    const other = { fileSystem: "ext4 UUID=1", inode: "2" };
    expect(await decide([empty], other, { "source-changed-ok": "true" })).toBeUndefined();
  });
});

describe("where the destination is no longer what it must be", () => {
  test.each([
    ["its marker is missing", { marker: "here" }, /^nothing was deleted: marker: destination .* has no file "here"/],
    ["it is not mounted", { "require-mount": "destination" }, /^nothing was deleted: require-mount: /],
  ])("because %s, nothing is deleted, whatever the limit", async (_name, inputs, words) => {
    const run = record({ plan }, { delete: "true", "max-delete": "100%", ...inputs });
    const allowed = await gate(run, stock({ extraneous: extraneous(1) }), plan, deleting(emptyDirectory()), never());
    expect(allowed.workshop.settings.delete).toBe(false);
    expect(run.deletions?.refused).toMatch(words);
    expect(run.reasons).toEqual([run.deletions?.refused]);
  });

  test("but everything goes ahead without delete: whether it fails is found at the end", async () => {
    const run = record({ plan }, { marker: "here" });
    expect((await gate(run, stock({}), plan, workshop(emptyDirectory()), never())).plan).toEqual(plan);
    expect(run.reasons).toEqual([]);
  });
});
