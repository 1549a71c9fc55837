import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { repository } from "../support/runner.ts";
import { emptyDirectories, plant } from "../support/tree.ts";

const emptyDirectory = emptyDirectories();
const page = readFileSync(join(repository, "docs/setup.md"), "utf8");
const [, chapter = ""] = /^## A nightly backup in ten minutes\n(.*?)^## /ms.exec(page) ?? [];
const commands = [...chapter.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) => block.trim().split("\n"));
const [clone = "", ...others] = commands;
const [, nightly = ""] = /^17 2 \* \* \* {2}(.*)$/m.exec(chapter) ?? [];

test("the ten minutes of docs/setup.md, word for word but for the paths and the copy of the project, end with a backup", () => {
  const root = emptyDirectory();
  const [source, nas] = [join(root, "data/prod"), join(root, "mnt/nas")];
  plant(source, ["alpha/file", "beta/deep/file", "loose"]);
  mkdirSync(nas, { recursive: true });
  const run = (command: string) => {
    const here = command
      .replaceAll("/data/prod", source)
      .replaceAll("/mnt/nas", nas)
      .replace(/^node /, `"${process.execPath}" `);
    const { status, stdout, stderr } = spawnSync("sh", ["-eu", "-c", here], {
      cwd: root,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: root },
    });
    expect([command, status, stderr]).toEqual([command, 0, ""]);
    return stdout;
  };

  expect(clone).toMatch(/^git clone --depth 1 https:\/\/github\.com\/OWNER\/dailysync ~\/dailysync$/);
  run(`ln -s "${repository}" ~/dailysync`);
  const said = others.map(run);
  expect(said.at(-2)).toContain("Dry run complete");
  expect(said.at(-1)).toContain("Backup complete");
  expect(readFileSync(join(nas, "prod_backup/beta/deep/file"), "utf8")).toBe("beta/deep/file");
  expect(existsSync(join(nas, "prod_backup/.dailysync-destination"))).toBe(true);

  expect(nightly).toBe(others.at(-1));
  expect(run(nightly)).toContain("0 B in 0 files transferred");
});
