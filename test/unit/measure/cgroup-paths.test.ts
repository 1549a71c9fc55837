import { describe, expect, test } from "@jest/globals";
import { cgroupPlaces, cpuQuota } from "../../../src/measure/cgroup-paths.ts";

describe("the places of a controller's files", () => {
  test("are on every level up to the root", () => {
    expect(cgroupPlaces("4:memory:/process_api/685f\n", "memory")).toEqual([
      {
        version: 1,
        directories: [
          "/sys/fs/cgroup/memory/process_api/685f",
          "/sys/fs/cgroup/memory/process_api",
          "/sys/fs/cgroup/memory",
        ],
      },
    ]);
  });

  test("may be those of a mount of several controllers, or of one", () => {
    const roots = cgroupPlaces("3:cpu,cpuacct:/\n", "cpu").flatMap(({ directories }) => directories);
    expect(roots).toEqual(["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"]);
  });

  test("are in both versions where both are mounted", () => {
    const places = cgroupPlaces("4:memory:/a\n1:cpu:/b\n0::/init.scope\n", "memory");
    expect(places.map(({ version, directories }) => [version, directories[0]])).toEqual([
      [1, "/sys/fs/cgroup/memory/a"],
      [2, "/sys/fs/cgroup/init.scope"],
      [2, "/sys/fs/cgroup/unified/init.scope"],
    ]);
  });

  test.each(["", "nonsense\n", "4:cpuset:/a\n", "9:name=systemd:/\n"])("are not in %j", (text) => {
    expect(cgroupPlaces(text, "cpu")).toEqual([]);
  });
});

describe("a group's quota of CPUs", () => {
  const quota = (version: 1 | 2, files: Readonly<Record<string, string>>) =>
    cpuQuota(version, "/g", (path) => files[path]);

  test.each([
    ["may be a part of one (v2)", 2, { "/g/cpu.max": "25000 100000\n" }, 0.25],
    ["is none (v2)", 2, { "/g/cpu.max": "max 100000\n" }, undefined],
    ["is not known (v2)", 2, {}, undefined],
    ["may be several (v1)", 1, { "/g/cpu.cfs_quota_us": "150000\n", "/g/cpu.cfs_period_us": "50000\n" }, 3],
    ["is none (v1)", 1, { "/g/cpu.cfs_quota_us": "-1\n", "/g/cpu.cfs_period_us": "100000\n" }, undefined],
    ["is not known (v1)", 1, { "/g/cpu.cfs_quota_us": "50000\n" }, undefined],
  ] as const)("%s", (_name, version, files, expected) => {
    expect(quota(version, files)).toBe(expected);
  });
});
