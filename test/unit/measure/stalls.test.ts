import { describe, expect, test } from "@jest/globals";
import { readStalls } from "../../../src/measure/stalls.ts";

const cpu = `\
some avg10=2.14 avg60=0.90 avg300=0.94 total=9124821
full avg10=0.00 avg60=0.00 avg300=0.00 total=0
`;
const io = `\
some avg10=13.97 avg60=2.93 avg300=1.09 total=6922014
full avg10=13.97 avg60=2.92 avg300=1.04 total=6554036
`;
const memory = `\
some avg10=0.00 avg60=0.00 avg300=0.00 total=17
full avg10=0.00 avg60=0.00 avg300=0.00 total=5
`;

const reading = (files: Readonly<Record<string, string>>) => (path: string) => {
  const content = files[path];
  if (content === undefined) throw new Error(`ENOENT: ${path}`);
  return content;
};

describe("how long processes were held up", () => {
  const all = {
    cpuSomeMicroseconds: 9124821,
    ioSomeMicroseconds: 6922014,
    memorySomeMicroseconds: 17,
  };

  test("stands in /proc/pressure for the whole machine", () => {
    const files = { "/proc/pressure/cpu": cpu, "/proc/pressure/io": io, "/proc/pressure/memory": memory };
    expect(readStalls(reading(files))).toEqual(all);
  });

  test("stands in a control group's directory for that group", () => {
    const directory = "/sys/fs/cgroup/system.slice/backup.service";
    const files = {
      [`${directory}/cpu.pressure`]: cpu,
      [`${directory}/io.pressure`]: io,
      [`${directory}/memory.pressure`]: memory,
    };
    expect(readStalls(reading(files), directory)).toEqual(all);
  });

  test("is known in part when a file is missing", () => {
    expect(readStalls(reading({ "/proc/pressure/io": io }))).toEqual({
      cpuSomeMicroseconds: undefined,
      ioSomeMicroseconds: 6922014,
      memorySomeMicroseconds: undefined,
    });
  });

  test.each([
    ["the kernel has no such files", {}],
    ["they are empty", { "/proc/pressure/cpu": "", "/proc/pressure/io": "", "/proc/pressure/memory": "" }],
  ])("is not known when %s", (_, files) => {
    expect(readStalls(reading(files))).toBeUndefined();
  });
});
