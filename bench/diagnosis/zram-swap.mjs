// Swap space that is safe to take away again: a part of the memory that the kernel compresses (zram).
//
// Not a file on a slow disk of ours: once there is any swap space the kernel may put everything there that was not used for a
// while, what serves that disk included, and then all wait for each other.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { installed } from "../packages.mjs";
import { output } from "../processes.mjs";
import { Unavailable } from "../unavailable.mjs";
import { undoLater } from "../undo.mjs";

const control = "/sys/class/zram-control";

/** Swaps to so many bytes of compressed memory; undone, they are gone. Resolves to { number } of the device, as in 253:1. */
export async function swapToZram(bytes) {
  if (!existsSync(control)) throw new Unavailable("this kernel has no zram to swap to");
  if (!["mkswap", "swapon", "swapoff"].every(installed)) throw new Unavailable("there is no swapon");
  // Reading makes a device, and tells which.
  const index = readFileSync(`${control}/hot_add`, "utf8").trim();
  const device = `/dev/zram${index}`;
  await undoLater(async () => writeFileSync(`${control}/hot_remove`, index));
  writeFileSync(`/sys/class/block/zram${index}/disksize`, String(bytes));
  for (let tries = 0; !existsSync(device) && tries < 50; tries++) await pause(20);
  await output("mkswap", [device]);
  await undoLater(async () => {
    if (readFileSync("/proc/swaps", "utf8").includes(`${device} `)) await output("swapoff", [device]);
  });
  // Before any other, which would not be slow.
  await output("swapon", ["--priority", "32767", device]);
  return { number: readFileSync(`/sys/class/block/zram${index}/dev`, "utf8").trim() };
}
