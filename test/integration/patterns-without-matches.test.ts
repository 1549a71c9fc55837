import { mkdirSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { backUp, scratch } from "../support/back-up.ts";

let place: ReturnType<typeof scratch>;

beforeEach(() => {
  place = scratch();
  for (const project of ["alpha", "beta"]) mkdirSync(`${place.path}/source/${project}`, { recursive: true });
});

afterEach(() => place.dispose());

const run = (projects: string) =>
  backUp({ source: `${place.path}/source`, destination: `${place.path}/destination`, projects });

test("a pattern that nothing fits is a warning, with the name that was meant", async () => {
  const { result, reasons } = await run("alpa\nbeta");
  expect(result).toBe("degraded");
  expect(reasons).toEqual(['projects "alpa" matches nothing below the source: did you mean "alpha"?']);
});

test("one whose matches another pattern has too is none", async () => {
  expect(await run("*\nalpha")).toMatchObject({ result: "success", reasons: [], notices: [] });
});

test("what only the destination has makes no pattern fit", async () => {
  await run("*");
  mkdirSync(`${place.path}/destination/gone`);
  expect((await run("gone\nbeta")).result).toBe("degraded");
});
