// Builds and mounts the benchmark's FUSE file systems: latency-mount.c and its like.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { installed, tryToInstall } from "./packages.mjs";
import { output, succeeds } from "./processes.mjs";
import { Unavailable } from "./unavailable.mjs";
import { undoLater } from "./undo.mjs";
import { isEnding } from "./workspace.mjs";

/**
 * Compiles the code of a mount into a directory and resolves to the path of the program. What it takes to compile is installed
 * from Debian's packages when this runs as root.
 * Rejects with Unavailable, which says what is missing and how to get it.
 */
export async function compile(code, directory) {
  if (!existsSync("/dev/fuse"))
    throw new Unavailable(
      "There is no /dev/fuse, which the benchmark's mounts need. Load the module with `modprobe fuse`, or start the container with `--device /dev/fuse --cap-add SYS_ADMIN`.",
    );
  if (process.getuid?.() !== 0)
    throw new Unavailable("The benchmark's mounts keep owners, which only root can. Run the benchmark as root.");
  if (!installed("cc")) tryToInstall("gcc", "libc6-dev");
  if (!installed("pkg-config")) tryToInstall("pkg-config");
  if (!succeeds("pkg-config", ["--exists", "fuse3 >= 3.12"])) tryToInstall("libfuse3-dev", "fuse3");
  const missing = [
    ...["cc", "pkg-config"].filter((name) => !installed(name)),
    ...(succeeds("pkg-config", ["--exists", "fuse3 >= 3.12"]) ? [] : ["libfuse3-dev 3.12 or later"]),
  ];
  if (missing.length > 0)
    throw new Unavailable(
      `The benchmark's mounts cannot be compiled without ${missing.join(" and ")}. Install them, on Debian with \`apt-get install gcc libc6-dev pkg-config libfuse3-dev fuse3\`.`,
    );
  const program = join(directory, basename(code, ".c"));
  const libraries = (await output("pkg-config", ["--cflags", "--libs", "fuse3"])).trim().split(/\s+/);
  await output("cc", ["-O2", "-Wall", "-o", program, code, ...libraries]);
  return program;
}

/**
 * Starts a program that mounts what words, its arguments, say at mountpoint, and prints something once it has.
 * Resolves then to { unmount }, an async function that unmounts, waits for the program to end and may be called again; rejects
 * with what the program said. Should this process be killed, the program unmounts by itself.
 */
export async function mountWith(program, words, mountpoint) {
  let child;
  let ended;
  const unmount = await undoLater(async () => {
    if (child === undefined) return;
    // The program takes the mount away even if something still has a file open in it.
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  });
  child = spawn(program, words, {
    // Not in the terminal's group: Ctrl-C is for us, who unmount after everything that uses the mount has ended.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  child.once("error", (error) => {
    said += error.message;
  });
  ended = new Promise((resolve) => child.once("close", resolve));
  const ready = await Promise.race([
    new Promise((resolve) => child.stdout.once("data", () => resolve(true))),
    ended.then(() => false),
  ]);
  if (isEnding()) await new Promise(() => {});
  if (!ready) throw new Error(`${mountpoint} could not be mounted: ${said.trim()}`);
  return { unmount };
}
