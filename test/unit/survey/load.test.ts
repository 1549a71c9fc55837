import { expect, test } from "@jest/globals";
import { addLoads, noLoad } from "../../../src/survey/load.ts";

const one = { entries: 1, absentEntries: 2, bytes: 3, absentBytes: 4 };

test("loads are added figure by figure", () => {
  const other = { entries: 10, absentEntries: 20, bytes: 30, absentBytes: 40 };
  expect(addLoads(one, other)).toEqual({ entries: 11, absentEntries: 22, bytes: 33, absentBytes: 44 });
});

test("no load adds nothing", () => {
  expect(addLoads(one, noLoad)).toEqual(one);
});
