import { describe, expect, test } from "@jest/globals";
import { liveView } from "../../../src/log/live-view.ts";
import { busyLanes, copying } from "../../support/activity.ts";
import { type Terminal, terminal } from "../../support/terminal.ts";

/** What a person sees of a view that is drawn on an empty screen. */
async function drawnAlone(columns: number, rows: number, lanes: number, fraction: number): Promise<string[]> {
  const screen = terminal(columns, rows);
  liveView(screen, false).draw(copying({ lanes: busyLanes(lanes), fraction }));
  return screen.lines();
}

function withText(columns: number, rows: number): Terminal {
  const screen = terminal(columns, rows);
  screen.write("$ backup\nbefore\n");
  return screen;
}

describe.each([
  [1, 80, 24],
  [7, 80, 24],
  [100, 80, 24],
  [7, 40, 24],
  [100, 40, 8],
  [7, 10, 3],
])("%d lanes on %d columns and %d rows", (lanes, columns, rows) => {
  test("each picture takes the place of the one before, below what was there", async () => {
    const screen = withText(columns, rows);
    const view = liveView(screen, false);
    for (const fraction of [0.1, 0.5, 0.9]) {
      view.draw(copying({ lanes: busyLanes(lanes), fraction }));
      expect(await screen.lines()).toEqual([
        "$ backup",
        "before",
        ...(await drawnAlone(columns, rows, lanes, fraction)),
      ]);
      expect(await screen.cursor()).toMatchObject({ column: 0 });
    }
  });

  test("one with fewer lines leaves none of the others", async () => {
    const screen = withText(columns, rows);
    const view = liveView(screen, false);
    view.draw(copying({ lanes: busyLanes(lanes) }));
    view.draw(copying({ lanes: [], fraction: 0.9 }));
    expect(await screen.lines()).toEqual(["$ backup", "before", ...(await drawnAlone(columns, rows, 0, 0.9))]);
  });

  test("cleared, it leaves nothing, and the cursor stands where it began", async () => {
    const screen = withText(columns, rows);
    const view = liveView(screen, true);
    view.draw(copying({ lanes: busyLanes(lanes) }));
    view.clear();
    expect(await screen.lines()).toEqual(["$ backup", "before"]);
    expect(await screen.cursor()).toEqual({ row: 2, column: 0 });
  });
});

describe("a terminal whose size changes between two pictures", () => {
  test.each([
    [40, 24],
    [20, 24],
    [120, 24],
    [80, 10],
    [80, 40],
    [60, 12],
  ])("to %d columns and %d rows shows one view", async (columns, rows) => {
    const screen = withText(80, 24);
    const view = liveView(screen, false);
    view.draw(copying({ lanes: busyLanes(5) }));
    screen.resize(columns, rows);
    view.draw(copying({ lanes: busyLanes(5), fraction: 0.9 }));
    const lines = await screen.lines();
    expect(lines.slice(0, 2)).toEqual(["$ backup", "before"]);
    expect(lines.slice(2)).toEqual(await drawnAlone(columns, rows, 5, 0.9));
  });
});

test("names that would move the cursor move nothing", async () => {
  const screen = withText(80, 24);
  const view = liveView(screen, false);
  const lanes = busyLanes(3, { project: "\u001b[5A\u001b[2Jpwned\n\n\r", part: "\u009b2J\u202e" });
  view.draw(copying({ lanes }));
  view.draw(copying({ lanes, fraction: 0.9 }));
  view.clear();
  expect(await screen.lines()).toEqual(["$ backup", "before"]);
});

test("the same picture is sent once, and the cursor is never hidden", () => {
  const screen = terminal(80, 24);
  const view = liveView(screen, true);
  view.draw(copying());
  const sent = screen.sent();
  view.draw(copying());
  expect(screen.sent()).toBe(sent);
  view.clear();
  view.clear();
  expect(screen.sent()).not.toContain("\u001b[?25l");
});

test("colours only on request", () => {
  const sent = (colour: boolean): string => {
    const screen = terminal(80, 24);
    liveView(screen, colour).draw(copying({ lanes: busyLanes(100) }));
    return screen.sent();
  };
  // biome-ignore-start lint/suspicious/noControlCharactersInRegex: a terminal is told by them
  expect(sent(true)).toMatch(/\u001b\[1m.*\u001b\[0m/);
  expect(sent(false)).not.toMatch(/\u001b\[\d*m/);
  // biome-ignore-end lint/suspicious/noControlCharactersInRegex: a terminal is told by them
});

test("a terminal that does not know its size has 80 columns and 24 rows", async () => {
  const screen = terminal(80, 24);
  liveView({ isTTY: true, columns: 0, rows: 0, write: screen.write }, false).draw(copying({ lanes: busyLanes(100) }));
  expect(await screen.lines()).toHaveLength(23);
});
