import { readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { latenciesOf } from "../../../src/survey/latency.ts";
import { emptyDirectories, plant } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

test("how long places take to answer is asked without a trace, and is never less than nothing", async () => {
  const [source, destination] = [emptyDirectory(), emptyDirectory()];
  plant(source, ["a"]);
  const latencies = await latenciesOf(source, { realPath: destination, exists: true });
  expect(Object.keys(latencies).sort()).toEqual(["destination", "source"]);
  for (const seconds of Object.values(latencies)) expect(seconds).toBeGreaterThanOrEqual(0);
  expect([readdirSync(source), readdirSync(destination)]).toEqual([["a"], []]);
});

test.each([
  ["that is not there yet", false],
  ["that is gone meanwhile", true],
])("a destination %s is no error, and is not made", async (_name, exists) => {
  const [source, parent] = [emptyDirectory(), emptyDirectory()];
  const { destination } = await latenciesOf(source, { realPath: `${parent}/absent`, exists });
  expect(destination).toBeGreaterThanOrEqual(0);
  expect(readdirSync(parent)).toEqual([]);
});
