import { describe, expect, test } from "@jest/globals";
import { expiredVersions, mustExpire } from "../../../src/run/expire.ts";
import { ended, record } from "../../support/record.ts";
import { shard } from "../../support/workshop.ts";

describe("expired is what is older than so many days", () => {
  const now = new Date("2026-11-26T12:00:00Z");
  const names = ["2026-11-25T12-00-00Z", "2026-10-26T12-00-00Z", "2026-10-26T11-59-59Z", "2026-10-01T02-00-00Z-2"];

  test.each<[string, readonly string[], Date, readonly string[]]>([
    // The newest of an earlier run is a day old, so a month begins a day earlier.
    ["measured at the newest of earlier runs", names, now, ["2026-10-01T02-00-00Z-2", "2026-10-26T11-59-59Z"]],
    [
      "on a clock that is years ahead as well",
      names,
      new Date("2036-01-01"),
      ["2026-10-01T02-00-00Z-2", "2026-10-26T11-59-59Z"],
    ],
    ["nothing on a clock that is behind", names, new Date("1970-01-01"), []],
    [
      "nothing new because a name is from the future",
      [...names, "2099-01-01T00-00-00Z"],
      new Date("2026-10-31"),
      ["2026-10-01T02-00-00Z-2"].slice(1),
    ],
    ["nothing where there is one alone, however old", ["2001-01-01T00-00-00Z"], now, []],
    ["nothing among other names", ["old", "2001-01-01", "2001-01-01T00:00:00Z", "2001-01-01T00-00-00Z~"], now, []],
    ["nothing of nothing", [], now, []],
  ])("%s", (_what, given, at, expected) => {
    expect(expiredVersions(given, 30, at)).toEqual(expected);
  });
});

describe("old versions go after a run", () => {
  const versions = { directories: [], removed: [] };
  const complete = ended(shard());

  test("that is complete", () => {
    expect(mustExpire(record({ versions, ends: [complete] }))).toBe(true);
  });

  test.each([
    ["that failed", record({ versions, ends: [{ ...complete, state: "failed" }] })],
    ["that was cancelled", record({ versions, ends: [{ ...complete, state: "cancelled" }] })],
    ["that has a reason to be none", record({ versions, ends: [complete], reasons: ["no"] })],
    ["without backup-dir", record({ ends: [complete] })],
    ["that is to keep them for ever", record({ versions, ends: [complete] }, { keep: "0" })],
  ])("but not one %s", (_which, run) => {
    expect(mustExpire(run)).toBe(false);
  });
});
