import { describe, expect, test } from "@jest/globals";
import type { Shard, ShardKind } from "../../../src/plan/shard.ts";
import { runShard, type ShardEnd, type ShardRunOptions } from "../../../src/run/shard-run.ts";
import { emptyTally } from "../../../src/run/tally.ts";
import type { Workshop } from "../../../src/run/workshop.ts";
import { emptyDirectories, never, raw } from "../../support/tree.ts";
import { plainSettings, portions, pretended, shard, shardOf, type Turn, workshop } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();

/** Runs a shard against a pretended rsync that takes these turns. */
async function run(
  one: Shard,
  turns: readonly Turn[],
  given: Partial<ShardRunOptions> & { readonly signal?: AbortSignal } = {},
): Promise<{ readonly end: ShardEnd; readonly rsync: ReturnType<typeof pretended> }> {
  const rsync = pretended(...turns);
  const { signal = never(), ...options } = given;
  let clock = 0;
  const end = await runShard(
    one,
    5,
    {
      workshop: workshop(emptyDirectory(), { start: rsync.start }),
      retries: 2,
      now: () => clock++,
      firstPauseMs: 1,
      ...options,
    },
    signal,
  );
  return { end, rsync };
}

const vanishedName = 'rsync: [sender] link_stat "/source/alpha/x" failed: No such file or directory (2)\n';

describe("how a shard ends:", () => {
  test.each([
    ["0 is complete", "deep", { end: 0 }, "complete"],
    ["24 is only vanished", "deep", { end: 24, errors: 'file has vanished: "/source/alpha/x"\n' }, "vanished"],
    ["23 is a failure", "deep", { end: 23 }, "failed"],
    [
      "23 in a slice whose only trouble is names that are gone is only vanished",
      "slice",
      { end: 23, errors: vanishedName },
      "vanished",
    ],
    ["so it is in the pass for hard links", "relink", { end: 23, errors: vanishedName }, "vanished"],
    [
      "23 in a slice with other troubles too is a failure",
      "slice",
      { end: 23, errors: `${vanishedName}rsync: other\n` },
      "failed",
    ],
    ["so it is for a listed directory", "deep", { end: 23, errors: vanishedName }, "vanished"],
    ["25 is a failure", "deep", { end: 25 }, "failed"],
    ["1 is a failure", "deep", { end: 1 }, "failed"],
    ["a signal is a failure", "deep", { end: undefined }, "failed"],
  ] as const)("%s", async (_name, kind, turn, state) => {
    const { end } = await run(shardOf(0, kind as ShardKind, ["./alpha/x"], ["alpha"]), [turn]);
    expect(end.state).toBe(state);
  });
});

describe("tries, with two retries:", () => {
  const cases: readonly (readonly [string, readonly (number | undefined)[], number, ShardEnd["state"]])[] = [
    ["complete at once", [0], 1, "complete"],
    ["what can pass and does", [12, 0], 2, "complete"],
    ["what can pass and does at last", [30, 10, 0], 3, "complete"],
    ["what can pass and does not", [255], 3, "failed"],
    ["signals", [undefined, undefined, 0], 3, "complete"],
    ["files that could not be copied, once more", [23], 2, "failed"],
    ["files that could be copied the second time", [23, 0], 2, "complete"],
    ["files that could not be copied after something that passed: not again", [12, 23], 2, "failed"],
    ["wrong usage", [1], 1, "failed"],
    ["errors that stay", [4], 1, "failed"],
    ["files that vanished", [24], 1, "vanished"],
    ["a deletion limit", [25], 1, "failed"],
  ];
  test.each(cases)("%s", async (_name, codes, tries, state) => {
    const { end, rsync } = await run(
      shard(),
      codes.map((code) => ({ end: code })),
    );
    expect(rsync.commands).toHaveLength(tries);
    expect(end.state).toBe(state);
    expect(end.attempts.map(({ exitCode }) => exitCode)).toEqual(
      Array.from({ length: tries }, (_, index) => codes[Math.min(index, codes.length - 1)]),
    );
  });

  test.each([
    [0, 1],
    [1, 2],
    [5, 6],
  ])("%d retries are at most %d tries", async (retries, tries) => {
    const { end } = await run(shard(), [{ end: 10 }], { retries });
    expect(end.attempts).toHaveLength(tries);
  });

  test("without retries 23 is not tried again either", async () => {
    const { end } = await run(shard(), [{ end: 23 }], { retries: 0 });
    expect(end.attempts).toHaveLength(1);
  });
});

test("each try is told with its lane, its times on the run's clock and what it moved", async () => {
  const output = "Total transferred file size: 5 bytes\n";
  const { end } = await run(shard(), [{ end: 12, output, errors: "broken\n" }, { end: 0 }]);
  expect(end.attempts).toMatchObject([
    { lane: 5, startedAtMs: 0, endedAtMs: 1, exitCode: 12, bytesTransferred: 5 },
    { lane: 5, startedAtMs: 2, endedAtMs: 3, exitCode: 0, bytesTransferred: 0 },
  ]);
  expect(end.attempts.map(({ messages }) => messages.lines)).toEqual([["broken"], []]);
  expect(end.meaning.words).toBe("complete");
});

describe("a cancellation", () => {
  test("while rsync runs: cancelled, whatever rsync ends with", async () => {
    const { end, rsync } = await run(shard(), [{ end: "hangs" }], { signal: AbortSignal.abort() });
    expect(end.state).toBe("cancelled");
    expect(rsync.commands).toHaveLength(1);
  });

  test("while rsync says that files vanished: cancelled, for it may not have come to the end", async () => {
    const { end } = await run(shard(), [{ end: 24 }], { signal: AbortSignal.abort() });
    expect(end.state).toBe("cancelled");
  });

  test("that comes when all is done changes nothing", async () => {
    const { end } = await run(shard(), [{ end: 0 }], { signal: AbortSignal.abort() });
    expect(end.state).toBe("complete");
  });

  test("in the pause between two tries ends the pause, and there is no further try", async () => {
    const controller = new AbortController();
    let calls = 0;
    const now = (): number => {
      // Asked at the start and the end of each try: the pause begins after the second time.
      calls++;
      if (calls === 2) setImmediate(() => controller.abort());
      return calls;
    };
    const options = { signal: controller.signal, now, firstPauseMs: 1_000_000 };
    const { end, rsync } = await run(shard(), [{ end: 10 }], options);
    expect(end.state).toBe("cancelled");
    expect(rsync.commands).toHaveLength(1);
  });
});

describe("what its projects got", () => {
  const statistics = [
    "Number of files: 5 (reg: 3, dir: 2)",
    "Number of deleted files: 1",
    "Number of regular files transferred: 2",
    "Total file size: 300 bytes",
    "Total transferred file size: 200 bytes",
    "",
  ].join("\n");

  test("is in the statistics where there is one project", async () => {
    const { end } = await run(shard(), [{ end: 0, output: statistics }]);
    expect(Object.fromEntries(end.tallies)).toEqual({
      alpha: { files: 3, filesTransferred: 2, filesDeleted: 1, bytes: 300, bytesTransferred: 200 },
    });
  });

  test("is told entry by entry where there are several", async () => {
    const output = [
      "item >f+++++++++ 70 alpha/x",
      "item .f          30 alpha/sub/y",
      "item cd+++++++++ 4096 alpha/sub/",
      "item cL+++++++++ 5 beta/link",
      "item *deleting   9 beta/old",
      "item >f.st...... 8 loose",
      statistics,
    ].join("\n");
    const several = shard({ portions: portions("alpha", "beta", "") });
    const { end, rsync } = await run(several, [{ end: 0, output }]);
    expect(Object.fromEntries(end.tallies)).toEqual({
      alpha: { files: 2, filesTransferred: 1, filesDeleted: 0, bytes: 100, bytesTransferred: 70 },
      beta: { ...emptyTally, files: 1, filesDeleted: 1, bytes: expect.any(Number) },
      "": { files: 1, filesTransferred: 1, filesDeleted: 0, bytes: 8, bytesTransferred: 8 },
    });
    expect(rsync.commands[0]?.arguments).toContain("-ii");
  });

  test("of several tries: sizes as the last saw them, deletions of all, and no more transfers than there is", async () => {
    const { end } = await run(shard(), [
      { end: 12, output: statistics },
      { end: 0, output: statistics },
    ]);
    expect(Object.fromEntries(end.tallies)).toEqual({
      alpha: { files: 3, filesTransferred: 3, filesDeleted: 2, bytes: 300, bytesTransferred: 300 },
    });
  });

  test.each(["sweep", "loose-sweep"] as const)("in a %s are deletions only: others copy the files", async (kind) => {
    const { end } = await run(shardOf(0, kind, ["./alpha/"], ["alpha"]), [{ end: 0, output: statistics }]);
    expect(end.tallies.get(raw("alpha"))).toEqual({
      ...emptyTally,
      filesTransferred: 2,
      filesDeleted: 1,
      bytesTransferred: 200,
    });
  });

  test.each(["skeleton", "relink"] as const)("in a %s, which serves no project, is nothing", async (kind) => {
    const { end } = await run(shardOf(0, kind, ["./alpha"], []), [{ end: 0, output: statistics }]);
    expect(end.tallies.size).toBe(0);
  });
});

describe("what an rsync is asked to tell:", () => {
  const mebibyte = 1024 * 1024;
  const own = (entries: number) => [{ project: raw("alpha"), entries }];
  /** Of the arguments, those that say what is told. */
  const asked = async (one: Shard, given: Partial<Workshop> = {}): Promise<readonly string[]> => {
    const rsync = pretended({ end: 0 });
    await run(one, [], { workshop: workshop(emptyDirectory(), { start: rsync.start, ...given }) });
    return (rsync.commands[0]?.arguments ?? []).filter((argument) => /^(-i+$|--info|--out-format)/.test(argument));
  };
  const nothing = ["--info=stats2"];
  const progress = ["--info=stats2,progress2"];
  const changes = ["--info=stats2", "-i", "--out-format=item %i %l %n"];
  const entries = ["--info=stats2", "-ii", "--out-format=item %i %l %n"];
  const dryRun = { settings: { ...plainSettings, dryRun: true } };
  const debugging = { onDebug: () => undefined };

  const cases: readonly (readonly [string, Partial<Shard>, readonly string[], Partial<Workshop>?])[] = [
    ["nothing, where it takes less than ten seconds", { weight: 9.9 }, nothing],
    ["what it copies, where it takes longer", { weight: 10 }, changes],
    ["how far it is, where files are of 1 MiB", { bytes: 10 * mebibyte, portions: own(9) }, progress],
    ["that also where it takes long", { bytes: 10 * mebibyte, portions: own(9), weight: 100 }, progress],
    ["not where they are smaller", { bytes: 10 * mebibyte - 1, portions: own(9) }, nothing],
    ["what it copies, where they are smaller and it takes long", { bytes: 10, portions: own(9), weight: 10 }, changes],
    ["every entry, where it serves several projects", { portions: portions("alpha", "beta") }, entries],
    ["that also for large files", { bytes: 50 * mebibyte, portions: portions("alpha", "beta") }, entries],
    ["that also in a dry run", { portions: portions("alpha", "beta") }, entries, dryRun],
    ["every change in a dry run, however short", { weight: 0.1 }, changes, dryRun],
    ["every change in a dry run, however large its files", { bytes: 50 * mebibyte }, changes, dryRun],
    ["every change, where the log is to have it", { weight: 0.1 }, changes, debugging],
    ["no entry, where it serves no project", { portions: [], kind: "skeleton" }, nothing],
  ];
  test.each(cases)("%s", async (_name, given, expected, more = {}) => {
    expect(await asked(shard(given), more)).toEqual(expected);
  });

  test.each([
    ["nothing", { weight: 1 }],
    ["changes", { weight: 10 }],
    ["progress", { weight: 1, bytes: 3 * mebibyte }],
  ])("its project has its figures where that is %s", async (_name, given) => {
    const output = "Number of files: 3 (reg: 2, dir: 1)\nNumber of regular files transferred: 2\n";
    const { end } = await run(shard(given), [{ end: 0, output: `item >f+++++++++ 70 alpha/x\n${output}` }]);
    expect(end.tallies.get(raw("alpha"))).toMatchObject({ files: 2, filesTransferred: 2 });
  });
});

test("a dry run asks for every change and passes it on", async () => {
  const rsync = pretended({ end: 0, output: "item >f+++++++++ 70 alpha/x\n" });
  const plain = workshop(emptyDirectory(), { start: rsync.start });
  const paths: string[] = [];
  const options = { retries: 0, now: () => 0, onItem: ({ path }: { readonly path: string }) => void paths.push(path) };
  const settings = { ...plain.settings, dryRun: true };
  // However large its files are: nothing is moved that could be followed.
  await runShard(shard({ bytes: 3_000_000 }), 0, { ...options, workshop: { ...plain, settings } }, never());
  expect(paths).toEqual(["alpha/x"]);
  expect(rsync.commands[0]?.arguments).toContain("-i");
});
