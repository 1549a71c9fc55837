// Disks that are files: images, the loop devices above them, and what slows those down.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { compile, mountWith } from "../fuse-mount.mjs";
import { installed } from "../packages.mjs";
import { output } from "../processes.mjs";
import { checkRoom } from "../room.mjs";
import { Unavailable } from "../unavailable.mjs";
import { undoLater } from "../undo.mjs";
import { emptyDirectory } from "../workspace.mjs";
import { setKernel } from "./kernel-setting.mjs";

const code = fileURLToPath(new URL("slow-disk.c", import.meta.url));
const writtenBehindBytes = 16 * 1024 * 1024;
const throttledWrites = "/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device";

/** Makes an image with an ext4 file system; with sparse it takes memory only for what is written to it. */
export async function makeImage(path, bytes, { sparse = false } = {}) {
  if (!installed("mkfs.ext4")) throw new Unavailable("there is no mkfs.ext4; it is in the package e2fsprogs");
  if (!sparse) await checkRoom(dirname(path), bytes, 1);
  // All memory from the beginning: what is allocated later would be accounted to the group of whoever writes to the disk.
  await output(sparse ? "truncate" : "fallocate", [sparse ? "--size" : "--length", String(bytes), path]);
  await output("mkfs.ext4", ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", path]);
}

/** Attaches a loop device to a file; undone, it is detached. Resolves to { path, name, number }, as in /dev/loop0, loop0 and 7:0. */
export async function attach(file) {
  await undoLater(async () => {
    const devices = await output("losetup", ["--noheadings", "--output", "NAME", "--associated", file]);
    for (const device of devices.split("\n").filter(Boolean)) await output("losetup", ["--detach", device.trim()]);
  });
  if (!existsSync("/dev/loop-control")) throw new Unavailable("this kernel has no loop devices");
  // Direct, so that no memory between the device and the file makes it faster than it is.
  const path = (await output("losetup", ["--find", "--show", "--direct-io=on", file])).trim();
  const name = basename(path);
  return { path, name, number: readFileSync(`/sys/class/block/${name}/dev`, "utf8").trim() };
}

/** Mounts a device; undone, it is unmounted. */
export async function mountDisk({ path }, mountpoint, ...options) {
  await undoLater(() => unmount(mountpoint));
  await output("mount", ["-t", "ext4", "-o", ["noatime", ...options].join(","), path, mountpoint]);
}

/**
 * Resolves to the path of a view of an image, the only one in its directory, that is as slow as slow-disk.c makes it; undone, it
 * is unmounted.
 */
export async function slowDisk(image, { bytesPerSecond, seekMicroseconds = 0, streams = 1 }) {
  const name = `slow-${basename(dirname(image))}`;
  const program = await compile(code, await emptyDirectory("case", name, "program"));
  const mountpoint = await emptyDirectory("case", name, "mount");
  await mountWith(program, [image, mountpoint, bytesPerSecond, seekMicroseconds, streams].map(String), mountpoint);
  return `${mountpoint}/disk`;
}

/** Lets little wait in memory to be written to a device, so that who writes more than it takes has to wait. */
export async function writeBehindLittle({ number }) {
  await setKernel(`/sys/class/bdi/${number}/strict_limit`, 1, 0);
  // Both are one setting by two names, a share of all memory, which is 100 % usually.
  await setKernel(`/sys/class/bdi/${number}/max_ratio`, 100, 100);
  writeFileSync(`/sys/class/bdi/${number}/max_bytes`, String(writtenBehindBytes));
}

/** Lets the kernel read no further ahead than it does of most disks: it has chosen more for the loop device. */
export async function readAheadLittle({ name }) {
  const file = `/sys/class/block/${name}/queue/read_ahead_kb`;
  await setKernel(file, 128, readFileSync(file, "utf8").trim());
}

/** Limits how fast the kernel writes to a device what waits in memory, whoever wrote it. */
export async function throttleWriteback({ number }, bytesPerSecond) {
  await setKernel(throttledWrites, `${number} ${bytesPerSecond}`, `${number} 0`);
}

async function unmount(mountpoint) {
  for (let tries = 0; isMounted(mountpoint); tries++)
    try {
      // An rsync that is being killed may still have a file open.
      await output("umount", tries < 50 ? [mountpoint] : ["--lazy", mountpoint]);
    } catch (error) {
      if (tries > 50) throw error;
      await pause(100);
    }
}

function isMounted(mountpoint) {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return mounts.some((line) => line.split(" ")[4] === mountpoint);
}
