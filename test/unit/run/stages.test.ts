import { expect, test } from "@jest/globals";
import { trackStages } from "../../../src/run/stages.ts";
import { shard } from "../../support/workshop.ts";

const [light, heavy, last] = [1, 5, 3].map((weight, id) => shard({ id, weight }));
if (light === undefined || heavy === undefined || last === undefined) throw new Error("three shards");
const plan = { stages: [[light, heavy], [last]], lanes: 2, notSplit: undefined };

test("what waits is counted by stage, from the one that runs", () => {
  const stages = trackStages(plan);
  expect(stages.left()).toEqual([
    { shards: 2, weight: 6, heaviest: 5 },
    { shards: 1, weight: 3, heaviest: 3 },
  ]);
  stages.started(heavy);
  stages.started(heavy);
  expect(stages.left()[0]).toEqual({ shards: 1, weight: 1, heaviest: 1 });
  stages.started(light);
  expect(stages.left()[0]).toEqual({ shards: 0, weight: 0, heaviest: 0 });
  stages.started(last);
  expect(stages.left()).toEqual([{ shards: 0, weight: 0, heaviest: 0 }]);
});

test("the heaviest may be passed by others", () => {
  const stages = trackStages(plan);
  stages.started(light);
  expect(stages.left()[0]).toEqual({ shards: 1, weight: 5, heaviest: 5 });
});
