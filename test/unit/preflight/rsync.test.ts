import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import { findRsync } from "../../../src/preflight/rsync.ts";
import { fakeRsync } from "../../support/fake-rsync.ts";
import { emptyDirectories } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const path = process.env["PATH"] ?? "";

afterEach(() => {
  process.env["PATH"] = path;
});

/** Finds a fake rsync that runs a script, alone in PATH. */
async function find(
  script: string,
): Promise<{ readonly found: Awaited<ReturnType<typeof findRsync>>; readonly at: string }> {
  const place = emptyDirectory();
  const at = fakeRsync(place, script);
  process.env["PATH"] = place;
  return { found: await findRsync(), at };
}

function says(version: string): string {
  return `echo '${version}'\necho 'Copyright (C) 1996-2026 by Andrew Tridgell'`;
}

test("the real rsync is found, with what keeps it from outliving us beside it", async () => {
  const which = (name: string): string =>
    execFileSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
  expect(await findRsync()).toEqual({
    path: which("rsync"),
    version: expect.stringMatching(/^3\.\d+\.\d+/),
    launcher: { command: [which("setpriv"), "--pdeathsig", "TERM", "--", which("setsid")], ownGroup: true },
  });
});

describe("new enough:", () => {
  test.each([
    ["rsync  version 3.1.3  protocol version 31", "3.1.3"],
    ["rsync  version 3.2.7  protocol version 31", "3.2.7"],
    ["rsync  version v3.2.4dev  protocol version 31", "3.2.4dev"],
    ["rsync  version 3.5.0pre1  protocol version 32", "3.5.0pre1"],
    ["rsync  version 3.10.0  protocol version 33", "3.10.0"],
    ["rsync  version 4.0.0  protocol version 40", "4.0.0"],
  ])("%s", async (line, version) => {
    const { found, at } = await find(says(line));
    expect(found).toEqual({ path: at, version, launcher: { command: [], ownGroup: false } });
  });
});

describe("too old, with the version and how to install another:", () => {
  test.each(["3.1.2", "3.0.9", "2.6.9"])("%s", async (version) => {
    const { found, at } = await find(says(`rsync  version ${version}  protocol version 29`));
    expect(found).toMatch(new RegExp(`^rsync ${version.replaceAll(".", "\\.")} \\(`));
    expect(found).toContain(at);
    expect(found).toContain("3.1.3 or newer");
    expect(found).toContain("apt-get install rsync");
  });
});

describe("no rsync, although it has the name:", () => {
  test.each([
    ["openrsync", says("openrsync: protocol version 29")],
    ["something else", "echo hello"],
    ["nothing said", "exit 0"],
    ["a failure", `${says("rsync  version 3.2.7  protocol version 31")}\nexit 5`],
  ])("%s", async (_name, script) => {
    const { found, at } = await find(script);
    expect(found).toMatch(/does not answer --version as rsync does/);
    expect(found).toContain(at);
  });
});

test("none in PATH: the problem says how to install it", async () => {
  process.env["PATH"] = emptyDirectory();
  expect(await findRsync()).toMatch(/^rsync is not installed .*apt-get install rsync/);
});

test("a directory or a file without the right to run it, of that name, is passed over", async () => {
  const [directory, file, real] = [emptyDirectory(), emptyDirectory(), emptyDirectory()];
  mkdirSync(`${directory}/rsync`);
  writeFileSync(`${file}/rsync`, "no program");
  const at = fakeRsync(real, says("rsync  version 3.2.7  protocol version 31"));
  process.env["PATH"] = [directory, file, real].join(":");
  expect(await findRsync()).toMatchObject({ path: at });
});
