import { describe, expect, test } from "@jest/globals";
import { type Messages, messagesReader } from "../../../src/rsync/messages.ts";
import { projectFinder } from "../../../src/survey/project-finder.ts";
import { raw } from "../../support/tree.ts";

/** What is made of these lines, in a shard of these projects. */
function read(lines: readonly string[], projects: readonly string[] = ["alpha", "beta"]): Messages {
  const reader = messagesReader(["/data/prod", "/data/prod_backup/"], projectFinder(projects.map(raw)));
  reader.write(Buffer.from(lines.map((line) => `${line}\n`).join(""), "latin1"));
  return reader.end();
}

test("silence: nothing vanished, nothing named", () => {
  expect(read([])).toEqual({ lines: [], total: 0, vanished: 0, onlyVanished: false, projects: undefined });
});

describe("rsync's own last line, which repeats the exit code, does not count:", () => {
  test.each([
    "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1) [sender=3.5.0]",
    "rsync warning: some files vanished before they could be transferred (code 24) at main.c(1) [sender=3.5.0]",
  ])("%s", (line) => {
    expect(read([line]).total).toBe(0);
  });
});

describe("a source entry that was gone:", () => {
  test.each([
    ["found by walking", 'file has vanished: "/data/prod/alpha/x"', true],
    ["a directory", 'directory has vanished: "/data/prod/alpha/x"', true],
    ["listed by name", 'rsync: [sender] link_stat "/data/prod/alpha/x" failed: No such file or directory (2)', true],
    [
      "listed, as older rsyncs say",
      'rsync: link_stat "/data/prod/alpha/x" failed: No such file or directory (2)',
      true,
    ],
    [
      "not one that may not be read",
      'rsync: [sender] link_stat "/data/prod/alpha/x" failed: Permission denied (13)',
      false,
    ],
    [
      "not at the destination",
      'rsync: [receiver] mkstemp "/data/prod_backup/alpha/.x.1" failed: No such file or directory (2)',
      false,
    ],
    ["not a line that only tells of one", 'rsync: says "file has vanished: "', false],
  ])("%s", (_name, line, vanished) => {
    expect(read([line])).toMatchObject({ total: 1, vanished: vanished ? 1 : 0, onlyVanished: vanished });
  });

  test("beside another complaint is not all that happened", () => {
    const lines = ['file has vanished: "/data/prod/alpha/x"', "IO error encountered -- skipping file deletion"];
    expect(read(lines)).toMatchObject({ total: 2, vanished: 1, onlyVanished: false });
  });
});

describe("the project that a complaint names is found", () => {
  test.each([
    [
      "in a quoted path of the source",
      'rsync: [sender] send_files failed to open "/data/prod/beta/x": Permission denied (13)',
      "beta",
    ],
    [
      "in a quoted path of the destination",
      'rsync: [generator] chown "/data/prod_backup/alpha/x" failed: Operation not permitted (1)',
      "alpha",
    ],
    ["in a path behind the colon", "cannot delete non-empty directory: beta/sub", "beta"],
    ["in a path with colons", "cannot delete non-empty directory: alpha/a: b", "alpha"],
    [
      "in an escaped name",
      'rsync: [sender] opendir "/data/prod/caf\\#351/new\\#012line" failed: Permission denied (13)',
      "caf\xe9",
    ],
    ["in a name with quotes", 'rsync: [sender] opendir "/data/prod/alpha/"q"" failed: Permission denied (13)', "alpha"],
    ["in the project itself", 'rsync: [sender] opendir "/data/prod/alpha" failed: Permission denied (13)', "alpha"],
    [
      "in the nearest of two that nest in words only",
      'rsync: [sender] opendir "/data/prod/alpha-2/x" failed: Permission denied (13)',
      "alpha-2",
    ],
  ])("%s", (_name, line, project) => {
    expect(read([line], ["alpha", "alpha-2", "beta", "caf\xe9"]).projects).toEqual(new Set([project]));
  });

  test("for each of several", () => {
    const lines = ["alpha/x", "beta/y", "alpha/z"].map((path) => `file has vanished: "/data/prod/${path}"`);
    expect(read(lines).projects).toEqual(new Set(["alpha", "beta"]));
  });

  test("as the loose files where the path is in no other project", () => {
    const line = 'rsync: [sender] send_files failed to open "/data/prod/readme": Permission denied (13)';
    expect(read([line], ["alpha", ""]).projects).toEqual(new Set([""]));
  });
});

describe("a complaint that names no project may be any project's,", () => {
  const everyones = [
    "rsync: [sender] write error: Broken pipe (32)",
    "rsync: connection unexpectedly closed (98 bytes received so far) [sender]",
    "rsync: [receiver] read error: Connection reset by peer (104)",
    "IO error encountered -- skipping file deletion",
    'rsync: [receiver] write failed on "/somewhere/else": No space left on device (28)',
  ];
  test.each(everyones)("%s", (line) => {
    expect(read([line]).projects).toBeUndefined();
  });

  test.each(everyones)("not only that of the loose files: %s", (line) => {
    expect(read([line], ["alpha", ""]).projects).toBeUndefined();
  });

  test("whatever the others name", () => {
    const lines = ['file has vanished: "/data/prod/alpha/x"', "rsync: [sender] write error: Broken pipe (32)"];
    expect(read(lines).projects).toBeUndefined();
  });
});

test("of very many lines the first are kept and all are counted", () => {
  const many = Array.from({ length: 5000 }, (_, index) => `file has vanished: "/data/prod/alpha/${index}"`);
  const { lines, total, vanished } = read(many);
  expect({ total, vanished }).toEqual({ total: 5000, vanished: 5000 });
  expect(lines).toEqual(many.slice(0, 20));
});

test("chunks may be cut anywhere, and the last line need not end", () => {
  const text = 'file has vanished: "/data/prod/alpha/x"\nfile has vanished: "/data/prod/beta/y"';
  for (let at = 0; at <= text.length; at++) {
    const reader = messagesReader(["/data/prod"], projectFinder(["alpha", "beta"].map(raw)));
    reader.write(Buffer.from(text.slice(0, at)));
    reader.write(Buffer.from(text.slice(at)));
    expect(reader.end()).toMatchObject({ total: 2, vanished: 2, projects: new Set(["alpha", "beta"]) });
  }
});
