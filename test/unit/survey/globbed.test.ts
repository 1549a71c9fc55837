import { describe, expect, test } from "@jest/globals";
import { fromText } from "../../../src/byte-path.ts";
import { globbed } from "../../../src/survey/globbed.ts";
import { emptyDirectories, plant } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

describe("patterns", () => {
  test.each([
    ["of one level", ["*"]],
    ["of one level with exclusions", ["*", "!tmp*", "alpha"]],
    ["of all levels in one", ["**"]],
    ["that are none", []],
  ])("%s are not asked about", async (_name, patterns) => {
    const source = emptyDirectory();
    plant(source, ["alpha/web/x"]);
    expect(await globbed(source, patterns)).toBeUndefined();
  });

  test.each([
    ["of two levels", ["*/*"], ["alpha/web", "alpha/notes"]],
    ["of one and two levels", ["b*", "*/web"], ["beta", "alpha/web"]],
    ["of one level with an exclusion of two", ["*", "!alpha/web"], ["alpha", "beta"]],
    ["of two levels with an exclusion", ["*/*", "!alpha/n*"], ["alpha/web"]],
    ["that fit nothing", ["*/absent"], []],
  ])("%s are answered with what they find, below the source", async (_name, patterns, found) => {
    const source = emptyDirectory();
    plant(source, ["alpha/web/x", "alpha/notes", "beta/"]);
    expect([...((await globbed(source, patterns)) ?? ["nothing"])].sort()).toEqual([...found].sort());
  });
});

test.each(["[a]", "a*b", "what?", "{a,b}", "back\\slash", "new\nline", "!bang", "#x", "~", "ü"])(
  "the source itself may be named %j",
  async (name) => {
    const root = emptyDirectory();
    plant(root, [`${fromText(name)}/alpha/web/x`]);
    expect(await globbed(`${root}/${name}`, ["*/*"])).toEqual(new Set(["alpha/web"]));
  },
);

test("names on the way that are no text make it give up", async () => {
  const source = emptyDirectory();
  plant(source, ["alpha/web/x", "caf\xe9/web/x"]);
  expect(await globbed(source, ["*/*"])).toBeUndefined();
});
