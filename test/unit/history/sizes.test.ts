import { describe, expect, test } from "@jest/globals";
import { type DaySizes, sizesAfter, sizesForFile, sizesIn } from "../../../src/history/sizes.ts";
import type { ProjectReport } from "../../../src/report/report.ts";
import { exampleReport, project } from "../report/example.ts";

/** What is known after a run at this time. */
function knownAfter(startedAt: string, projects: readonly Partial<ProjectReport>[], before: readonly DaySizes[] = []) {
  const report = exampleReport({ projects: projects.map(project) });
  return sizesAfter({ ...report, run: { ...report.run, startedAt } }, before);
}

/** Sizes as plain values. */
const plain = (sizes: readonly DaySizes[]) => sizes.map(({ at, bytes }) => [at, Object.fromEntries(bytes)]);

const monday = "2026-11-16T02:00:00.000Z";

describe("the sizes of projects that are remembered", () => {
  test("are those of each day's last run, and of the last 15 days that had one", () => {
    let sizes: readonly DaySizes[] = [];
    for (let night = 1; night <= 20; night++)
      for (const hour of ["02", "14"])
        sizes = knownAfter(
          `2026-11-${String(night).padStart(2, "0")}T${hour}:00:00.000Z`,
          [{ bytes: night + Number(hour) / 100 }],
          sizes,
        );
    expect(sizes).toHaveLength(15);
    expect(plain(sizes)[0]).toEqual(["2026-11-06T14:00:00.000Z", { alpha: 6.14 }]);
    expect(plain(sizes).at(-1)).toEqual(["2026-11-20T14:00:00.000Z", { alpha: 20.14 }]);
  });

  test.each([
    ["complete", { alpha: 7 }],
    ["warning", { alpha: 7 }],
    ["failed", { alpha: 1 }],
    ["unfinished", { alpha: 1 }],
  ] as const)("are those of projects that were seen whole: of one that is %s, %j", (state, remembered) => {
    const morning = knownAfter(monday, [{ bytes: 1 }]);
    expect(plain(knownAfter("2026-11-16T14:00:00.000Z", [{ state, bytes: 7 }], morning))).toEqual([
      ["2026-11-16T14:00:00.000Z", remembered],
    ]);
  });

  test("stay as they are after a run that saw no project whole", () => {
    const before = knownAfter(monday, [{ bytes: 1 }]);
    expect(knownAfter("2026-11-17T02:00:00.000Z", [{ state: "failed" }], before)).toEqual(before);
  });

  test("are those of the 200 largest, and of no very long names", () => {
    const many = Array.from({ length: 300 }, (_, bytes) => ({ name: String(bytes), bytes }));
    const [day] = knownAfter(monday, [...many, { name: "x".repeat(201), bytes: 1e12 }]);
    expect([day?.bytes.size, Math.min(...(day?.bytes.values() ?? []))]).toEqual([200, 100]);
  });

  test("take little of the file, however long the names are", () => {
    let sizes: readonly DaySizes[] = [];
    const many = Array.from({ length: 250 }, (_, index) => ({ name: String(index).padEnd(200, "x"), bytes: 2 ** 50 }));
    for (let night = 10; night < 30; night++) sizes = knownAfter(`2026-11-${night}T02:00:00.000Z`, many, sizes);
    expect(JSON.stringify(sizesForFile(sizes)).length).toBeLessThan(700_000);
  });

  test.each(["__proto__", "constructor", "a\nb", ""])(
    "are found again in the file, whatever a project is named: %j",
    (name) => {
      const sizes = knownAfter(monday, [{ name, bytes: 7 }]);
      expect(sizesIn(JSON.parse(JSON.stringify(sizesForFile(sizes))))).toEqual(sizes);
    },
  );

  test.each([
    ["nothing", undefined, []],
    ["no list", { at: monday }, []],
    ["no days", [null, 1, "x", {}], []],
    ["a time that is none", [{ at: "yesterday", bytes: {} }], []],
    ["a day without sizes", [{ at: monday, bytes: null }], []],
    ["sizes that are no numbers", [{ at: monday, bytes: { a: "1", b: null, c: -1, d: 2 } }], [[monday, { d: 2 }]]],
  ])("are what a file says in our form, not %s", (_name, read, known) => {
    expect(plain(sizesIn(read))).toEqual(known);
  });
});
