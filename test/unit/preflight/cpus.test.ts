import { describe, expect, test } from "@jest/globals";
import { usableCpus } from "../../../src/preflight/cpus.ts";

/** CPUs on a machine of 16 with these files. */
function cpus(files: Readonly<Record<string, string>>, affinity = 16): number {
  return usableCpus((path) => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
    return content;
  }, affinity);
}

const own = "/proc/self/cgroup";

describe("without a quota the affinity counts:", () => {
  test.each([
    ["nothing can be read", {}],
    ["no file of quotas", { [own]: "0::/user.slice\n" }],
    ["no quota (v2)", { [own]: "0::/a\n", "/sys/fs/cgroup/a/cpu.max": "max 100000\n" }],
    [
      "no quota (v1)",
      {
        [own]: "3:cpu,cpuacct:/a\n",
        "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "-1\n",
        "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
      },
    ],
    ["nonsense", { [own]: "nonsense\n", "/sys/fs/cgroup/cpu.max": "lots" }],
    ["another controller's quota", { [own]: "4:memory:/a\n", "/sys/fs/cgroup/memory/a/cpu.cfs_quota_us": "1" }],
    ["an empty file", { [own]: "0::/\n", "/sys/fs/cgroup/cpu.max": "" }],
    ["a period of nothing", { [own]: "0::/\n", "/sys/fs/cgroup/cpu.max": "100000 0\n" }],
  ])("%s", (_name, files) => {
    expect(cpus(files)).toBe(16);
  });
});

describe("a quota of cgroup v2", () => {
  test.each([
    ["of whole CPUs", "400000 100000\n", 4],
    ["of a part more is rounded up", "250000 100000\n", 3],
    ["of less than one is one", "10000 100000\n", 1],
    ["beyond the affinity is the affinity", "9900000 100000\n", 16],
  ])("%s", (_name, quota, expected) => {
    expect(cpus({ [own]: "0::/a/b\n", "/sys/fs/cgroup/a/b/cpu.max": quota })).toBe(expected);
  });

  test("of a parent binds too, and the least of all counts", () => {
    const files = {
      [own]: "0::/a/b/c\n",
      "/sys/fs/cgroup/a/b/c/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/a/b/cpu.max": "600000 100000\n",
      "/sys/fs/cgroup/a/cpu.max": "200000 100000\n",
    };
    expect(cpus(files)).toBe(2);
  });

  test("is at the root in a container", () => {
    expect(cpus({ [own]: "0::/\n", "/sys/fs/cgroup/cpu.max": "300000 100000\n" })).toBe(3);
  });

  test("is at the root in a container that sees the host's path", () => {
    expect(cpus({ [own]: "0::/docker/abc\n", "/sys/fs/cgroup/cpu.max": "300000 100000\n" })).toBe(3);
  });

  test("of a group whose name has colons is found", () => {
    const path = "/kubepods.slice:cri-containerd:0a1b";
    expect(cpus({ [own]: `0::${path}\n`, [`/sys/fs/cgroup${path}/cpu.max`]: "200000 100000\n" })).toBe(2);
  });
});

describe("a quota of cgroup v1", () => {
  test.each([
    ["in the controller's own mount", "3:cpu:/a", "/sys/fs/cgroup/cpu/a"],
    ["in a mount of several", "3:cpu,cpuacct:/a", "/sys/fs/cgroup/cpu,cpuacct/a"],
    ["of a parent", "3:cpuacct,cpu:/a/b", "/sys/fs/cgroup/cpuacct,cpu/a"],
    ["at the root of a container", "3:cpu:/docker/abc", "/sys/fs/cgroup/cpu"],
  ])("%s", (_name, line, directory) => {
    const files = {
      [own]: `12:pids:/x\n${line}\n0::/ignored\n`,
      [`${directory}/cpu.cfs_quota_us`]: "150000\n",
      [`${directory}/cpu.cfs_period_us`]: "50000\n",
    };
    expect(cpus(files)).toBe(3);
  });

  test("beside v2 (hybrid): the least of both", () => {
    const files = {
      [own]: "3:cpu:/a\n0::/b\n",
      "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "500000",
      "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000",
      "/sys/fs/cgroup/unified/b/cpu.max": "200000 100000",
    };
    expect(cpus(files)).toBe(2);
  });
});

test("on this machine it is at least one", () => {
  expect(usableCpus()).toBeGreaterThanOrEqual(1);
});
