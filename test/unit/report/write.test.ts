import {
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { outputs } from "../../../src/report/outputs.ts";
import { writeOutputs, writeReport, writeSummary } from "../../../src/report/write.ts";
import { notRoot, testUnless } from "../../support/privileges.ts";
import { exampleReport } from "./example.ts";

let folder: string;
const before = { summary: process.env["GITHUB_STEP_SUMMARY"], output: process.env["GITHUB_OUTPUT"] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dailysync-write-"));
  delete process.env["GITHUB_STEP_SUMMARY"];
  delete process.env["GITHUB_OUTPUT"];
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  if (before.summary !== undefined) process.env["GITHUB_STEP_SUMMARY"] = before.summary;
  if (before.output !== undefined) process.env["GITHUB_OUTPUT"] = before.output;
});

describe("report.json", () => {
  test("is written into a directory that is made, and holds the report", () => {
    const { path, warnings } = writeReport(exampleReport(), join(folder, "a", "b"));
    expect(warnings).toEqual([]);
    expect(JSON.parse(readFileSync(path ?? "", "utf8"))).toEqual(JSON.parse(JSON.stringify(exampleReport())));
  });

  test("replaces an older one and leaves nothing else behind", () => {
    writeFileSync(join(folder, "report.json"), "old");
    writeReport(exampleReport(), folder);
    expect(readdirSync(folder)).toEqual(["report.json"]);
    expect(readFileSync(join(folder, "report.json"), "utf8")).toMatch(/^\{/);
  });

  test("is for its owner alone, and so is the directory that is made", () => {
    const { path = "" } = writeReport(exampleReport(), join(folder, "made"));
    expect([statSync(path).mode & 0o777, statSync(join(folder, "made")).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test("takes the place of a link that somebody planted, and leaves its target alone", () => {
    writeFileSync(join(folder, "victim"), "precious");
    symlinkSync("victim", join(folder, "report.json"));
    const { path = "" } = writeReport(exampleReport(), folder);
    expect(readFileSync(join(folder, "victim"), "utf8")).toBe("precious");
    expect(lstatSync(path).isFile()).toBe(true);
  });

  testUnless(notRoot)(
    "is not written through a directory that another user has planted, and that is a warning",
    async () => {
      mkdirSync(join(folder, "trap"));
      symlinkSync("trap", join(folder, "planted"));
      lchownSync(join(folder, "planted"), 12_345, 12_345);
      const { path, warnings } = writeReport(exampleReport(), join(folder, "planted"));
      expect(path).toBeUndefined();
      expect(warnings).toEqual([
        expect.stringMatching(/could not be written to .*symbolic link that belongs to user 12345/),
      ]);
      expect(readdirSync(join(folder, "trap"))).toEqual([]);
    },
  );

  test.each([
    ["a file is where the directory should be", (place: string) => writeFileSync(place, "")],
    [
      "a directory is where the file should be",
      (place: string) => mkdirSync(join(place, "report.json", "x"), { recursive: true }),
    ],
  ])("that cannot be written (%s) is a warning, without leftovers", (_, obstruct) => {
    const place = join(folder, "reports");
    obstruct(place);
    const { path, warnings } = writeReport(exampleReport(), place);
    expect(path).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/^report\.json could not be written to .*: give report-dir a directory of its own$/),
    ]);
    expect(readdirSync(folder, { recursive: true }).filter((file) => String(file).endsWith(".tmp"))).toEqual([]);
  });
});

describe("the summary", () => {
  test("replaces what the step's file held", () => {
    const path = join(folder, "summary.md");
    writeFileSync(path, "old and longer");
    process.env["GITHUB_STEP_SUMMARY"] = path;
    expect(writeSummary(() => "# new\n")).toEqual([]);
    expect(readFileSync(path, "utf8")).toBe("# new\n");
  });

  test("outside a workflow is nothing to write and nothing to warn of", () => {
    expect(writeSummary(() => "# new")).toEqual([]);
  });

  test("that cannot be written is a warning", () => {
    process.env["GITHUB_STEP_SUMMARY"] = join(folder, "missing", "summary.md");
    expect(writeSummary(() => "# new")).toEqual([expect.stringMatching(/^the job summary could not be written: /)]);
  });
});

describe("the outputs", () => {
  const values = outputs(exampleReport(), "/tmp/report.json");

  test("go to the step's file", () => {
    const path = join(folder, "output");
    writeFileSync(path, "");
    process.env["GITHUB_OUTPUT"] = path;
    expect(writeOutputs(() => values)).toEqual([]);
    expect(readFileSync(path, "utf8")).toMatch(/result<<(\S+)\nsuccess\n\1\n/);
    expect(readFileSync(path, "utf8").match(/<</g)).toHaveLength(Object.keys(values).length);
  });

  test("outside a workflow go nowhere, not to standard output either", () => {
    const written: unknown[] = [];
    const original = process.stdout.write;
    process.stdout.write = ((chunk: unknown) => written.push(chunk) > 0) as typeof process.stdout.write;
    try {
      expect(writeOutputs(() => values)).toEqual([]);
    } finally {
      process.stdout.write = original;
    }
    expect(written).toEqual([]);
  });

  test("that cannot be set are one warning", () => {
    process.env["GITHUB_OUTPUT"] = join(folder, "missing");
    expect(writeOutputs(() => values)).toEqual([expect.stringMatching(/^the outputs could not be set: /)]);
  });
});
