import { readdir, realpath } from "node:fs/promises";
import { findMount, type Mount } from "../measure/storage.ts";
import type { Place } from "./places.ts";

/** What a source directory is, whatever path leads to it; the same after a restart of the machine. */
export interface SourceIdentity {
  /** Type and device or server of its file system, in words: `ext4 UUID=…`, `nfs4 nas:/export/prod`. */
  readonly fileSystem: string;
  readonly inode: string;
}

/** File systems that are another one each time that they are mounted, whatever they are called. */
const inMemory: ReadonlySet<string> = new Set(["tmpfs", "ramfs"]);

/**
 * What a source is; undefined where the mount table cannot be read. Device numbers of disks follow the order in which they were found,
 * and those of network file systems the order in which they were mounted: so a file system is known by its UUID or by what was mounted.
 */
export async function sourceIdentity(
  { realPath, identity = "" }: Place,
  mounts: readonly Mount[],
): Promise<SourceIdentity | undefined> {
  const [device = "", inode = ""] = identity.split(":");
  const mount = findMount(mounts, realPath);
  return mount === undefined ? undefined : { fileSystem: await nameOf(mount, device), inode };
}

async function nameOf({ fileSystem, source, root }: Mount, device: string): Promise<string> {
  if (inMemory.has(fileSystem)) return `${fileSystem} device ${device}`;
  const named = source.startsWith("/dev/") ? ((await uuidOf(source)) ?? source) : source;
  // The root of each subvolume has the same inode.
  return fileSystem === "btrfs" ? `${fileSystem} ${named} ${root}` : `${fileSystem} ${named}`;
}

/** Links from UUIDs to devices, which udev keeps; not in every container. */
const byUuid = "/dev/disk/by-uuid";

async function uuidOf(device: string): Promise<string | undefined> {
  try {
    const meant = await realpath(device);
    for (const uuid of await readdir(byUuid))
      if ((await realpath(`${byUuid}/${uuid}`)) === meant) return `UUID=${uuid}`;
  } catch {
    // No udev, or a device that is not there under that name.
  }
  return undefined;
}
