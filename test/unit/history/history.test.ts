import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readHistory, rememberRun } from "../../../src/history/history.ts";
import type { Report } from "../../../src/report/report.ts";
import { scratch } from "../../support/back-up.ts";
import { exampleReport } from "../report/example.ts";

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
  const nights = ({ source, destination }: Report) =>
    readHistory(place.path, source, destination).runs.map((run) => run.startedAt);

  test("is empty before the first run", () => {
    expect(nights(ran(1))).toEqual([]);
  });

  test("has the runs in their order, and keeps the last 90", () => {
    for (let night = 1; night <= 95; night++) expect(rememberRun(place.path, ran(night))).toBeUndefined();
    expect(nights(ran(1))).toHaveLength(90);
    expect(nights(ran(1))[0]).toBe(ran(6).run.startedAt);
    expect(nights(ran(1)).at(-1)).toBe(ran(95).run.startedAt);
  });

  test("is another one for another destination", () => {
    rememberRun(place.path, ran(1));
    expect(nights({ ...ran(1), destination: "/elsewhere" })).toEqual([]);
  });

  test("leaves out dry runs and runs that were refused", () => {
    rememberRun(place.path, { ...ran(1), run: { ...ran(1).run, dryRun: true } });
    rememberRun(place.path, { ...ran(1), attempts: [] });
    expect(readdirSync(place.path)).toEqual([]);
  });

  test.each(["", "{", "[]", '{"formatVersion":99,"runs":[1]}'])(
    "that is %j counts as none and is replaced",
    (broken) => {
      rememberRun(place.path, ran(1));
      const [file = ""] = readdirSync(place.path);
      writeFileSync(join(place.path, file), broken);
      expect(nights(ran(1))).toEqual([]);
      rememberRun(place.path, ran(2));
      expect(nights(ran(1))).toEqual([ran(2).run.startedAt]);
    },
  );

  test("that cannot be written is a sentence, no failure", () => {
    writeFileSync(join(place.path, "file"), "");
    expect(rememberRun(join(place.path, "file", "below"), ran(1))).toMatch(/^the history could not be written/);
  });
});
