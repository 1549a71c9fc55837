import { totalmem } from "node:os";
import { expect, test } from "@jest/globals";
import { type Sample, unmeasured } from "../../../src/measure/measurement.ts";
import { pressure } from "../../../src/run/pressure.ts";

/** A sample of a machine that idles; what a test is about is given. */
function sample(given: Partial<Sample> = {}): Sample {
  return {
    ...unmeasured,
    ...{ atMs: 1000, cpuPercent: 5, iowaitPercent: 0, memoryUsedBytes: 100, sourceBusyPercent: 0 },
    ...given,
  };
}

test.each([
  ["no sample yet", undefined],
  ["a machine that idles", sample()],
  ["CPUs with a little room", sample({ cpuPercent: 91.9 })],
  ["memory with a little room", sample({ memoryUsedBytes: 899 })],
  ["what could not be read", sample({ cpuPercent: undefined, memoryUsedBytes: undefined })],
  // More rsyncs make better use of what has to be waited for.
  [
    "waiting for disks that are busy",
    sample({ iowaitPercent: 100, sourceBusyPercent: 100, destinationBusyPercent: 100 }),
  ],
])("nothing speaks against more rsyncs with %s", (_name, given) => {
  expect(pressure(given, 1000)).toBeUndefined();
});

test.each([
  ["busy CPUs", { cpuPercent: 92 }, "the CPUs are busy for 92 %"],
  ["CPUs that are busy all the time", { cpuPercent: 99.6 }, "the CPUs are busy for 100 %"],
  ["little memory", { memoryUsedBytes: 900 }, "90 % of the memory is in use"],
  ["both", { cpuPercent: 95, memoryUsedBytes: 990 }, "the CPUs are busy for 95 %"],
  [
    "CPUs where the memory could not be read",
    { cpuPercent: 95, memoryUsedBytes: undefined },
    "the CPUs are busy for 95 %",
  ],
  [
    "memory where the CPUs could not be read",
    { cpuPercent: undefined, memoryUsedBytes: 1000 },
    "100 % of the memory is in use",
  ],
])("%s speak against more rsyncs, in words", (_name, given, words) => {
  expect(pressure(sample(given), 1000)).toBe(words);
});

test("the memory is this machine's where nothing else is said", () => {
  expect(pressure(sample({ memoryUsedBytes: totalmem() }))).toBe("100 % of the memory is in use");
  expect(pressure(sample({ memoryUsedBytes: totalmem() / 2 }))).toBeUndefined();
});
