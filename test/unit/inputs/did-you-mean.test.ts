import { expect, test } from "@jest/globals";
import { inputNames } from "../../../src/inputs/definition.ts";
import { nearest } from "../../../src/inputs/did-you-mean.ts";

test.each([
  ["sorce", "source"],
  ["suorce", "source"],
  ["Source", "source"],
  ["max_delete", "max-delete"],
  ["maxdelete", "max-delete"],
  ["exlcude", "exclude"],
  ["excludes", "exclude"],
  ["dest", "destination"],
  ["paralellism", "parallelism"],
  ["dryrun", "dry-run"],
] as const)("%s means %s", (written, meant) => {
  expect(nearest(written, inputNames)).toBe(meant);
});

test.each(["verbose", "x", "re", "", "remote-host"])("%j means nothing", (written) => {
  expect(nearest(written, inputNames)).toBeUndefined();
});

test("a swap of neighbours counts as one difference", () => {
  expect(nearest("ba", ["ab"])).toBe("ab");
  expect(nearest("bxa", ["ab"])).toBeUndefined();
});
