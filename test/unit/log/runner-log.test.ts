import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { ProjectEnd } from "../../../src/log/log.ts";
import { runnerLog } from "../../../src/log/runner-log.ts";
import { clock, copying } from "../../support/activity.ts";

let written: string[] = [];

beforeEach(() => {
  written = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

const ended = (given: Partial<ProjectEnd> = {}): ProjectEnd => ({
  ...{ title: "alpha: complete", isUnwell: false, seconds: 1, projects: 2, details: () => ["rsync 1", "rsync 2"] },
  ...given,
});

describe("each line is of its kind:", () => {
  test.each([
    ["info", "x\n"],
    ["debug", "::debug::x\n"],
    ["notice", "::notice::x\n"],
    ["warning", "::warning::x\n"],
    ["error", "::error::x\n"],
  ] as const)("%s", (kind, line) => {
    runnerLog()[kind]("x");
    expect(written.join("")).toBe(line);
  });

  test("an annotation may have a title", () => {
    runnerLog().error("x", "Deletions refused");
    expect(written.join("")).toBe("::error title=Deletions refused::x\n");
  });
});

test("a project is a group in one piece, whose title says how it ended", () => {
  runnerLog().finished(ended());
  expect(written.join("").split("\n")).toEqual(["::group::alpha: complete", "rsync 1", "rsync 2", "::endgroup::", ""]);
});

test("of many projects those that are not told of have no group, and their lines are not even made", () => {
  runnerLog().finished(
    ended({
      projects: 5000,
      details: () => {
        throw new Error("made");
      },
    }),
  );
  expect(written).toEqual([]);
});

describe("no name becomes a command of its own:", () => {
  test.each([
    "::error::x",
    "  ::set-output name=a::b",
    "a\n::error::x",
    "a\r::error::x",
    "##[error]x",
    "a ##[group]b",
    "::endgroup::",
    "x\n::endgroup::",
  ])("%j", (name) => {
    const log = runnerLog();
    for (const kind of ["info", "debug", "notice", "warning", "error"] as const) log[kind](name);
    log.finished(ended({ title: name, details: () => [name] }));
    const lines = written
      .join("")
      .split(/[\r\n]/)
      .filter(Boolean);
    expect(lines).toHaveLength(8);
    expect(lines.filter((line) => /^\s*::/.test(line)).map((line) => /^::(\w+)::/.exec(line)?.[1])).toEqual([
      ...["debug", "notice", "warning", "error"],
      ...["group", "endgroup"],
    ]);
    expect(lines.filter((line) => line.includes("##["))).toEqual([]);
  });
});

test("of a kind there are ten annotations, which is what GitHub shows; what is beyond is a line", () => {
  const log = runnerLog();
  for (let index = 0; index < 12; index++) log.error(`e${index}`);
  log.warning("w");
  const lines = written.join("").trimEnd().split("\n");
  expect(lines.filter((line) => line.startsWith("::error::"))).toHaveLength(10);
  expect(lines.slice(10)).toEqual(["error: e10", "error: e11", "::warning::w"]);
});

test("the progress is a line now and then", () => {
  const { every, tick } = clock();
  let seconds = 0;
  const end = runnerLog(every).follow(() => copying({ elapsedSeconds: seconds }));
  for (; seconds <= 65; seconds++) tick();
  end();
  expect(written).toEqual([expect.stringMatching(/^42 % /), expect.stringMatching(/^42 % /)]);
});
