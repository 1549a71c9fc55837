import { describe, expect, test } from "@jest/globals";
import type { Activity } from "../../../src/log/log.ts";
import { viewLines } from "../../../src/log/view.ts";
import { displayWidth } from "../../../src/report/display-width.ts";
import { busyLanes, copying } from "../../support/activity.ts";

const shown = (activity: Activity, columns = 79, rows = 23): string[] =>
  viewLines(activity, columns, rows).map(({ text }) => text);

test("the copying: overall bar, share, time left, amounts and rates, and a line for each lane", () => {
  const lanes = [
    { lane: 0, project: "alpha", part: "cache/images", seconds: 63.4, bytes: 5 * 1024 ** 3 },
    { lane: 10, project: "beta and 12 more", part: "13 directories", seconds: 3.2, bytes: undefined },
  ];
  expect(shown(copying({ lanes }))).toEqual([
    "████████████░░░░░░░░░░░░░░░░░░ 42 % · 1 min to 4 min left",
    "3 of 12 projects · 10.0 MiB in 12,345 files copied · 1.00 MiB/s, 412 files/s",
    "   1  alpha             cache/images    1 min 03 s  5.00 GiB",
    "  11  beta and 12 more  13 directories         3 s",
  ]);
});

describe("a phase says what it is, how far, and for how long:", () => {
  test.each([
    ["surveying", "12,345 entries so far", "surveying · 12,345 entries so far · 2 s"],
    ["planning", undefined, "planning · 2 s"],
  ])("%s", (name, soFar, expected) => {
    expect(shown({ kind: "phase", name, soFar, elapsedSeconds: 2.4 })).toEqual([expected]);
  });
});

describe("lanes that do not fit are counted, and those that take longest stay:", () => {
  test.each([
    [1, 23, 3, undefined],
    [7, 23, 9, undefined],
    [21, 23, 23, undefined],
    [22, 23, 23, "  and 2 more lanes"],
    [100, 23, 23, "  and 80 more lanes"],
    [100, 3, 3, "  and 100 more lanes"],
    [100, 2, 2, undefined],
    [100, 1, 1, undefined],
  ])("%d lanes in %d rows", (lanes, rows, lines, rest) => {
    const all = shown(copying({ lanes: busyLanes(lanes) }), 79, rows);
    expect(all).toHaveLength(lines);
    expect(all.find((line) => / more lanes?$/.test(line))).toBe(rest);
  });

  test("in the order of their numbers", () => {
    const lanes = busyLanes(6).map((one) => ({ ...one, seconds: one.lane }));
    expect(shown(copying({ lanes }), 79, 5).slice(2)).toEqual([
      expect.stringMatching(/^ {2}5 /),
      expect.stringMatching(/^ {2}6 /),
      "  and 4 more lanes",
    ]);
  });
});

const hostile = [
  "a\u001b[2Jb\nc\r\u0007",
  "\u202egnp.exe",
  "プロジェクト".repeat(20),
  "e\u0301".repeat(100),
  "🎉👨‍👩‍👧🇩🇪".repeat(20),
  "x".repeat(5000),
];

describe("whatever the names are, no line is wider than the screen, and none has anything a terminal would act on:", () => {
  test.each([1, 2, 10, 20, 39, 79, 200])("%d columns", (columns) => {
    const lanes = hostile.map((name, lane) => ({ lane, project: name, part: name, seconds: 5000, bytes: 1e12 }));
    for (const line of shown(copying({ lanes }), columns)) {
      expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      expect(line).not.toMatch(/\p{C}/u);
    }
  });
});

test("on a narrow screen the bar goes first, and of the amounts as many as fit stay", () => {
  expect(shown(copying({ lanes: busyLanes(1) }), 39)).toEqual([
    "█████░░░░░░░ 42 % · 1 min to 4 min left",
    "3 of 12 projects · 1 min 03 s so far",
    expect.stringMatching(/^ {2}1 {2}pro.* 1 s {2}1\.00 MiB$/),
  ]);
  expect(shown(copying(), 28)[0]).toBe("42 % · 1 min to 4 min left");
});

test("all but done is not all", () => {
  expect(shown(copying({ fraction: 0.9999 }))[0]).toMatch(/░ 99 % /);
});
