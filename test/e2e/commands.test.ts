import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type FinishedCommand, runCommand } from "../support/command-line.ts";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { type Place, place, removePlaces } from "../support/place.ts";
import { readReport } from "../support/report-of.ts";
import { parseExposition } from "../unit/report/exposition-parser.ts";

afterAll(removePlaces);

/** Runs a command in a place, whose history and reports lie beside its source. */
const inPlace = ({ root }: Place, words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCommand(words, { cwd: root, env: { XDG_STATE_HOME: join(root, "state"), ...env } });
/** Backs up, with report.json and metrics of a name of their own. */
const backUp = (where: Place, name: string, more: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  inPlace(
    where,
    [
      ...["--source", where.source, "--destination", where.destination, "--report-dir", `reports/${name}`],
      ...["--metrics-file", "collector/backup.prom", ...more],
    ],
    env,
  );

let where: Place;
/** Four runs of one place: a backup, a dry run, one that fails and one that is refused. */
let runs: Readonly<Record<string, FinishedCommand>>;
/** The metrics after each of them. */
const metricsAfter = new Map<string, string>();

beforeAll(async () => {
  where = place({ "alpha/one": "1", 'be"ta\n{}/two': "22", loose: "3" });
  mkdirSync(join(where.root, "collector"));
  const { PATH } = misbehavingRsync(join(where.root, "fake"), `copies alpha && echo 'rsync: no' >&2 && exit 23`);
  const take = async (name: string, more: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
    const finished = await backUp(where, name, more, env);
    metricsAfter.set(name, readFileSync(join(where.root, "collector", "backup.prom"), "utf8"));
    return finished;
  };
  runs = {
    success: await take("success", ["--delete"]),
    "dry run": await take("dry run", ["--dry-run", "--delete"]),
    failure: await take("failure", ["--retries=0"], { PATH }),
    refused: await take("refused", ["--max-delete=many"]),
  };
});

const reportFile = (name: string): string => join("reports", name, "report.json");

describe("every report.json", () => {
  test.each([
    ["success", 0, "success"],
    ["dry run", 0, "success"],
    ["failure", 1, "failure"],
    ["refused", 2, "failure"],
  ] as const)("is as its schema says: %s", (name, status, result) => {
    expect(runs[name]?.status).toBe(status);
    expect(readReport(join(where.root, reportFile(name))).result).toBe(result);
  });
});

describe("dailysync report", () => {
  test("shows one as the run showed it", async () => {
    const shown = await inPlace(where, ["report", "--from", reportFile("success")]);
    expect(shown).toMatchObject({ status: 0, stderr: "" });
    expect(runs["success"]?.stdout).toContain(shown.stdout);
    expect(shown.stdout).toContain("✔ Backup complete");
  });

  test("shows several, one after the other", async () => {
    const words = ["report", "--from", reportFile("failure"), `--from=${reportFile("refused")}`];
    const { status, stdout } = await inPlace(where, words);
    expect(status).toBe(0);
    expect(stdout).toMatch(/✘ Backup incomplete.*\n\n✘ Backup refused/s);
  });

  test("shows one as the page of a workflow run has it, and as metrics", async () => {
    const as = (format: string) => inPlace(where, ["report", "--from", reportFile("success"), `--format=${format}`]);
    expect((await as("markdown")).stdout).toMatch(/^## ✅ Backup complete\n/);
    const series = parseExposition((await as("prometheus")).stdout);
    expect(series).toContainEqual(expect.objectContaining({ name: "dailysync_last_run_size_bytes", value: 4 }));
  });

  test("shows the others where one is none, and ends with 1", async () => {
    const other = join(where.root, "other.json");
    writeFileSync(other, readFileSync(join(where.root, reportFile("success"))).subarray(0, 900));
    const words = [other, reportFile("success"), "missing.json", "."].flatMap((file) => ["--from", file]);
    const { status, stdout, stderr } = await inPlace(where, ["report", ...words]);
    expect(status).toBe(1);
    expect(stdout).toContain("✔ Backup complete");
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^error: ".*other\.json" is not JSON, or was cut off: /),
      'error: "missing.json" cannot be read: ENOENT',
      'error: "." cannot be read: EISDIR',
    ]);
  });

  test.each([
    [[], "--from is missing"],
    [["--from"], "--from needs a value"],
    [["--from", "x", "--format", "pdf"], '--format "pdf" is not known: write text'],
    [["report.json"], '"report.json" belongs to no flag'],
    [["--form", "x"], "did you mean --from?"],
  ])("ends with 2 where it is told nothing that it understands: %j", async (words, complaint) => {
    const { status, stdout, stderr } = await inPlace(where, ["report", ...words]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(complaint);
    expect(stderr).toContain("dailysync report --help says");
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("dailysync history", () => {
  const ends = () => ["--source", where.source, "--destination", where.destination];

  test("lists the runs that copied something, newest last", async () => {
    const { status, stdout, stderr } = await inPlace(where, ["history", ...ends()]);
    expect([status, stderr]).toEqual([0, ""]);
    const [title, headings, ...lines] = stdout.trimEnd().split("\n");
    expect(title).toBe(`${where.source} → ${where.destination}`);
    expect(headings).toMatch(/^Began \(UTC\) +Result +Took +Projects +Copied files +Copied +Size +Lanes +Limited by$/);
    expect(lines.map((line) => /(success|failure)/.exec(line)?.[0])).toEqual(["success", "failure"]);
  });

  test("needs no names where there is one source and destination", async () => {
    const named = await inPlace(where, ["history", ...ends()]);
    expect(await inPlace(where, ["history"])).toEqual(named);
    expect(await inPlace(where, ["history", "--destination=destination"])).toEqual(named);
    expect(await inPlace(where, ["history", "--state-dir", join("state", "dailysync")])).toEqual(named);
  });

  test("--json has the same runs as objects", async () => {
    const { stdout } = await inPlace(where, ["history", "--json"]);
    expect(JSON.parse(stdout)).toEqual([
      {
        source: where.source,
        destination: where.destination,
        runs: [
          expect.objectContaining({ result: "success", filesTransferred: 3, bytesTransferred: 4, projects: 2 }),
          expect.objectContaining({ result: "failure" }),
        ],
      },
    ]);
  });

  test("lists sources and destinations where there are several, and names files that it cannot read", async () => {
    const state = join(where.root, "several");
    mkdirSync(state);
    const [file = ""] = readdirSync(join(where.root, "state", "dailysync"));
    const content = readFileSync(join(where.root, "state", "dailysync", file), "utf8");
    writeFileSync(join(state, file), content);
    writeFileSync(
      join(state, `history-${"0".repeat(16)}.json`),
      JSON.stringify({ ...(JSON.parse(content) as object), destination: "/else\nwhere" }),
    );
    writeFileSync(join(state, `history-${"1".repeat(16)}.json`), "{");
    writeFileSync(join(state, "unrelated.json"), "{");
    const { status, stdout, stderr } = await inPlace(where, ["history", "--state-dir", state]);
    expect(status).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "2 pairs; name one with --source and --destination to see its runs",
      expect.stringMatching(/^Destination +Source +Runs +Last \(UTC\) +Result$/),
      expect.stringMatching(/ 2 {2}20.*failure$/),
      expect.stringMatching(/ 2 {2}20.*failure$/),
    ]);
    expect(stdout).toContain("/else\\nwhere");
    expect(stderr).toMatch(/^warning: the history in ".*1\.json" cannot be read/);
    expect(stderr).not.toContain("unrelated");
  });

  test("ends with 1 where nothing is known, and --json then has an empty list", async () => {
    const unknown = ["--destination", "/nowhere"];
    const finished = await inPlace(where, ["history", ...unknown]);
    expect(finished).toMatchObject({ status: 1, stdout: "" });
    expect(finished.stderr).toMatch(/^error: ".*" has no history of this: /);
    expect(await inPlace(where, ["history", "--state-dir=missing"])).toMatchObject({ status: 1, stdout: "" });
    expect(await inPlace(where, ["history", "--json", ...unknown])).toMatchObject({ status: 0, stdout: "[]\n" });
  });

  test.each([
    [["--sorce", "x"], "did you mean --source?"],
    [["--source="], "--source is empty"],
    [["--source", "~/x"], "starts with ~"],
  ])("ends with 2 where it is told nothing that it understands: %j", async (words, complaint) => {
    const { status, stderr } = await inPlace(where, ["history", ...words]);
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
  });
});

describe("metrics-file", () => {
  /** One value after a run. */
  const value = (run: string, name: string): number | undefined =>
    parseExposition(metricsAfter.get(run) ?? "").find((series) => series.name === `dailysync_${name}`)?.value;

  test("has the figures of the last run, each project under its own name", () => {
    const series = parseExposition(metricsAfter.get("success") ?? "");
    const labels = { source: where.source, destination: where.destination };
    expect(series).toContainEqual({ name: "dailysync_last_run_success", labels, value: 1 });
    for (const [project, size] of Object.entries({ alpha: 1, 'be"ta\n{}': 2, ".": 1 }))
      expect(series).toContainEqual({
        name: "dailysync_last_run_project_size_bytes",
        labels: { ...labels, project },
        value: size,
      });
  });

  test("is left alone by a dry run", () => {
    expect(metricsAfter.get("dry run")).toBe(metricsAfter.get("success"));
  });

  test.each(["failure", "refused"])("says of a %s that it was none, and keeps the time of the last success", (name) => {
    expect(value(name, "last_run_success")).toBe(0);
    const { run } = readReport(join(where.root, reportFile("success")));
    expect(value(name, "last_success_timestamp_seconds")).toBeCloseTo(Date.parse(run.endedAt) / 1000, 1);
    expect(value(name, "last_run_timestamp_seconds")).toBeGreaterThan(Date.parse(run.endedAt) / 1000);
  });

  test("that cannot be written is a warning, and the backup a success", async () => {
    const other = place({ "alpha/one": "1" });
    expect(await backUp(other, "unwritten")).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^warning: metrics-file .*backup\.prom could not be written \(ENOENT\)/),
    });
  });
});

describe("help", () => {
  test("of dailysync names the commands, and each has a help of its own", async () => {
    const { stdout } = await runCommand(["--help"]);
    for (const name of ["report", "history"]) {
      expect(stdout).toContain(`       dailysync ${name} [`.replace("report [", "report --from"));
      const { status, stdout: own } = await runCommand([name, "--help"]);
      expect([status, own]).toEqual([0, expect.stringMatching(new RegExp(`^Usage: dailysync ${name} `))]);
      expect(Math.max(...own.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(100);
    }
  });

  test.each([
    ["histroy", '"histroy" belongs to no flag: did you mean dailysync history?'],
    ["rapport", '"rapport" belongs to no flag: did you mean dailysync report?'],
    ["backup", '"backup" belongs to no flag: dailysync takes flags only'],
  ])("is what %s leads to", async (word, complaint) => {
    const { status, stderr } = await runCommand([word]);
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
  });
});
