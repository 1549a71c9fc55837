import { describe, expect, test } from "@jest/globals";
import { heartbeatLine, nowAndThen } from "../../../src/log/heartbeat.ts";
import { busyLanes, copying } from "../../support/activity.ts";

describe("how far a run is, in one line:", () => {
  test.each([
    [
      "on the way",
      copying({ lanes: busyLanes(4) }),
      "42 % · 3 of 12 projects · 10.0 MiB in 12,345 files copied · 1.00 MiB/s, 412 files/s · 4 lanes busy · 1 min to 4 min left",
    ],
    ["while it would be a guess", copying({ left: undefined }), /· 0 lanes busy · time left not known yet$/],
    ["all but done is not all", copying({ fraction: 0.9999 }), /^99 % /],
    [
      "a phase that counts",
      { kind: "phase", name: "surveying", soFar: "12 entries so far", elapsedSeconds: 30 } as const,
      "surveying: 12 entries so far",
    ],
    ["a phase that does not", { kind: "phase", name: "planning", elapsedSeconds: 30 } as const, "planning …"],
  ])("%s", (_name, activity, expected) => {
    expect(heartbeatLine(activity)).toMatch(expected);
  });
});

describe("now and then", () => {
  /** The seconds at which a line is shown, asked every second. */
  function times(until: number): number[] {
    const shown: number[] = [];
    let now = 0;
    const tell = nowAndThen(() => shown.push(now));
    for (now = 0; now <= until; now++) tell(copying({ elapsedSeconds: now }));
    return shown;
  }

  test("is every thirty seconds", () => {
    expect(times(100)).toEqual([30, 60, 90]);
  });

  test("is every minute after ten minutes", () => {
    expect(times(800).filter((seconds) => seconds > 500)).toEqual([510, 540, 570, 600, 660, 720, 780]);
  });

  test("begins anew with each phase, so that short ones are not told of", () => {
    const shown: string[] = [];
    const tell = nowAndThen((line) => shown.push(line));
    for (const name of ["one", "two", "three"])
      for (let seconds = 0; seconds < 25; seconds++) tell({ kind: "phase", name, elapsedSeconds: seconds });
    expect(shown).toEqual([]);
    tell({ kind: "phase", name: "three", elapsedSeconds: 30 });
    expect(shown).toEqual(["three …"]);
  });
});
