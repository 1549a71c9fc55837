import { dirname } from "node:path";
import { findMount, type Mount } from "../measure/storage.ts";
import { readMounts } from "../preflight/mounts.ts";
import { askWithDescriptor, findProgram } from "../program.ts";

/** How the kernel answers who asks it for the lock of an open file. */
export type KernelAnswer =
  /** It is ours until the file is closed, and so until this process ends, however it ends. */
  | "locked"
  /** Another open file has it. */
  | "held"
  /** Here it locks nothing, or only against this machine. */
  | "unsupported";

/** Asks the kernel for the lock of an open file. */
export type AskKernel = (descriptor: number, path: string) => Promise<KernelAnswer>;

/**
 * Locks an open file with flock(2), which Node does not have, through the program flock(1). The lock belongs to the open file and not
 * to the process that asked for it, so it outlives that program; no rsync gets the file, since Node opens files close-on-exec.
 *
 * Those of util-linux, busybox and toybox end with 1 and say nothing where another has the lock; with everything else they complain.
 */
export const kernelLock: AskKernel = async (descriptor, path) => {
  const program = findProgram("flock");
  if (program === undefined || keepsLocksToItself(readMounts(), dirname(path))) return "unsupported";
  const { exitCode, complaint } = await askWithDescriptor(program, ["-x", "-n", "3"], descriptor);
  if (exitCode === 0) return "locked";
  return exitCode === 1 && complaint === "" ? "held" : "unsupported";
};

/**
 * Whether a directory's file system is shared with other machines and was mounted so that they do not hear of locks: nfs(5), `local_lock`
 * (which `nolock` sets too); mount.cifs(8), `nobrl`.
 */
export function keepsLocksToItself(mounts: readonly Mount[], realPath: string): boolean {
  const mount = findMount(mounts, realPath);
  const options = mount?.options.split(",") ?? [];
  switch (mount?.fileSystem) {
    case "nfs":
    case "nfs4":
      return options.includes("local_lock=all") || options.includes("local_lock=flock");
    case "cifs":
    case "smb3":
      return options.includes("nobrl");
    default:
      return false;
  }
}
