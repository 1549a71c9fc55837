import { describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/shard.ts";
import { gate } from "../../../src/run/gate.ts";
import type { DestinationSurvey } from "../../../src/survey/comparison.ts";
import { noLoad } from "../../../src/survey/load.ts";
import type { Stock } from "../../../src/survey/take-stock.ts";
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

function stock(destination: Partial<DestinationSurvey>, given: Partial<Stock["selection"]> = {}): Stock {
  const compared = { entries: 10, extraneous: 0, extraneousPaths: [], absentFiles: 0, absentBytes: 0, unreadable: [] };
  return {
    selection: selection(["alpha"], given),
    survey: { projects: [], loose: noLoad, unreadable: [], destination: { ...compared, ...destination } },
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
  expect(await gate(run, stock({ extraneous: 10 }), plan, place, never())).toEqual({ plan, workshop: place });
  expect(run.deletions).toBeUndefined();
});

test("within the limit the deletions go ahead, and are reported", async () => {
  const [run, place] = [record({}, { delete: "true" }), deleting(emptyDirectory())];
  const allowed = await gate(run, stock({ extraneous: 5, extraneousPaths: [raw("alpha/old")] }), plan, place, never());
  // Each rsync has the limit too, for what changes after the count.
  const settings = { ...place.settings, mostDeletions: 5 };
  expect(allowed).toEqual({ plan, workshop: { ...place, settings } });
  expect(run.deletions).toMatchObject({ pending: 5, limit: 5, refused: undefined, paths: ["alpha/old"] });
});

describe("where deletions are refused", () => {
  test.each([
    ["for their number", { extraneous: 6 }, {}],
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
