/** Where the files of one controller of our own control group may be. */
export interface CgroupPlaces {
  /** 1: a hierarchy of the controller's own; 2: the unified one. */
  readonly version: 1 | 2;
  /** Directories from our own group up to the root of the hierarchy. Some need not be there. */
  readonly directories: readonly string[];
}

/**
 * The places of a controller's files, of both versions, since both may be mounted at once (cgroups(7), "hybrid").
 *
 * Limits of parent groups bind too, so every level is given. In a container the path may be one of the host's, of which
 * only the root is mounted: what is not there has to be skipped, and the root is always among the directories.
 * @param ownGroups text of /proc/self/cgroup: `hierarchy:controllers:path` a line, `0::path` for version 2
 * @param controller as version 1 names it: `cpu`, `memory`, `blkio`
 */
export function cgroupPlaces(ownGroups: string, controller: string): CgroupPlaces[] {
  const places: CgroupPlaces[] = [];
  for (const line of ownGroups.split("\n")) {
    const [, hierarchy, controllers = "", path = ""] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const isUnified = hierarchy === "0" && controllers === "";
    if (!isUnified && !controllers.split(",").includes(controller)) continue;
    const roots = isUnified
      ? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
      : new Set([`/sys/fs/cgroup/${controller}`, `/sys/fs/cgroup/${controllers}`]);
    for (const root of roots)
      places.push({ version: isUnified ? 2 : 1, directories: levels(path).map((level) => `${root}${level}`) });
  }
  return places;
}

/** The CPUs that a group's own quota allows, a fraction too; undefined without one. `read` gives undefined for what is missing. */
export function cpuQuota(
  version: 1 | 2,
  directory: string,
  read: (path: string) => string | undefined,
): number | undefined {
  if (version === 1) return ratio(read(`${directory}/cpu.cfs_quota_us`), read(`${directory}/cpu.cfs_period_us`));
  const [quota, period] = (read(`${directory}/cpu.max`) ?? "").trim().split(" ");
  return ratio(quota, period);
}

/** Undefined for `max` and -1, which mean no quota. */
function ratio(quota: string | undefined, period: string | undefined): number | undefined {
  const value = Number(quota) / Number(period);
  return quota !== undefined && value > 0 && Number.isFinite(value) ? value : undefined;
}

/** `/a/b` → `/a/b`, `/a`, `` (the root). */
function levels(path: string): string[] {
  const all: string[] = [];
  for (let one = path.replace(/\/$/, ""); one !== ""; one = one.slice(0, one.lastIndexOf("/"))) all.push(one);
  return [...all, ""];
}
