import { expect, test } from "@jest/globals";
import { following } from "../../../src/log/following.ts";
import type { Activity } from "../../../src/log/log.ts";
import { clock } from "../../support/activity.ts";

const phase = (name: string) => (): Activity => ({ kind: "phase", name, elapsedSeconds: 1 });

test("the innermost activity is asked, the outer one again when it has ended, and nothing when all have", () => {
  const told: (string | undefined)[] = [];
  const { every, tick, running } = clock();
  const follow = following(200, (activity) => told.push(activity?.kind === "phase" ? activity.name : undefined), every);
  tick();
  const endOuter = follow(phase("outer"));
  tick();
  const endInner = follow(phase("inner"));
  tick();
  endInner();
  tick();
  endOuter();
  endOuter();
  tick();
  expect(told).toEqual(["outer", "inner", "outer", undefined]);
  expect(running()).toBe(0);
});

test("an outer activity may end first", () => {
  const told: (string | undefined)[] = [];
  const { every, tick } = clock();
  const follow = following(200, (activity) => told.push(activity?.kind === "phase" ? activity.name : undefined), every);
  const endOuter = follow(phase("outer"));
  const endInner = follow(phase("inner"));
  endOuter();
  tick();
  endInner();
  expect(told).toEqual(["inner", undefined]);
});
