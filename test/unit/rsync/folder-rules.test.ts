import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { escapePattern, folderRules } from "../../../src/rsync/folder-rules.ts";
import { lines, nulSeparated } from "../../../src/rsync/names.ts";
import type { Folder } from "../../../src/survey/projects.ts";
import { emptyDirectories, plant, raw } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

function folder(path: string, leftAlone: readonly string[] = []): Folder {
  return { path: raw(path), open: true, loose: [], leftAlone: leftAlone.map(raw), extraneous: [] };
}

describe("the rules", () => {
  test("keep out what is left alone, anchored, folder by folder", () => {
    expect(folderRules([folder("", ["tmp", "x"]), folder("team", ["old"])], { ours: new Set(), kept: [] })).toEqual([
      "- /tmp",
      "- /x",
      "- /team/old",
    ]);
  });

  test("with delete keep directories that only the destination has", () => {
    expect(folderRules([folder("", ["tmp"]), folder("team")], { ours: new Set(), kept: "every directory" })).toEqual([
      "- /tmp",
      "P /*/",
      "P /team/*/",
    ]);
  });

  test("keep certain directories alone where the others may go", () => {
    const kept = ["alpha", "team-[a]", "team-[a]/one"].map(raw);
    expect(folderRules([folder(""), folder("team-[a]")], { ours: new Set(), kept })).toEqual([
      "P /alpha/",
      "P /team-\\[a]/",
      "P /team-\\[a]/one/",
    ]);
  });

  test("keep what is ours from being copied and from being deleted", () => {
    const ours = new Set([raw(".lock"), raw("[x]")]);
    expect(folderRules([folder("")], { ours, kept: [] })).toEqual(["- /.lock", "- /\\[x]"]);
  });

  test("keep out what is in a mount point, but not itself", () => {
    const mountPoints = [raw("alpha/on top"), raw("beta/[m]*")];
    expect(folderRules([folder("")], { ours: new Set(), kept: [], mountPoints })).toEqual([
      "- /alpha/on top/*",
      "- /beta/\\[m]\\*/*",
    ]);
  });

  test("are none where nothing is left alone and nothing deleted", () => {
    expect(folderRules([folder("")], { ours: new Set(), kept: [] })).toEqual([]);
  });
});

test.each([
  ["plain", "plain"],
  ["back\\slash", "back\\slash"],
  ["a*", "a\\*"],
  ["a?", "a\\?"],
  ["[a]", "\\[a]"],
  ["back\\slash*", "back\\\\slash\\*"],
  ["new\nline", "new\nline"],
])("%j is escaped as %j: a backslash means itself where there is no wildcard", (path, expected) => {
  expect(escapePattern(raw(path))).toBe(expected);
});

/** Names that mean something to rsync's rules, each with a neighbour that a wrong rule would hit too. */
const names = [
  ["a*", "ab"],
  ["a?", "ac"],
  ["[ab]", "a"],
  ["back\\slash", "backslash"],
  ["back\\*", "back\\x"],
  ["\\", "x"],
  ["a[", "b["],
  ["#comment", "comment"],
  [";semicolon", "semicolon"],
  [" blank ", "blank"],
  ["caf\xe9", "caf\xe8"],
  ["new\nline", "newxline"],
  ["new\nline*", "new\nlinex"],
  ["back\\slash\nline", "backslash\nline"],
  ["carriage\rreturn", "carriagexreturn"],
  ["***", "b"],
  ["- x", "x"],
] as const;

describe("real rsync leaves alone exactly what the rules name,", () => {
  const forms = [
    ["separated by NUL", ["--from0", "--files-from=-", "--dirs"], nulSeparated],
    ["one a line", ["--recursive"], lines],
  ] as const;
  const rows = forms.flatMap(([form, options, written]) =>
    names.map(([name, neighbour]) => [form, name, neighbour, options, written] as const),
  );
  test.each(rows)("%s: %j and not %j", (_form, name, neighbour, options, written) => {
    const [source, destination, place] = [emptyDirectory(), emptyDirectory(), emptyDirectory()];
    plant(source, [name, neighbour]);
    writeFileSync(`${place}/rules`, written(folderRules([folder("", [name])], { ours: new Set(), kept: [] })));
    const ended = spawnSync("rsync", ["-lptgoD", ...options, `--filter=. ${place}/rules`, `${source}/`, destination], {
      input: "./\0",
      encoding: "latin1",
    });
    expect(ended.stderr).toBe("");
    expect(readdirSync(destination, { encoding: "latin1" })).toEqual([neighbour]);
  });
});

describe("real rsync keeps a vanished project with delete, in a folder named", () => {
  test.each(names.map(([name]) => [name] as const))("%j", (name) => {
    const [source, destination, place] = [emptyDirectory(), emptyDirectory(), emptyDirectory()];
    plant(source, [`${name}/kept/`]);
    plant(destination, [`${name}/vanished/x`, `${name}/extraneous`]);
    writeFileSync(
      `${place}/rules`,
      nulSeparated(folderRules([folder(""), folder(name)], { ours: new Set(), kept: "every directory" })),
    );
    const options = ["-lptgoD", "--dirs", "--from0", "--files-from=-", "--delete", `--filter=. ${place}/rules`];
    spawnSync("rsync", [...options, `${source}/`, destination], { input: Buffer.from(`./${name}/\0`, "latin1") });
    const [only] = readdirSync(destination, { encoding: "buffer" });
    const left = readdirSync(Buffer.concat([Buffer.from(`${destination}/`), only ?? Buffer.alloc(0)]));
    expect(left.sort()).toEqual(["kept", "vanished"]);
  });
});
