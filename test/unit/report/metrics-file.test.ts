import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { rememberRun } from "../../../src/history/history.ts";
import { writeMetrics } from "../../../src/report/metrics-file.ts";
import type { Report, Result } from "../../../src/report/report.ts";
import { emptyDirectories } from "../../support/tree.ts";
import { exampleReport } from "./example.ts";
import { parseExposition } from "./exposition-parser.ts";

const emptyDirectory = emptyDirectories();
const umask = process.umask();
afterEach(() => void process.umask(umask));

/** A run of a night, an hour long. */
function ran(night: number, result: Result = "success"): Report {
  const startedAt = new Date(Date.UTC(2026, 10, night)).toISOString();
  const endedAt = new Date(Date.UTC(2026, 10, night, 1)).toISOString();
  return exampleReport({ result, run: { ...exampleReport().run, startedAt, endedAt, seconds: 3600 } });
}

/** Remembers a run and writes its metrics, as a run does at its end; returns the time of the last success in the file. */
function lastSuccessAfter(report: Report, place: string): number | undefined {
  rememberRun(join(place, "state"), report, false);
  expect(writeMetrics(report, join(place, "backup.prom"), join(place, "state"))).toBeUndefined();
  return parseExposition(readFileSync(join(place, "backup.prom"), "utf8")).find(
    ({ name }) => name === "dailysync_last_success_timestamp_seconds",
  )?.value;
}

const endOf = (night: number): number => Date.UTC(2026, 10, night, 1) / 1000;

describe("the time of the last success", () => {
  test("outlives runs that failed, were cancelled or were refused", () => {
    const place = emptyDirectory();
    expect(lastSuccessAfter(ran(1), place)).toBe(endOf(1));
    expect(lastSuccessAfter(ran(2, "degraded"), place)).toBe(endOf(2));
    expect(lastSuccessAfter(ran(3, "failure"), place)).toBe(endOf(2));
    expect(lastSuccessAfter(ran(4, "cancelled"), place)).toBe(endOf(2));
    expect(lastSuccessAfter({ ...ran(5, "failure"), projects: [], attempts: [] }, place)).toBe(endOf(2));
  });

  test("is 0 where there was none, and that of no other destination", () => {
    const place = emptyDirectory();
    expect(lastSuccessAfter(ran(1, "failure"), place)).toBe(0);
    expect(lastSuccessAfter({ ...ran(2), destination: "/elsewhere" }, place)).toBe(endOf(2));
    expect(lastSuccessAfter(ran(3, "failure"), place)).toBe(0);
  });

  test("is 0 where the history says when in no way that can be read: an alert comes early rather than never", () => {
    const place = emptyDirectory();
    rememberRun(join(place, "state"), ran(1), false);
    const [file = ""] = readdirSync(join(place, "state"));
    const damaged = readFileSync(join(place, "state", file), "utf8").replace(ran(1).run.startedAt, "yesterday");
    writeFileSync(join(place, "state", file), damaged);
    expect(lastSuccessAfter(ran(2, "failure"), place)).toBe(0);
  });
});

describe("the file", () => {
  test.each([0o077, 0o022, 0])("can be read by node_exporter's user, whatever the umask is: %o", (mask) => {
    const place = emptyDirectory();
    process.umask(mask);
    lastSuccessAfter(ran(1), place);
    expect(statSync(join(place, "backup.prom")).mode & 0o777).toBe(0o644);
  });

  test("replaces the one before, and leaves nothing else behind", () => {
    const place = emptyDirectory();
    writeFileSync(join(place, "backup.prom"), "old", { mode: 0o600 });
    lastSuccessAfter(ran(1), place);
    expect(readdirSync(place).sort()).toEqual(["backup.prom", "state"]);
    expect(statSync(join(place, "backup.prom")).mode & 0o777).toBe(0o644);
  });

  test("takes the place of a link; what the link leads to stays as it is", () => {
    const place = emptyDirectory();
    writeFileSync(join(place, "precious"), "precious");
    symlinkSync(join(place, "precious"), join(place, "backup.prom"));
    lastSuccessAfter(ran(1), place);
    expect(readFileSync(join(place, "precious"), "utf8")).toBe("precious");
    expect(lstatSync(join(place, "backup.prom")).isFile()).toBe(true);
  });

  test("is not touched by a dry run, which is no backup", () => {
    const place = emptyDirectory();
    const dry = { ...ran(1), run: { ...ran(1).run, dryRun: true } };
    expect(writeMetrics(dry, join(place, "backup.prom"), place)).toBeUndefined();
    expect(readdirSync(place)).toEqual([]);
  });

  test.each([
    ["its directory is missing", () => undefined, "ENOENT"],
    [
      "a directory is in its place",
      (place: string) => mkdirSync(join(place, "collector", "backup.prom", "x"), { recursive: true }),
      "EISDIR",
    ],
    [
      "a file is where its directory should be",
      (place: string) => writeFileSync(join(place, "collector"), ""),
      "ENOTDIR",
    ],
  ])("that cannot be written because %s is a sentence, and leaves nothing", (_name, obstruct, code) => {
    const place = emptyDirectory();
    obstruct(place);
    const path = join(place, "collector", "backup.prom");
    expect(writeMetrics(ran(1), path, place)).toBe(
      `metrics-file ${path} could not be written (${code}): its directory must exist, and this user must be able to write there`,
    );
    expect(readdirSync(place, { recursive: true }).filter((name) => String(name).endsWith(".tmp"))).toEqual([]);
  });
});
