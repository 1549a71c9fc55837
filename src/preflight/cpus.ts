import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Reads a file whole; throws where it cannot. */
export type ReadText = (path: string) => string;

/**
 * CPUs that this process may use: the smaller of its affinity mask and its cgroup's quota, at least 1.
 *
 * Quotas of parent groups bind too, so every level is read: `cpu.max` ("quota period", cgroup v2) or
 * `cpu.cfs_quota_us` and `cpu.cfs_period_us` (v1), kernel documentation admin-guide/cgroup-v2 and scheduler/sched-bwc.
 */
export function usableCpus(
  readText: ReadText = (path) => readFileSync(path, "utf8"),
  affinity: number = availableParallelism(),
): number {
  const read = (path: string): string | undefined => {
    try {
      return readText(path);
    } catch {
      return undefined;
    }
  };
  const quotas: number[] = [];
  for (const line of (read("/proc/self/cgroup") ?? "").split("\n")) {
    const [, hierarchy, controllers = "", path = ""] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const isUnified = hierarchy === "0" && controllers === "";
    if (!isUnified && !controllers.split(",").includes("cpu")) continue;
    const roots = isUnified
      ? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
      : ["/sys/fs/cgroup/cpu", `/sys/fs/cgroup/${controllers}`];
    for (const root of roots)
      for (const level of levels(path)) {
        const quota = isUnified
          ? unifiedQuota(read(`${root}${level}/cpu.max`))
          : ratio(read(`${root}${level}/cpu.cfs_quota_us`), read(`${root}${level}/cpu.cfs_period_us`));
        if (quota !== undefined) quotas.push(quota);
      }
  }
  return Math.max(1, Math.min(affinity, ...quotas.map(Math.ceil)));
}

function unifiedQuota(text: string | undefined): number | undefined {
  const [quota, period] = (text ?? "").trim().split(" ");
  return ratio(quota, period);
}

/** Undefined for `max` and -1, which mean no quota. */
function ratio(quota: string | undefined, period: string | undefined): number | undefined {
  const value = Number(quota) / Number(period);
  return quota !== undefined && value > 0 && Number.isFinite(value) ? value : undefined;
}

/** `/a/b` → `/a/b`, `/a`, `` (the root). In a container the path may be one of the host's; what is not there is skipped. */
function levels(path: string): string[] {
  const all: string[] = [];
  for (let one = path.replace(/\/$/, ""); one !== ""; one = one.slice(0, one.lastIndexOf("/"))) all.push(one);
  return [...all, ""];
}
