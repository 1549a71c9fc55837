import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { kindOf, type StorageKind } from "./file-systems.ts";
import type { DiskCounters } from "./proc.ts";

/** One line of /proc/self/mountinfo. */
export interface Mount {
  /** `8:1`; major 0 for file systems that stand on no single block device. */
  readonly deviceNumber: string;
  /** The directory of the file system that is mounted: another than `/` for a bind mount of a part. */
  readonly root: string;
  readonly mountPoint: string;
  readonly fileSystem: string;
  /** What is mounted, as it was given to mount: `/dev/sda1`, `nas:/export`. */
  readonly source: string;
  /** Options of the file system itself (`rw,vers=4.2,addr=10.0.0.5`), the same for all its mounts. */
  readonly options: string;
}

/** What the mount table says of a directory. */
export interface MountedStorage {
  /** The device as the kernel names it (`sda`, `dm-0`); undefined for network, FUSE and memory file systems. */
  readonly device: string | undefined;
  /** `ext4`, `nfs4`, `fuse.sshfs` …; undefined where the mount table cannot be read. */
  readonly fileSystem: string | undefined;
  /** Undefined where it cannot be told. */
  readonly kind: StorageKind | undefined;
  readonly mountPoint: string | undefined;
}

/** A directory's storage, and where more of it can be found out. */
export interface ResolvedStorage {
  readonly storage: MountedStorage;
  /** The number under which /proc/diskstats counts its device. */
  readonly deviceNumber: string | undefined;
  readonly mount: Mount | undefined;
}

/** Where the mount table tells nothing. */
export const unresolved: ResolvedStorage = {
  storage: { device: undefined, fileSystem: undefined, kind: undefined, mountPoint: undefined },
  deviceNumber: undefined,
  mount: undefined,
};

/**
 * The mounts of /proc/self/mountinfo, in the order in which they were made. The format is proc(5)'s: optional fields end
 * with a lone `-`, and blank, tab, newline and backslash are written as three octal digits. Lines that make no sense are skipped.
 */
export function parseMounts(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    const fields = line.split(" ");
    const separator = fields.indexOf("-", 6);
    const [deviceNumber, mountPoint] = [fields[2], fields[4]];
    const [fileSystem, source] = [fields[separator + 1], fields[separator + 2]];
    if (separator < 0 || deviceNumber === undefined || mountPoint === undefined || fileSystem === undefined) continue;
    mounts.push({
      deviceNumber,
      root: unescapeOctal(fields[3] ?? "/"),
      mountPoint: unescapeOctal(mountPoint),
      fileSystem,
      source: unescapeOctal(source ?? ""),
      options: unescapeOctal(fields[separator + 3] ?? ""),
    });
  }
  return mounts;
}

function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The mount that a real path lies in: the longest mount point above it, and of several at one place the last, which hides the others. */
export function findMount(mounts: readonly Mount[], realPath: string): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    const below = mount.mountPoint === "/" ? "/" : `${mount.mountPoint}/`;
    if (realPath !== mount.mountPoint && !realPath.startsWith(below)) continue;
    if (found === undefined || mount.mountPoint.length >= found.mountPoint.length) found = mount;
  }
  return found;
}

/**
 * What stands behind a directory.
 * @param realPath its real path, as `nearestRealPath` gives it
 * @param devices the devices of /proc/diskstats by number
 * @param resolveLinks gives the device file behind `/dev/mapper/…`; throws when there is none
 */
export function resolveStorage(
  realPath: string,
  mounts: readonly Mount[],
  devices: ReadonlyMap<string, DiskCounters>,
  resolveLinks: (path: string) => string = realpathSync,
): ResolvedStorage {
  const mount = findMount(mounts, realPath);
  if (mount === undefined) return unresolved;
  const deviceNumber = devices.has(mount.deviceNumber)
    ? mount.deviceNumber
    : deviceNumberOf(mount, devices, resolveLinks);
  const device = deviceNumber === undefined ? undefined : devices.get(deviceNumber)?.name;
  const { fileSystem, mountPoint } = mount;
  return { storage: { device, fileSystem, kind: kindOf(fileSystem, deviceNumber), mountPoint }, deviceNumber, mount };
}

/** btrfs and its like have a device number of their own; the device file they were mounted from leads to the block device. */
function deviceNumberOf(
  mount: Mount,
  devices: ReadonlyMap<string, DiskCounters>,
  resolveLinks: (path: string) => string,
): string | undefined {
  if (!mount.source.startsWith("/dev/")) return undefined;
  let name: string;
  try {
    name = basename(resolveLinks(mount.source));
  } catch {
    return undefined;
  }
  for (const [deviceNumber, counters] of devices) if (counters.name === name) return deviceNumber;
  return undefined;
}

/** The real path of a directory or, while it does not exist, of its nearest ancestor that does. Never throws. */
export function nearestRealPath(path: string, resolveLinks: (path: string) => string = realpathSync): string {
  for (let candidate = path; ; candidate = dirname(candidate)) {
    try {
      return resolveLinks(candidate);
    } catch {
      if (dirname(candidate) === candidate) return candidate;
    }
  }
}
