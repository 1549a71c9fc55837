import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type History, readHistory, rememberRun } from "../../../src/history/history.ts";
import { unknownSource } from "../../../src/history/known-source.ts";
import type { ProjectReport, Report } from "../../../src/report/report.ts";
import { scratch } from "../../support/back-up.ts";
import { notRoot, testUnless } from "../../support/privileges.ts";
import { exampleReport, project } from "../report/example.ts";

describe("the history of a pair of places", () => {
  let place: ReturnType<typeof scratch>;
  beforeEach(() => {
    place = scratch();
  });
  afterEach(() => place.dispose());

  const ran = (night: number): Report => {
    const report = exampleReport();
    return { ...report, run: { ...report.run, startedAt: new Date(night * 86_400_000).toISOString(), dryRun: false } };
  };
  const read = ({ source, destination }: Report = ran(1)): History => readHistory(place.path, source, destination);
  /** Writes what a history's file holds, which a run has left before. */
  const write = (content: unknown): void => {
    rememberRun(place.path, ran(1), false);
    const [file = ""] = readdirSync(place.path);
    writeFileSync(join(place.path, file), typeof content === "string" ? content : JSON.stringify(content));
  };
  const nights = ({ source, destination }: Report) =>
    readHistory(place.path, source, destination).runs.map((run) => run.startedAt);

  test("is empty before the first run", () => {
    expect(nights(ran(1))).toEqual([]);
  });

  test("has the runs in their order, and keeps the last 90", () => {
    for (let night = 1; night <= 95; night++) expect(rememberRun(place.path, ran(night), false)).toBeUndefined();
    expect(nights(ran(1))).toHaveLength(90);
    expect(nights(ran(1))[0]).toBe(ran(6).run.startedAt);
    expect(nights(ran(1)).at(-1)).toBe(ran(95).run.startedAt);
  });

  test("knows how far samples have come, also behind runs that took none, and of a file of old that there were none", () => {
    const nothing = { paths: [], total: 0 };
    const sample = { position: "/w==", roundStartedAt: "2026-11-22T02:00:00.000Z", runs: 3, bytes: 9 };
    const verification = {
      ...{ complete: true, seconds: 1, files: 1, bytes: 1, notCompared: 0 },
      ...{ mismatches: nothing, unreadable: nothing, changedMeanwhile: nothing, notThere: nothing },
    };
    rememberRun(place.path, ran(1), false);
    expect(read().sample).toBeUndefined();
    const sampled = { ...verification, mode: "sample", sample: { ...sample, percent: 50, runsLeft: 3 } } as const;
    rememberRun(place.path, { ...ran(2), verification: sampled }, false);
    rememberRun(place.path, { ...ran(3), verification: { ...verification, mode: "full", sample: undefined } }, false);
    rememberRun(place.path, ran(4), false);
    expect(read().sample).toEqual(sample);
    write({ formatVersion: 1, runs: [], sample: { position: 3 } });
    expect(read()).toMatchObject({ runs: [], ignored: undefined });
    expect(read().sample).toBeUndefined();
  });

  test("knows what limited each run, unless it is a name of another version", () => {
    rememberRun(place.path, ran(1), false);
    expect(read().runs.map(({ verdict }) => verdict)).toEqual(["source-disk"]);
    const [run] = read().runs;
    write({ formatVersion: 1, runs: [{ ...run, verdict: "moonlight" }] });
    expect(read().runs).toEqual([{ ...run, verdict: undefined }]);
  });

  test("is another one for another destination", () => {
    rememberRun(place.path, ran(1), false);
    expect(nights({ ...ran(1), destination: "/elsewhere" })).toEqual([]);
  });

  test("leaves out dry runs and runs that were refused", () => {
    rememberRun(place.path, { ...ran(1), run: { ...ran(1).run, dryRun: true } }, false);
    rememberRun(place.path, { ...ran(1), attempts: [] }, false);
    expect(readdirSync(place.path)).toEqual([]);
  });

  test.each(["", "{", "[]", '{"formatVersion":99,"runs":[1]}'])(
    "that is %j counts as none and is replaced",
    (broken) => {
      rememberRun(place.path, ran(1), false);
      const [file = ""] = readdirSync(place.path);
      writeFileSync(join(place.path, file), broken);
      expect(nights(ran(1))).toEqual([]);
      rememberRun(place.path, ran(2), false);
      expect(nights(ran(1))).toEqual([ran(2).run.startedAt]);
    },
  );

  test("that cannot be written leaves nothing half-written", () => {
    rememberRun(place.path, ran(1), false);
    const [file = ""] = readdirSync(place.path);
    rmSync(join(place.path, file));
    mkdirSync(join(place.path, file));
    expect(rememberRun(place.path, ran(2), false)).toMatch(/^the history could not be written/);
    expect(readdirSync(place.path)).toEqual([file]);
  });

  test("that cannot be written is a sentence, no failure", () => {
    writeFileSync(join(place.path, "file"), "");
    expect(rememberRun(join(place.path, "file", "below"), ran(1), false)).toMatch(/^the history could not be written/);
  });

  test("leaves one file, of which nothing is left over", () => {
    rememberRun(place.path, ran(1), false);
    rememberRun(place.path, ran(2), false);
    expect(readdirSync(place.path)).toEqual([expect.stringMatching(/^history-[0-9a-f]{16}\.json$/)]);
  });

  test("has what a run did, and what is learnt from it", () => {
    const { parallelism } = ran(1);
    const learnt = { ...parallelism, work: "comparing", rates: [{ lanes: 6, rate: 3.5 }] } as const;
    rememberRun(place.path, { ...ran(1), parallelism: learnt }, false);
    expect(read().runs).toEqual([
      {
        ...{ startedAt: ran(1).run.startedAt, seconds: 3731, result: "success", projects: 1 },
        ...{ files: 1000, filesTransferred: 20, bytes: 5_000_000_000, bytesTransferred: 30_000_000 },
        ...{ lanes: 5, work: "comparing", cpus: 4, rates: [{ lanes: 6, rate: 3.5 }], verdict: "source-disk" },
      },
    ]);
  });

  test("knows the source of the runs before, and which of its projects had something in them", () => {
    const sourceIdentity = { fileSystem: "nfs4 nas:/export", inode: "2" };
    const projects = [project({ name: "alpha", entries: 3 }), project({ name: "beta", entries: 0 })];
    rememberRun(place.path, { ...ran(1), projects, sourceIdentity }, false);
    expect(read().source).toEqual({ identity: sourceIdentity, filledProjects: new Set(["alpha"]) });
  });

  test("has the sizes of projects, and reads files that have none yet", () => {
    rememberRun(place.path, ran(1), false);
    expect(read().sizes).toEqual([{ at: ran(1).run.startedAt, bytes: new Map([["alpha", 5_000_000_000]]) }]);
    write({ formatVersion: 1, runs: [] });
    expect(read().sizes).toEqual([]);
    rememberRun(place.path, ran(2), false);
    expect(read().sizes).toHaveLength(1);
  });

  describe("that is not read", () => {
    test.each([
      ["is cut off", "{", /cannot be read, and begins anew/],
      ["is of another version", { formatVersion: 99, runs: [] }, /is of another version, and begins anew/],
      ["is of no version", { runs: [] }, /is of another version, and begins anew/],
      ["has no runs", { formatVersion: 1, runs: {} }, /is of another version, and begins anew/],
    ])("because it %s is named with its file, and gives nothing", (_name, content, words) => {
      write(content);
      const { runs, slowness, ignored } = read();
      expect([runs, slowness]).toEqual([[], {}]);
      expect(ignored).toMatch(words);
      expect(ignored).toContain(join(place.path, readdirSync(place.path)[0] ?? ""));
    });

    test("because it is a directory is named too", () => {
      const { source, destination } = ran(1);
      rememberRun(place.path, ran(1), false);
      const [file = ""] = readdirSync(place.path);
      rmSync(join(place.path, file));
      mkdirSync(join(place.path, file));
      expect(readHistory(place.path, source, destination).ignored).toMatch(/cannot be read/);
    });

    test("because it is a link or a pipe that somebody planted is named, and it is replaced by the next run", () => {
      const { source, destination } = ran(1);
      rememberRun(place.path, ran(1), false);
      const [file = ""] = readdirSync(place.path);
      const path = join(place.path, file);
      const plants = [() => symlinkSync("elsewhere", path), () => void execFileSync("mkfifo", [path])];
      renameSync(path, join(place.path, "elsewhere"));
      for (const plant of plants) {
        plant();
        const { runs, ignored } = readHistory(place.path, source, destination);
        expect([runs, ignored]).toEqual([
          [],
          expect.stringMatching(/cannot be read, .*: it is (a symbolic link|no regular)/),
        ]);
        expect(rememberRun(place.path, ran(2), false)).toBeUndefined();
        expect(nights(ran(1))).toEqual([ran(2).run.startedAt]);
        expect(statSync(path).mode & 0o777).toBe(0o600);
        rmSync(path);
      }
    });

    testUnless(notRoot)("because another user has put it there is named too", async () => {
      write({ formatVersion: 1, runs: [] });
      chownSync(join(place.path, readdirSync(place.path)[0] ?? ""), 12_345, 12_345);
      expect(read().ignored).toMatch(/cannot be read, and begins anew: it belongs to user 12345, not to this one/);
    });

    test("because there is none is nothing to tell: of a first run, and where state-dir is none", () => {
      expect(read().ignored).toBeUndefined();
      writeFileSync(join(place.path, "file"), "");
      expect(readHistory(join(place.path, "file"), "/a", "/b").ignored).toBeUndefined();
    });

    test("is nothing to tell where it is read", () => {
      rememberRun(place.path, ran(1), false);
      expect(read().ignored).toBeUndefined();
    });
  });

  const good = { startedAt: "2026-11-22T02:00:00.000Z", seconds: 1, result: "success" };

  test.each([
    ["nothing", null],
    ["text", "run"],
    ["no time", { ...good, startedAt: undefined }],
    ["a duration in words", { ...good, seconds: "long" }],
    ["no result", { ...good, result: 1 }],
    ["rates that are no list", { ...good, rates: {} }],
    ["a rate of nothing", { ...good, rates: [null] }],
    ["a rate without lanes", { ...good, rates: [{ rate: 1 }] }],
    ["a rate of no lanes", { ...good, rates: [{ lanes: 0, rate: 1 }] }],
    ["a rate of half a lane", { ...good, rates: [{ lanes: 1.5, rate: 1 }] }],
    ["a rate without a number", { ...good, rates: [{ lanes: 1, rate: "fast" }] }],
  ])("leaves out a run that is damaged: %s", (_name, damaged) => {
    write({ formatVersion: 1, runs: [good, damaged, { ...good, rates: [{ lanes: 2, rate: 1.5 }] }] });
    expect(read().runs).toEqual([good, { ...good, rates: [{ lanes: 2, rate: 1.5 }] }]);
  });

  describe("has how slow projects were", () => {
    /** A run of a kind of work with these projects: how long they took, and should have taken. */
    const took = (projects: readonly Partial<ProjectReport>[], work: "copying" | "comparing" = "copying"): Report => {
      const { parallelism } = ran(1);
      return { ...ran(1), parallelism: { ...parallelism, work }, projects: projects.map(project) };
    };
    /** What was learnt of a kind of work; names and factors in their order. */
    const learnt = (work: "copying" | "comparing"): readonly (readonly [string, number])[] => [
      ...(read().slowness[work] ?? []),
    ];
    const slowness = (...projects: readonly Partial<ProjectReport>[]): Readonly<Record<string, number>> => {
      rememberRun(place.path, took(projects), false);
      return Object.fromEntries(learnt("copying"));
    };

    test("beside each other: what slows down all of them counts for none", () => {
      const alike = [
        { name: "a", seconds: 50, expectedSeconds: 10 },
        { name: "b", seconds: 100, expectedSeconds: 20 },
      ];
      expect(slowness(...alike)).toEqual({ a: 1, b: 1 });
    });

    test("as a factor of what was expected", () => {
      const projects = [
        { name: "slow", seconds: 20, expectedSeconds: 10 },
        { name: "quick", seconds: 10, expectedSeconds: 20 },
      ];
      expect(slowness(...projects)).toEqual({ slow: 2, quick: 0.5 });
    });

    test("by a factor of four at the most, either way", () => {
      const projects = [
        { name: "usual", seconds: 1000, expectedSeconds: 1000 },
        { name: "stuck", seconds: 100, expectedSeconds: 1 },
        { name: "nothing to do", seconds: 1, expectedSeconds: 100 },
      ];
      expect(slowness(...projects)).toEqual({ usual: 1, stuck: 4, "nothing to do": 0.25 });
    });

    test.each([
      ["took less than a second", { seconds: 0.9 }],
      ["has no estimate", { expectedSeconds: 0 }],
      ["failed", { state: "failed" }],
      ["was not finished", { state: "unfinished" }],
      ["vanished in part", { state: "warning" }],
    ] as const)("but not of one that %s", (_name, given) => {
      const one = { name: "one", seconds: 10, expectedSeconds: 10 };
      expect(slowness(one, { name: "other", seconds: 1000, expectedSeconds: 10, ...given })).toEqual({ one: 1 });
    });

    test("for the kinds of work apart, of the last run of each", () => {
      const pair = (seconds: number) => [
        { name: "a", seconds, expectedSeconds: 10 },
        { name: "b", seconds: 10, expectedSeconds: 10 },
      ];
      rememberRun(place.path, took(pair(30), "copying"), false);
      rememberRun(place.path, took(pair(10), "comparing"), false);
      expect(Object.fromEntries(learnt("copying"))).toEqual({ a: 1.5, b: 0.5 });
      expect(Object.fromEntries(learnt("comparing"))).toEqual({ a: 1, b: 1 });
      rememberRun(place.path, took(pair(10), "copying"), false);
      expect(Object.fromEntries(learnt("copying"))).toEqual({ a: 1, b: 1 });
    });

    test("as before, after a run in which nothing was surveyed", () => {
      slowness({ name: "a", seconds: 10, expectedSeconds: 10 });
      rememberRun(place.path, ran(2), false);
      expect(learnt("copying")).toEqual([["a", 1]]);
    });

    test("as before, of a project that was not copied in the last run", () => {
      const usual = { name: "usual", seconds: 10, expectedSeconds: 10 };
      slowness(usual, { name: "slow", seconds: 30, expectedSeconds: 10 });
      expect(slowness(usual, { name: "slow", state: "failed" })).toMatchObject({ slow: 1.5 });
    });

    test("for the 2,000 that took longest", () => {
      const many = Array.from({ length: 2100 }, (_, index) => ({ name: `${index}`, seconds: 1 + index }));
      const names = Object.keys(slowness(...many)).map(Number);
      expect([names.length, Math.min(...names)]).toEqual([2000, 100]);
    });

    test.each(["__proto__", "constructor", "a\nb", "\u{1f600}", ""])("whatever a project is named: %j", (name) => {
      const others = [1, 2, 3].map((index) => ({ name: `other ${index}`, seconds: 10, expectedSeconds: 10 }));
      const factors = slowness({ name, seconds: 30, expectedSeconds: 10 }, ...others);
      expect(Object.getOwnPropertyDescriptor(factors, name)?.value).toBe(2);
    });

    test.each(["constructor", "toString", "__proto__"])("and not of one that was never seen, named %s", (name) => {
      slowness({ name: "a", seconds: 10, expectedSeconds: 10 });
      expect(read().slowness.copying?.get(name)).toBeUndefined();
    });

    test.each([
      ["of no kind", [1, 2]],
      ["missing", undefined],
      ["text", "slow"],
      ["text in a kind", { copying: "slow" }],
      ["beyond the bounds", { copying: { a: 5, b: 0.2, c: -1, d: 0 } }],
      ["no numbers", { copying: { a: "2", b: null, c: [2] } }],
      ["of another kind of work", { cooking: { a: 2 } }],
    ])("only where the file's are good, not where they are %s", (_name, damaged) => {
      write({ formatVersion: 1, runs: [good], slowness: damaged });
      expect(read()).toEqual({
        runs: [good],
        slowness: { copying: new Map(), comparing: new Map() },
        source: unknownSource,
        sizes: [],
        ignored: undefined,
      });
    });

    test("in a file whose other factors are damaged", () => {
      write({ formatVersion: 1, runs: [], slowness: { copying: { a: 2, b: "x" }, comparing: null } });
      expect([learnt("copying"), learnt("comparing")]).toEqual([[["a", 2]], []]);
    });
  });
});
