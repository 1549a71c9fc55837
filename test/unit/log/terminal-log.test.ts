import { describe, expect, test } from "@jest/globals";
import { type Screen, terminalLog } from "../../../src/log/terminal-log.ts";

const state = {
  fraction: 0.5,
  bytesTransferred: 0,
  elapsedSeconds: 1,
  secondsLeft: undefined,
  projectsDone: 0,
  projects: 2,
};

function screen(given: Partial<Screen> = {}): Screen & { readonly shown: () => string } {
  let text = "";
  return {
    ...given,
    write: (more) => {
      text += more;
    },
    shown: () => text,
  };
}

describe("each line goes where it belongs:", () => {
  test.each([
    ["info", "x\n", ""],
    ["finished", "x\n", ""],
    ["warning", "", "warning: x\n"],
    ["error", "", "error: x\n"],
    ["debug", "", "x\n"],
  ] as const)("%s", (kind, output, errors) => {
    const [out, err] = [screen(), screen()];
    terminalLog(out, err, true)[kind]("x");
    expect([out.shown(), err.shown()]).toEqual([output, errors]);
  });
});

test("debug lines are shown only on request", () => {
  const [out, err] = [screen(), screen()];
  terminalLog(out, err, false).debug("x");
  expect(out.shown() + err.shown()).toBe("");
});

test("no line can move the cursor, break or colour", () => {
  const [out, err] = [screen(), screen()];
  const log = terminalLog(out, err, true);
  for (const kind of ["info", "warning", "error", "debug", "finished"] as const) log[kind]("a\r\n\x1b[2Jb\x07");
  const control = [...(out.shown() + err.shown())].filter((character) => character < " " && character !== "\n");
  expect(control).toEqual([]);
  expect((out.shown() + err.shown()).split("\n")).toHaveLength(6);
});

describe("on a terminal", () => {
  test("the progress is one line that is overwritten, never longer than the screen", () => {
    const out = screen({ isTTY: true, columns: 30 });
    const log = terminalLog(out, screen(), false);
    log.progress(state);
    log.progress({ ...state, fraction: 0.6 });
    const [before, first = "", second = ""] = out.shown().split("\r\x1b[K");
    expect(before).toBe("");
    expect(first).toMatch(/^50 % /);
    expect(second).toMatch(/^60 % /);
    expect(second).toHaveLength(29);
    expect(out.shown()).not.toContain("\n");
  });

  test("a line, of whichever output, erases the progress first", () => {
    for (const kind of ["info", "error"] as const) {
      const [out, err] = [screen({ isTTY: true }), screen()];
      const log = terminalLog(out, err, false);
      log.progress(state);
      const before = out.shown();
      log[kind]("x");
      expect(out.shown().slice(before.length).startsWith("\r\x1b[K")).toBe(true);
    }
  });

  test("the end erases the progress, once, and nothing where none was drawn", () => {
    const out = screen({ isTTY: true });
    const log = terminalLog(out, screen(), false);
    log.end();
    expect(out.shown()).toBe("");
    log.progress(state);
    log.end();
    const shown = out.shown();
    expect(shown.endsWith("\r\x1b[K")).toBe(true);
    log.end();
    expect(out.shown()).toBe(shown);
  });

  test("a finished project needs no line: the progress tells", () => {
    const out = screen({ isTTY: true });
    terminalLog(out, screen(), false).finished("alpha: done");
    expect(out.shown()).toBe("");
  });
});

test("elsewhere the progress is a line now and then, without anything that moves the cursor", () => {
  const out = screen();
  const log = terminalLog(out, screen(), false);
  for (let seconds = 0; seconds <= 65; seconds++) log.progress({ ...state, elapsedSeconds: seconds });
  expect(out.shown().split("\n").filter(Boolean)).toHaveLength(2);
  expect(out.shown()).not.toContain("\r");
  expect(out.shown()).not.toContain("\x1b");
});
