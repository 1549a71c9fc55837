import { describe, expect, test } from "@jest/globals";
import { type KnownSource, knownAfter, knownSourceIn, unknownSource } from "../../../src/history/known-source.ts";
import { exampleReport, project } from "../report/example.ts";

const identity = { fileSystem: "nfs4 nas:/export/prod", inode: "2" };
const other = { fileSystem: "ext4 UUID=1", inode: "77" };
const filled = (name: string) => project({ name, entries: 5 });
const empty = (name: string) => project({ name, entries: 0 });
const known = (...names: readonly string[]): KnownSource => ({ identity, filledProjects: new Set(names) });

describe("after a run", () => {
  test("its source is known, and which projects had something in them", () => {
    const projects = [filled("alpha"), empty("beta"), filled(""), project({ name: "gamma", entries: undefined })];
    const report = exampleReport({ projects, sourceIdentity: identity });
    expect(knownAfter(report, unknownSource, false)).toEqual(known("alpha"));
  });

  test("a source that has changed and a project that has become empty stay as they were, however many runs follow", () => {
    const report = exampleReport({ projects: [empty("alpha"), filled("beta")], sourceIdentity: other });
    expect(knownAfter(report, known("alpha"), false)).toEqual(known("beta", "alpha"));
  });

  test("so does a project that is gone from the source while the destination has it, but no longer", () => {
    const report = exampleReport({ projects: [], vanishedProjects: ["alpha"], sourceIdentity: identity });
    expect(knownAfter(report, known("alpha", "beta"), false)).toEqual(known("alpha"));
  });

  test("until it is accepted", () => {
    const report = exampleReport({ projects: [empty("alpha"), filled("beta")], sourceIdentity: other });
    expect(knownAfter(report, known("alpha"), true)).toEqual({ identity: other, filledProjects: new Set(["beta"]) });
  });

  test("a source that could not be told changes nothing", () => {
    const report = exampleReport({ projects: [filled("alpha")], sourceIdentity: undefined });
    expect(knownAfter(report, known("alpha"), true)).toEqual(known("alpha"));
  });
});

describe("a file", () => {
  test("says what was written", () => {
    expect(knownSourceIn({ identity, filledProjects: ["alpha"] })).toEqual(known("alpha"));
  });

  test.each([[undefined], [null], ["text"], [{ identity: { inode: 2 }, filledProjects: "alpha" }]])(
    "that says %j says nothing",
    (read) => {
      expect(knownSourceIn(read)).toEqual(unknownSource);
    },
  );
});
