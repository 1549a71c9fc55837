// Where a workload copies from and to, and how both are brought into the same state before every timed command.
import { mount } from "./latency-mount.mjs";
import { output } from "./processes.mjs";
import { emptyDirectory } from "./workspace.mjs";

/**
 * Prepares the place for a data set; with mountProgram (see compile in latency-mount.mjs) both sides are behind mounts that answer
 * after so many microseconds. Resolves to
 * - source, destination: the paths that commands are given;
 * - behind: { source, destination }, the directories behind the mounts, or the same two without;
 * - reset(start): an async function that brings the destination into the state a workload starts from: "cold" for an empty
 *   directory, "unchanged" for a complete copy, "changed" for a copy of the earlier source; the mounts are new after it, so that
 *   the kernel remembers nothing of them. What is behind them is in memory already where that is a tmpfs;
 * - close(): an async function that unmounts.
 */
export async function preparePlace(data, mountProgram, microseconds) {
  const destinationSide = await emptyDirectory("destination");
  const behind = { source: data.source, destination: `${destinationSide}/backup` };
  const mountpoints = mountProgram && {
    source: await emptyDirectory("mount", "source"),
    destination: await emptyDirectory("mount", "destination"),
  };
  let mounted = [];

  async function close() {
    for (const { unmount } of mounted) await unmount();
    mounted = [];
  }

  async function reset(start) {
    await close();
    if (start === "cold") await emptyDirectory("destination", "backup");
    else {
      const state = start === "changed" ? data.earlier : data.source;
      await output("rsync", ["-a", "--delete", `${state}/`, `${behind.destination}/`]);
    }
    if (mountpoints === undefined) return;
    mounted.push(await mount(mountProgram, behind.source, mountpoints.source, microseconds));
    mounted.push(await mount(mountProgram, destinationSide, mountpoints.destination, microseconds));
  }

  return {
    source: mountpoints?.source ?? behind.source,
    destination: mountpoints === undefined ? behind.destination : `${mountpoints.destination}/backup`,
    behind,
    reset,
    close,
  };
}
