import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { repository } from "../support/runner.ts";

const isRoot = process.getuid?.() === 0;
const sudo = isRoot ? "" : "sudo ";

let programs = "";
beforeEach(() => {
  // A machine without rsync: only what is put here can be started.
  programs = mkdtempSync(join(tmpdir(), "programs-"));
  symlinkSync("/usr/bin/env", join(programs, "env"));
});
afterEach(() => rmSync(programs, { recursive: true, force: true }));

const program = (name: string, lines: string) => {
  writeFileSync(join(programs, name), `#!/bin/sh\n${lines}\n`);
  chmodSync(join(programs, name), 0o755);
};
const prepare = () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/prepare.mjs"], {
    cwd: repository,
    env: { PATH: programs },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

describe("preparing a machine", () => {
  test("says nothing when nothing is to be done", () => {
    program("rsync", "exit 0");
    expect(prepare()).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("installs rsync with the package manager that there is, through sudo unless root", () => {
    program("sudo", '[ "$1" = -n ] && shift && echo "sudo" && exec "$@"');
    program("dnf", `echo "dnf $*"; printf '#!/bin/sh\\n' > "${programs}/rsync"`);
    expect(prepare()).toEqual({
      status: 0,
      stdout: "",
      stderr: `rsync is missing: ${sudo}dnf install -y rsync …\n${isRoot ? "" : "sudo\n"}dnf install -y rsync\n`,
    });
  });

  test("names the command to run when it cannot", () => {
    program("apt-get", "exit 100");
    const command = `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends rsync`;
    expect(prepare()).toEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining(`error: rsync is missing and could not be installed; run: ${command}\n`),
    });
  });

  test("says so when it knows no package manager", () => {
    expect(prepare()).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: rsync is missing and no known/),
    });
  });
});
