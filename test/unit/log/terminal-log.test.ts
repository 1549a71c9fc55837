import { describe, expect, test } from "@jest/globals";
import type { Screen } from "../../../src/log/live-view.ts";
import { type TerminalOptions, terminalLog } from "../../../src/log/terminal-log.ts";
import { busyLanes, clock, copying } from "../../support/activity.ts";
import { terminal } from "../../support/terminal.ts";

const options: TerminalOptions = { debug: false, colour: false, canMove: true };
const kinds = ["info", "warning", "error", "debug", "notice"] as const;
const ended = { title: "alpha: done", isUnwell: false, seconds: 1, projects: 2, details: () => ["more"] };

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
    ["warning", "", "warning: x\n"],
    ["error", "", "error: x\n"],
    ["debug", "", "x\n"],
    // The report says it.
    ["notice", "", ""],
  ] as const)("%s", (kind, output, errors) => {
    const [out, err] = [screen(), screen()];
    terminalLog(out, err, { ...options, debug: true })[kind]("x");
    expect([out.shown(), err.shown()]).toEqual([output, errors]);
  });

  test("a finished project is one line", () => {
    const [out, err] = [screen(), screen()];
    terminalLog(out, err, options).finished(ended);
    expect([out.shown(), err.shown()]).toEqual(["alpha: done\n", ""]);
  });
});

test("debug lines are shown only on request", () => {
  const [out, err] = [screen(), screen()];
  terminalLog(out, err, options).debug("x");
  expect(out.shown() + err.shown()).toBe("");
});

test("no line can move the cursor, break or colour", () => {
  const [out, err] = [screen(), screen()];
  const log = terminalLog(out, err, { ...options, debug: true });
  for (const kind of kinds) log[kind]("a\r\n\x1b[2Jb\x07");
  log.finished({ ...ended, title: "a\r\n\x1b[2Jb\x07" });
  const control = [...(out.shown() + err.shown())].filter((character) => character < " " && character !== "\n");
  expect(control).toEqual([]);
  expect((out.shown() + err.shown()).split("\n")).toHaveLength(6);
});

describe("on a terminal", () => {
  test("lines appear above the view, also those of standard error", async () => {
    const screen = terminal(60, 24);
    const { every, tick } = clock();
    const log = terminalLog(screen, screen, options, every);
    log.info("one");
    const end = log.follow(() => copying({ lanes: busyLanes(2) }));
    tick();
    const view = (await screen.lines()).slice(1);
    expect(view).toHaveLength(4);
    log.info("two");
    log.warning("three");
    expect(await screen.lines()).toEqual(["one", "two", "warning: three", ...view]);
    tick();
    expect(await screen.lines()).toEqual(["one", "two", "warning: three", ...view]);
    end();
    expect(await screen.lines()).toEqual(["one", "two", "warning: three"]);
  });

  test("lines scroll out at the top and the view stays whole, however many there are", async () => {
    const screen = terminal(60, 8);
    const { every, tick } = clock();
    const log = terminalLog(screen, screen, options, every);
    log.follow(() => copying({ lanes: busyLanes(20) }));
    tick();
    const view = await screen.lines();
    for (let index = 0; index < 30; index++) log.info(`line ${index}`);
    expect(await screen.lines()).toEqual([...Array.from({ length: 30 }, (_, index) => `line ${index}`), ...view]);
  });

  test("nothing is drawn of what is over within 0.3 s, and what was drawn before stays until then", async () => {
    const screen = terminal(60, 24);
    const { every, tick } = clock();
    const log = terminalLog(screen, screen, options, every);
    const endOuter = log.follow(() => ({ kind: "phase", name: "survey", elapsedSeconds: 0.2 }));
    tick();
    expect(screen.sent()).toBe("");
    const endInner = log.follow(() => ({ kind: "phase", name: "long", elapsedSeconds: 0.4 }));
    tick();
    expect(await screen.lines()).toEqual(["long · 0 s"]);
    endInner();
    tick();
    expect(await screen.lines()).toEqual(["long · 0 s"]);
    endOuter();
    expect(await screen.lines()).toEqual([]);
  });

  test("the end takes the view away for good, whatever still goes on", async () => {
    const screen = terminal(60, 24);
    const { every, tick } = clock();
    const log = terminalLog(screen, screen, options, every);
    const end = log.follow(() => copying());
    tick();
    log.end();
    expect(await screen.lines()).toEqual([]);
    const sent = screen.sent();
    tick();
    end();
    log.end();
    expect(screen.sent()).toBe(sent);
    log.info("after");
    expect(await screen.lines()).toEqual(["after"]);
  });

  test("a finished project needs no line: the view tells", () => {
    const screen = terminal(60, 24);
    terminalLog(screen, screen, options).finished(ended);
    expect(screen.sent()).toBe("");
  });
});

describe.each([
  ["elsewhere", screen(), true],
  ["on a terminal that cannot move its cursor", screen({ isTTY: true }), false],
])("%s", (_where, out, canMove) => {
  test("the progress is a line now and then, without anything that moves the cursor", () => {
    const { every, tick } = clock();
    const log = terminalLog(out, screen(), { ...options, canMove, colour: true }, every);
    let seconds = 0;
    const end = log.follow(() => copying({ elapsedSeconds: seconds, lanes: busyLanes(3) }));
    for (; seconds <= 65; seconds++) tick();
    end();
    log.end();
    expect(out.shown().split("\n").filter(Boolean)).toHaveLength(2);
    expect(out.shown()).not.toContain("\r");
    expect(out.shown()).not.toContain("\x1b");
  });
});
