import { expect, test } from "@jest/globals";
import { startDeletionList } from "../../../src/survey/deletion-list.ts";
import { raw } from "../../support/tree.ts";

test("counts by project, and keeps the first thousand paths of all", () => {
  const growing = startDeletionList(["alpha", "team/web"].map(raw));
  growing.add(raw("team/web/x"));
  growing.add(raw("team/x"));
  for (let index = 0; index < 1500; index++) growing.add(raw(`alpha/${index}`));
  const { entries, projects } = growing.list();
  expect(entries).toBe(1502);
  expect([...projects].map(([name, one]) => [name, one.entries, one.paths.length])).toEqual([
    ["team/web", 1, 1],
    ["", 1, 1],
    ["alpha", 1500, 998],
  ]);
});
