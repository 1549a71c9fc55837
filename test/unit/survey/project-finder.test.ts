import { expect, test } from "@jest/globals";
import { projectFinder } from "../../../src/survey/project-finder.ts";
import { raw } from "../../support/tree.ts";

test.each([
  [["alpha", "beta"], "alpha/x/y", "alpha"],
  [["alpha", "beta"], "beta", "beta"],
  [["alpha"], "alphabet/x", undefined],
  [["alpha"], "x/alpha", undefined],
  [["alpha"], "", undefined],
  [["team/web"], "team/web/x", "team/web"],
  [["team/web"], "team/x", undefined],
  [["alpha", ""], "readme", ""],
  [["alpha", ""], "alpha/x", "alpha"],
  [["caf\xe9"], "caf\xe9/x", "caf\xe9"],
  [[], "x", undefined],
])("the project of a path, among %j, for %j, is %j", (projects, path, expected) => {
  expect(projectFinder(projects.map(raw))(raw(path))).toBe(expected);
});
