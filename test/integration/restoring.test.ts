import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { backUp } from "../support/back-up.ts";
import { commandBundle } from "../support/command-line.ts";
import { repository } from "../support/runner.ts";
import { emptyDirectories, plant } from "../support/tree.ts";

const emptyDirectory = emptyDirectories();
const isRoot = process.geteuid?.() === 0;
const page = readFileSync(join(repository, "docs/restoring.md"), "utf8");

/** The commands below each heading, as they stand there. */
const commands = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [
      section.split("\n")[0] ?? "",
      [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block).join("\n"),
    ]),
);

interface World {
  readonly source: string;
  readonly destination: string;
  readonly restored: string;
  readonly state: string;
}
let world: World;
/** The directory of the second run in backup-dir, and so that run's name. */
let second = "";

const notes = (...more: readonly string[]): string => join(world.source, "alpha", ...more, "notes.txt");

/** Three runs: notes.txt is first, second and third after them, and `gone` goes before the second. */
beforeEach(async () => {
  const root = emptyDirectory();
  const [source, destination] = [join(root, "data/prod"), join(root, "mnt/nas/prod_backup")];
  world = { source, destination, restored: join(root, "data/restored-alpha"), state: join(root, "state") };
  for (const made of [destination, world.state]) mkdirSync(made, { recursive: true });
  plant(source, ["alpha/deep/er/file", "alpha/gone", "alpha/one name", "beta/file", "loose", "alpha/closed/file"]);
  linkSync(join(source, "alpha/one name"), join(source, "alpha/another name"));
  symlinkSync("notes.txt", join(source, "alpha/link"));
  chmodSync(join(source, "alpha/closed"), 0o700);
  if (isRoot) chownSync(join(source, "alpha/deep/er/file"), 1234, 2345);
  execFileSync(process.execPath, [commandBundle, "init", destination]);
  const inputs = {
    ...{
      source,
      destination,
      delete: "true",
      "max-delete": "100%",
      "backup-dir": ".versions",
      "state-dir": world.state,
    },
    ...{ marker: ".dailysync-destination", preserve: "hard-links, acls, xattrs", "report-dir": join(root, "report") },
  };
  for (const [index, content] of ["first", "second", "third"].entries()) {
    writeFileSync(notes(), content);
    if (index === 1) rmSync(join(source, "alpha/gone"));
    // Runs are named after the second in which they begin.
    if (index > 0) await pause(1100);
    const report = await backUp(inputs);
    expect([report.result, report.reasons]).toEqual(["success", []]);
    if (index === 1) second = report.versions?.directories[0]?.split("/").at(-1) ?? "";
  }
});

/** Runs the commands of a section, with this test's places instead of the page's. */
function run(heading: string): string {
  const script = (commands.get(heading) ?? "")
    .replaceAll("/data/prod", world.source)
    .replaceAll("/data/restored-alpha", world.restored)
    .replaceAll("/mnt/nas/prod_backup", world.destination)
    .replaceAll("2026-11-26T02-17-05Z", second)
    .replaceAll("node dist/cli.cjs", `"${process.execPath}" "${commandBundle}"`);
  const { status, stdout, stderr } = spawnSync("sh", ["-eu", "-c", script], {
    cwd: world.state,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: world.state },
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

/** What differs from the backup, by contents and everything else. */
function differences(from: string, to: string, ...more: readonly string[]): string {
  return execFileSync("rsync", ["-ainHc", "--delete", ...more, `${from}/`, `${to}/`], { encoding: "utf8" });
}

describe("the commands of docs/restoring.md", () => {
  test("are all tried here", () => {
    expect([...commands].filter(([, script]) => script !== "").map(([heading]) => heading)).toEqual([
      "One file",
      "One file, as it was before an earlier run",
      "One project",
      "A project as an earlier run left it",
      "Everything",
      "Everything, with many rsyncs",
      "Which side is right",
    ]);
  });

  test("bring back one file", () => {
    rmSync(notes());
    run("One file");
    expect(readFileSync(notes(), "utf8")).toBe("third");
    expect(statSync(notes()).mtimeMs).toBe(statSync(join(world.destination, "alpha/notes.txt")).mtimeMs);
  });

  test("bring back a file as it was before a run", () => {
    expect(run("One file, as it was before an earlier run").trim().split("\n")).toHaveLength(2);
    expect(readFileSync(notes(), "utf8")).toBe("first");
  });

  test("bring back a project, and nothing but that project", () => {
    rmSync(join(world.source, "alpha/deep"), { recursive: true });
    rmSync(join(world.source, "alpha/another name"));
    plant(world.source, ["alpha/came later", "beta/came later"]);
    chmodSync(join(world.source, "alpha/closed"), 0o755);
    expect(run("One project")).toContain("*deleting   came later");
    expect(differences(join(world.destination, "alpha"), join(world.source, "alpha"))).toBe("");
    expect(existsSync(join(world.source, "beta/came later"))).toBe(true);
  });

  test("lay a project as a run left it beside the original", () => {
    run("A project as an earlier run left it");
    expect(readFileSync(join(world.restored, "notes.txt"), "utf8")).toBe("second");
    expect(existsSync(join(world.restored, "gone"))).toBe(false);
    expect(readFileSync(notes(), "utf8")).toBe("third");
  });

  test.each(["Everything", "Everything, with many rsyncs"])("bring back: %s", (heading) => {
    const before = join(world.state, "before");
    execFileSync("rsync", ["-aHAX", `${world.source}/`, `${before}/`]);
    rmSync(world.source, { recursive: true });
    mkdirSync(world.source);
    run(heading);
    expect(differences(before, world.source)).toBe("");
  });

  test("list files that differ although size and time agree", () => {
    const copy = join(world.destination, "alpha/notes.txt");
    const { atime, mtime } = statSync(copy);
    writeFileSync(copy, "THIRD");
    utimesSync(copy, atime, mtime);
    expect(run("Which side is right")).toMatch(/^<?>?fc.* notes\.txt\n$/);
  });
});
