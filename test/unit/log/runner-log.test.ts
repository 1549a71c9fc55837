import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { runnerLog } from "../../../src/log/runner-log.ts";

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

describe("each line is of its kind:", () => {
  test.each([
    ["info", "x\n"],
    ["finished", "x\n"],
    ["debug", "::debug::x\n"],
    ["warning", "::warning::x\n"],
    ["error", "::error::x\n"],
  ] as const)("%s", (kind, line) => {
    runnerLog()[kind]("x");
    expect(written.join("")).toBe(line);
  });
});

describe("no name becomes a command of its own:", () => {
  test.each(["::error::x", "  ::set-output name=a::b", "a\n::error::x", "a\r::error::x", "##[error]x", "a ##[group]b"])(
    "%j",
    (name) => {
      const log = runnerLog();
      for (const kind of ["info", "finished", "debug", "warning", "error"] as const) log[kind](name);
      const lines = written
        .join("")
        .split(/[\r\n]/)
        .filter(Boolean);
      expect(lines).toHaveLength(5);
      expect(lines.filter((line) => /^\s*::/.test(line)).map((line) => /^::(\w+)::/.exec(line)?.[1])).toEqual([
        "debug",
        "warning",
        "error",
      ]);
      expect(lines.filter((line) => line.includes("##["))).toEqual([]);
    },
  );
});

test("the progress is a line now and then", () => {
  const log = runnerLog();
  const state = { fraction: 0.5, bytesTransferred: 0, secondsLeft: undefined, projectsDone: 0, projects: 2 };
  for (let seconds = 0; seconds <= 65; seconds++) log.progress({ ...state, elapsedSeconds: seconds });
  expect(written).toHaveLength(2);
});
