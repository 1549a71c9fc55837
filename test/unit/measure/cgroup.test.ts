import { describe, expect, test } from "@jest/globals";
import { cgroupReader, readCgroup } from "../../../src/measure/cgroup.ts";

const gibibyte = 1024 ** 3;
const machine = 16 * gibibyte;
const own = "/proc/self/cgroup";

type Files = Readonly<Record<string, string>>;

function reading(files: Files, opened: string[] = []) {
  return (path: string) => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
    opened.push(path);
    return content;
  };
}

const read = (files: Files) => readCgroup(reading(files), machine);

/** The same files in a directory. */
const within = (directory: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${directory}/${name}`, content]));

const nothing = {
  cpuQuota: undefined,
  cpuPeriods: undefined,
  cpuThrottledPeriods: undefined,
  memoryLimitBytes: undefined,
  memoryUsedBytes: undefined,
  memoryLimitHits: undefined,
  memoryRefaults: undefined,
  pressure: undefined,
  deviceLimits: [],
};

/** A container with both limits, as Kubernetes starts it. */
const container: Files = {
  "cgroup.type": "domain\n",
  "cpu.max": "150000 100000\n",
  "cpu.stat": `\
usage_usec 63241514
user_usec 41032918
system_usec 22208596
nice_usec 0
nr_periods 1201
nr_throttled 903
throttled_usec 45120345
nr_bursts 0
burst_usec 0
`,
  "memory.max": `${gibibyte}\n`,
  "memory.high": "max\n",
  "memory.current": "1073004544\n",
  "memory.events": "low 0\nhigh 0\nmax 5120\noom 0\noom_kill 0\noom_group_kill 0\n",
  "memory.stat": `\
anon 12582912
file 1027604480
pgfault 90211
pgmajfault 812
workingset_refault_anon 12
workingset_refault_file 34567
workingset_activate_file 99
`,
  "cpu.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=111\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n",
  "io.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=222\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=211\n",
  "memory.pressure":
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=333\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=311\n",
  "io.max": "8:0 rbps=1048576 wbps=max riops=max wiops=120\n",
};

describe("nothing is known", () => {
  test.each([
    ["where nothing can be read", {}],
    [
      "where the files are empty",
      { [own]: "0::/a\n", "/sys/fs/cgroup/a/cpu.max": "", "/sys/fs/cgroup/a/memory.max": "" },
    ],
    ["of nonsense", { [own]: "nonsense", "/sys/fs/cgroup/memory.max": "lots" }],
    [
      "at the root of version 2, which has no limits and whose pressure is the machine's",
      { [own]: "0::/\n", "/sys/fs/cgroup/io.pressure": container["io.pressure"] ?? "" },
    ],
  ])("%s", (_name, files) => {
    expect(read(files)).toEqual(nothing);
  });
});

describe("a group of version 2", () => {
  test("tells its limits, how often they were too little, and how long its processes waited", () => {
    expect(read({ [own]: "0::/kubepods/pod1\n", ...within("/sys/fs/cgroup/kubepods/pod1", container) })).toEqual({
      cpuQuota: 1.5,
      cpuPeriods: 1201,
      cpuThrottledPeriods: 903,
      memoryLimitBytes: gibibyte,
      memoryUsedBytes: 1073004544,
      memoryLimitHits: 5120,
      memoryRefaults: 34579,
      pressure: {
        cpuSomeMicroseconds: 111,
        ioSomeMicroseconds: 222,
        memorySomeMicroseconds: 333,
      },
      deviceLimits: [
        { device: "8:0", limit: "rbps=1048576" },
        { device: "8:0", limit: "wiops=120" },
      ],
    });
  });

  test.each([
    ["the container's namespace", "0::/\n"],
    ["the path on the host, of which only the end is mounted", "0::/kubepods/pod1\n"],
  ])("is found at the root in a container that sees %s", (_name, text) => {
    const files = { [own]: text, ...within("/sys/fs/cgroup", container) };
    const inPlace = { [own]: "0::/x\n", ...within("/sys/fs/cgroup/x", container) };
    expect(read(files)).toEqual(read(inPlace));
  });

  test("is bound by the tightest quota above it, and the counters are those of the group that has it", () => {
    const files = {
      [own]: "0::/a/b/c\n",
      ...within("/sys/fs/cgroup/a/b/c", {
        "cpu.max": "max 100000\n",
        "cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_usec 0\n",
      }),
      ...within("/sys/fs/cgroup/a/b", {
        "cpu.max": "50000 100000\n",
        "cpu.stat": "nr_periods 10\nnr_throttled 9\nthrottled_usec 8000\n",
      }),
      ...within("/sys/fs/cgroup/a", {
        "cpu.max": "200000 100000\n",
        "cpu.stat": "nr_periods 7\nnr_throttled 0\nthrottled_usec 0\n",
      }),
    };
    expect(read(files)).toEqual({
      ...nothing,
      cpuQuota: 0.5,
      cpuPeriods: 10,
      cpuThrottledPeriods: 9,
    });
  });

  test("is bound by the tightest memory limit above it", () => {
    const files = {
      [own]: "0::/a/b\n",
      ...within("/sys/fs/cgroup/a/b", {
        "memory.max": "8589934592\n",
        "memory.current": "1\n",
        "memory.stat": "a 1\n",
      }),
      ...within("/sys/fs/cgroup/a", {
        "memory.max": "4294967296\n",
        "memory.current": "2\n",
        "memory.events": "max 3\n",
        "memory.stat": "pgmajfault 4\nworkingset_refault 5\n",
      }),
    };
    expect(read(files)).toEqual({
      ...nothing,
      memoryLimitBytes: 4 * gibibyte,
      memoryUsedBytes: 2,
      memoryLimitHits: 3,
      memoryRefaults: 5,
    });
  });

  test("of two equal limits reaches the outer one first", () => {
    const files = {
      [own]: "0::/a/b\n",
      ...within("/sys/fs/cgroup/a/b", { "memory.max": "1000\n", "memory.current": "700\n" }),
      ...within("/sys/fs/cgroup/a", { "memory.max": "1000\n", "memory.current": "900\n" }),
    };
    expect(read(files).memoryUsedBytes).toBe(900);
  });

  test("is limited by memory.high too", () => {
    const files = within("/sys/fs/cgroup/a", {
      "memory.max": `${2 * gibibyte}\n`,
      "memory.high": `${gibibyte}\n`,
      "memory.events": "low 0\nhigh 40\nmax 2\noom 0\n",
    });
    expect(read({ [own]: "0::/a\n", ...files })).toMatchObject({ memoryLimitBytes: gibibyte, memoryLimitHits: 42 });
  });

  test("without a limit tells its own use, and hits none", () => {
    const files = within("/sys/fs/cgroup/a", {
      ...container,
      "memory.max": "max\n",
    });
    expect(read({ [own]: "0::/a\n", ...files })).toMatchObject({
      memoryLimitBytes: undefined,
      memoryUsedBytes: 1073004544,
      memoryLimitHits: undefined,
      memoryRefaults: 34579,
    });
  });

  test("with a limit above the machine's memory has none", () => {
    const files = within("/sys/fs/cgroup/a", { ...container, "memory.max": `${machine + 4096}\n` });
    expect(read({ [own]: "0::/a\n", ...files }).memoryLimitBytes).toBeUndefined();
  });

  test("is bound by the limits on devices of all groups above it", () => {
    const files = {
      [own]: "0::/a/b\n",
      "/sys/fs/cgroup/a/b/io.max": "8:16 rbps=max wbps=2097152 riops=max wiops=max\n",
      "/sys/fs/cgroup/a/io.max": "8:0 rbps=max wbps=max riops=100 wiops=max\nnonsense\n",
    };
    expect(read(files).deviceLimits).toEqual([
      { device: "8:16", limit: "wbps=2097152" },
      { device: "8:0", limit: "riops=100" },
    ]);
  });

  test("does not take the pressure of the group above it for its own", () => {
    const files = {
      [own]: "0::/a/b\n",
      "/sys/fs/cgroup/a/b/cgroup.type": "domain\n",
      ...within("/sys/fs/cgroup/a", container),
    };
    expect(read(files).pressure).toBeUndefined();
  });
});

describe("a group of version 1", () => {
  const files: Files = {
    [own]: "7:blkio:/a/b\n4:memory:/jobs/backup\n3:cpu,cpuacct:/a\n",
    ...within("/sys/fs/cgroup/cpu,cpuacct/a", {
      "cpu.cfs_quota_us": "15000\n",
      "cpu.cfs_period_us": "100000\n",
      "cpu.stat": "nr_periods 60\nnr_throttled 58\nthrottled_time 9123456789\nnr_bursts 0\nburst_time 0\n",
    }),
    ...within("/sys/fs/cgroup/memory/jobs/backup", { "memory.limit_in_bytes": "9223372036854771712\n" }),
    ...within("/sys/fs/cgroup/memory/jobs", {
      "memory.limit_in_bytes": "209715200\n",
      "memory.usage_in_bytes": "209702912\n",
      "memory.failcnt": "1234\n",
      "memory.stat": `\
cache 9461760
workingset_refault_anon 0
workingset_refault_file 389
pgmajfault 0
total_workingset_refault_anon 6
total_workingset_refault_file 100459
total_pgmajfault 946
`,
    }),
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/blkio/a/b/blkio.throttle.read_bps_device": "7:0 20971520\n",
    "/sys/fs/cgroup/blkio/a/b/blkio.throttle.write_iops_device": "7:1 50\n",
    "/sys/fs/cgroup/blkio/a/blkio.throttle.read_bps_device": "7:2 1\n",
    "/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device": "7:3 1048576\n",
  };

  test("tells its limits, how often they were too little, and what was read again, those inside it included", () => {
    expect(read(files)).toMatchObject({
      cpuQuota: 0.15,
      cpuPeriods: 60,
      cpuThrottledPeriods: 58,
      memoryLimitBytes: 209715200,
      memoryUsedBytes: 209702912,
      memoryLimitHits: 1234,
      memoryRefaults: 100465,
      pressure: undefined,
    });
  });

  test("is held up by its own limits on devices and by the root's, not by those in between", () => {
    expect(read(files).deviceLimits).toEqual([
      { device: "7:0", limit: "blkio.throttle.read_bps_device 20971520" },
      { device: "7:1", limit: "blkio.throttle.write_iops_device 50" },
      { device: "7:3", limit: "blkio.throttle.write_bps_device 1048576" },
    ]);
  });

  test("that is the root is held up by the root's", () => {
    const root = { [own]: "7:blkio:/\n", "/sys/fs/cgroup/blkio/blkio.throttle.read_bps_device": "254:0  1048576\n" };
    expect(read(root).deviceLimits).toEqual([{ device: "254:0", limit: "blkio.throttle.read_bps_device 1048576" }]);
  });

  test("without a limit tells its own use", () => {
    const free = {
      [own]: "4:memory:/a\n",
      ...within("/sys/fs/cgroup/memory/a", {
        "memory.limit_in_bytes": "9223372036854771712\n",
        "memory.usage_in_bytes": "289746944\n",
        "memory.failcnt": "0\n",
        "memory.stat": "total_pgmajfault 946\n",
      }),
    };
    expect(read(free)).toEqual({ ...nothing, memoryUsedBytes: 289746944 });
  });
});

describe("both versions at once", () => {
  test("give limits from version 1 and pressure from version 2", () => {
    const files = {
      [own]: "4:memory:/a\n1:cpu:/\n0::/system.slice/runner.service\n",
      ...within("/sys/fs/cgroup/memory/a", { "memory.limit_in_bytes": "1000000\n", "memory.usage_in_bytes": "999\n" }),
      ...within("/sys/fs/cgroup/unified/system.slice/runner.service", {
        "cgroup.type": "domain\n",
        "io.pressure": container["io.pressure"] ?? "",
      }),
    };
    expect(read(files)).toMatchObject({ memoryLimitBytes: 1000000, pressure: { ioSomeMicroseconds: 222 } });
  });
});

describe("reading again and again", () => {
  test("opens seven files where everything is limited, and only those that are there", () => {
    const count = (files: Files) => {
      const opened: string[] = [];
      const reader = cgroupReader(reading(files, opened), machine);
      opened.length = 0;
      reader();
      return opened.length;
    };
    expect(count({ [own]: "0::/a\n", ...within("/sys/fs/cgroup/a", container) })).toBe(7);
    expect(count({ [own]: "0::/\n", "/sys/fs/cgroup/memory.stat": "pgmajfault 1\n" })).toBe(1);
  });

  test("sees the counters of the moment", () => {
    const files: Record<string, string> = { [own]: "0::/a\n", ...within("/sys/fs/cgroup/a", container) };
    const reader = cgroupReader(reading(files), machine);
    expect(reader().cpuThrottledPeriods).toBe(903);
    files["/sys/fs/cgroup/a/cpu.stat"] = "nr_periods 1300\nnr_throttled 950\nthrottled_usec 46120345\n";
    expect(reader()).toMatchObject({ cpuPeriods: 1300, cpuThrottledPeriods: 950 });
  });

  test("goes on when the group is gone", () => {
    let files: Files = { [own]: "0::/a\n", ...within("/sys/fs/cgroup/a", container) };
    const reader = cgroupReader((path) => reading(files)(path), machine);
    files = {};
    expect(reader()).toMatchObject({ cpuQuota: 1.5, cpuPeriods: undefined, memoryUsedBytes: undefined });
  });
});

test("on this machine nothing throws", () => {
  expect(readCgroup().deviceLimits).toBeDefined();
});
