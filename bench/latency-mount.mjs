// Builds and mounts latency-mount.c: a view of a directory that answers every request after a fixed time.
import { fileURLToPath } from "node:url";
import * as fuse from "./fuse-mount.mjs";

const code = fileURLToPath(new URL("latency-mount.c", import.meta.url));

/** Compiles the mount into a directory and resolves to the path of the program; see compile in fuse-mount.mjs. */
export function compile(directory) {
  return fuse.compile(code, directory);
}

/**
 * Mounts root at mountpoint, both existing directories, with a delay of so many microseconds before each answer.
 * Resolves to { unmount }; see mountWith in fuse-mount.mjs.
 */
export function mount(program, root, mountpoint, microseconds) {
  return fuse.mountWith(program, [root, mountpoint, String(microseconds)], mountpoint);
}
