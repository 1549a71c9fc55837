import { execFileSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { unescapeName } from "../../../src/rsync/escaped-name.ts";
import { emptyDirectories, plant } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

test.each([
  ["plain", "plain"],
  ["new\\#012line", "new\nline"],
  ["caf\\#351", "caf\xe9"],
  ["\\#134#012", "\\#012"],
  ["back\\slash", "back\\slash"],
  ["\\#8", "\\#8"],
  ["\\#01", "\\#01"],
])("%j stands for %j", (printed, name) => {
  expect(unescapeName(printed)).toBe(name);
});

describe("what real rsync prints leads back to the name:", () => {
  test.each([
    "caf\xe9",
    "new\nline",
    "\\#012",
    "\\\\#012",
    "back\\slash",
    "\\#",
    "tab\tbed",
    "\x01\x7f\xff",
    "\r",
    "%i",
    "\xc3\xbc",
  ])("%j", (name) => {
    const root = emptyDirectory();
    plant(root, [name]);
    const printed = execFileSync("rsync", ["-n", "-r", "--out-format=%n", `${root}/`, `${root}/absent/`], {
      encoding: "latin1",
      env: { ...process.env, LC_ALL: "C" },
    });
    const printedNames = printed.split("\n").filter((line) => line !== "" && line !== "./" && !/^created /.test(line));
    expect(printedNames.map(unescapeName)).toEqual([name]);
  });
});
