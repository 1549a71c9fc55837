import { describe, expect, test } from "@jest/globals";
import { boundsOf } from "../../../src/diagnose/bounds.ts";
import { evidenceOf } from "./evidence-of.ts";

describe("boundsOf", () => {
  test("the work spread evenly over the lanes is what a perfect plan would take", () => {
    const bounds = boundsOf(evidenceOf({ schedule: { lanes: 4, makespanSeconds: 50, laneSeconds: 160 } }), []);
    expect(bounds).toMatchObject({ evenSeconds: 40, gainSeconds: 10, longestSeconds: 8, lanes: 4 });
  });

  test("one rsync would have taken as long as all together, less what they queued for a CPU", () => {
    const { oneRsync } =
      boundsOf(evidenceOf({ schedule: { laneSeconds: 160 }, roles: { sender: { waitingForCpu: 25 } } }), []) ?? {};
    expect(oneRsync?.seconds).toBeCloseTo(120);
    expect(oneRsync?.how).toContain("2 min 40 s, less the 25 % in which they queued");
  });

  test("where one rsync was measured in this run, its pace says it", () => {
    const rates = [
      { lanes: 1, rate: 1 },
      { lanes: 4, rate: 3 },
    ];
    const { oneRsync } = boundsOf(evidenceOf({ schedule: { makespanSeconds: 50 }, tuning: { rates } }), []) ?? {};
    expect(oneRsync).toEqual({ seconds: 150, how: "from the pace of one rsync, measured in this run" });
  });

  test("without a look at the processes nothing is said of one rsync", () => {
    expect(boundsOf({ ...evidenceOf(), rsyncs: undefined }, [])?.oneRsync).toBeUndefined();
  });

  test("where all rsyncs shared a limit, nothing is said of one, unless it was measured", () => {
    const rates = [
      { lanes: 1, rate: 1 },
      { lanes: 4, rate: 1.1 },
    ];
    const disk = [{ name: "source-disk" }] as const;
    expect(boundsOf(evidenceOf(), disk)?.oneRsync).toBeUndefined();
    expect(boundsOf(evidenceOf({ tuning: { rates } }), disk)?.oneRsync?.seconds).toBeCloseTo(44);
  });

  test("there are none where no rsync ran", () => {
    expect(boundsOf(evidenceOf({ schedule: { longest: undefined } }), [])).toBeUndefined();
  });
});
