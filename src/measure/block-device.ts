import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { parseDiskCounters } from "./proc.ts";
import { orUndefined } from "./read-file.ts";
import { parseMounts, resolveStorage } from "./storage.ts";

/** A block device, as the kernel knows it. */
export interface BlockDevice {
  /** As in /proc/diskstats: `sda1`, `dm-0`, `cciss/c0d0`. */
  readonly name: string;
  /** `8:1`. */
  readonly deviceNumber: string;
  /** Whether it stands on turning disks, for a partition those of its disk; undefined where that cannot be known. */
  readonly rotational: boolean | undefined;
}

/** How to look at /sys. All but `deviceOf` throw for what is not there. */
export interface DeviceFiles {
  readonly readText: (path: string) => string;
  readonly list: (directory: string) => readonly string[];
  readonly realPath: (path: string) => string;
  /** Number of the device behind the file system that a file lies in; undefined when there is none. */
  readonly deviceOf: (path: string) => string | undefined;
}

const thisMachine: DeviceFiles = {
  readText: (path) => readFileSync(path, "utf8"),
  list: readdirSync,
  realPath: realpathSync,
  deviceOf: (path) =>
    orUndefined(() => {
      const mounts = parseMounts(readFileSync("/proc/self/mountinfo", "utf8"));
      const devices = parseDiskCounters(readFileSync("/proc/diskstats", "utf8"));
      return resolveStorage(realpathSync(path), mounts, devices).deviceNumber;
    }),
};

/** More than anyone stacks; what lies deeper is left out. */
const deepest = 16;

/**
 * A device and those that it is made of, from top to bottom, each once: a partition's disk, what device mapper (LVM,
 * encryption) or md put together (`slaves/`), and the device that holds a loop device's file. Empty when the device is
 * not in /sys. Never throws. Source: kernel documentation ABI/testing/sysfs-block and sysfs-block-device.
 * @param deviceNumber `8:1`, as resolveStorage gives it: btrfs' own number (`0:41`) is no device
 */
export function deviceChain(deviceNumber: string, files: DeviceFiles = thisMachine): BlockDevice[] {
  // Keeps the order in which the devices were first set, while what is known of them is filled in afterwards.
  const found = new Map<string, BlockDevice>();
  const visit = (number: string, depth: number): boolean | undefined => {
    const known = found.get(number);
    if (known !== undefined || depth > deepest) return known?.rotational;
    const directory = orUndefined(() => files.realPath(`/sys/dev/block/${number}`));
    if (directory === undefined) return undefined;
    const device = { name: nameOf(directory), deviceNumber: number, rotational: undefined };
    found.set(number, device);
    const below = devicesBelow(directory, files).map((lower) => visit(lower, depth + 1));
    const rotational = isPartition(directory, files) ? below[0] : claimed(directory, below, files);
    found.set(number, { ...device, rotational });
    return rotational;
  };
  visit(deviceNumber, 1);
  return [...found.values()];
}

/** A file in /sys cannot have a slash in its name; the kernel writes an exclamation mark instead. */
function nameOf(directory: string): string {
  return basename(directory).replaceAll("!", "/");
}

/** Partitions lie in the directory of their disk and have a file with their number. */
function isPartition(directory: string, files: Pick<DeviceFiles, "readText">): boolean {
  return orUndefined(() => files.readText(`${directory}/partition`)) !== undefined;
}

/** Numbers of the devices that one is directly made of. */
function devicesBelow(directory: string, files: DeviceFiles): string[] {
  const read = (path: string) => orUndefined(() => files.readText(join(directory, path)).trim());
  const parts = orUndefined(() => files.list(`${directory}/slaves`)) ?? [];
  const backingFile = read("loop/backing_file");
  const below = isPartition(directory, files)
    ? [read("../dev")]
    : [
        ...parts.map((name) => read(`slaves/${name}/dev`)),
        // The kernel adds " (deleted)" to a file without a name: no such file is found then, and the chain ends here.
        backingFile === undefined ? undefined : orUndefined(() => files.deviceOf(backingFile)),
      ];
  return below.filter((number) => number !== undefined);
}

/** Disks of virtual machines by the vendor and model that they give (SCSI): QEMU, VMware, Hyper-V, VirtualBox, Xen, clouds. */
const virtualDisk = /qemu|vmware|virtual|msft|vbox|xen|google|persistentdisk|oracle|blockvolume/i;

/**
 * What queue/rotational says, as far as it can be believed: 0 is said on purpose, 1 is what the kernel assumes until it is
 * told otherwise. Virtual disks do not tell (drivers/block/virtio_blk.c sets it for all), so theirs means nothing, nor does that
 * of what is built on them.
 */
function claimed(directory: string, below: readonly (boolean | undefined)[], files: DeviceFiles): boolean | undefined {
  const read = (file: string) => orUndefined(() => files.readText(`${directory}/${file}`).trim());
  const text = read("queue/rotational");
  if (text === "0") return false;
  if (text !== "1") return undefined;
  if (below.length > 0) return below.includes(true) ? true : undefined;
  const isVirtual =
    /^vd[a-z]/.test(basename(directory)) ||
    virtualDisk.test(`${read("device/vendor") ?? ""} ${read("device/model") ?? ""}`);
  return isVirtual ? undefined : true;
}
