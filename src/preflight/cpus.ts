import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { cgroupPlaces, cpuQuota } from "../measure/cgroup-paths.ts";
import { orUndefined } from "../measure/read-file.ts";

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
  const read = (path: string) => orUndefined(() => readText(path));
  const quotas: number[] = [];
  for (const { version, directories } of cgroupPlaces(read("/proc/self/cgroup") ?? "", "cpu"))
    for (const directory of directories) {
      const quota = cpuQuota(version, directory, read);
      if (quota !== undefined) quotas.push(quota);
    }
  return Math.max(1, Math.min(affinity, ...quotas.map(Math.ceil)));
}
