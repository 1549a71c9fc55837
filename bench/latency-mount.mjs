// Builds and mounts latency-mount.c: a view of a directory that answers every request after a fixed time.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed, tryToInstall } from "./packages.mjs";
import { output, succeeds } from "./processes.mjs";
import { beforeTheEnd, isEnding } from "./workspace.mjs";

const code = fileURLToPath(new URL("latency-mount.c", import.meta.url));

/**
 * Compiles the mount into a directory and resolves to the path of the program. What it takes to compile is installed from
 * Debian's packages when this runs as root.
 * Rejects with an Error that says what is missing and how to get it.
 */
export async function compile(directory) {
  if (!existsSync("/dev/fuse"))
    throw new Error(
      "There is no /dev/fuse, which the latency mounts need. Load the module with `modprobe fuse`, or start the container with `--device /dev/fuse --cap-add SYS_ADMIN`.",
    );
  if (process.getuid?.() !== 0)
    throw new Error("The latency mounts keep owners, which only root can. Run the benchmark as root.");
  if (!installed("cc")) tryToInstall("gcc", "libc6-dev");
  if (!installed("pkg-config")) tryToInstall("pkg-config");
  if (!succeeds("pkg-config", ["--exists", "fuse3 >= 3.12"])) tryToInstall("libfuse3-dev", "fuse3");
  const missing = [
    ...["cc", "pkg-config"].filter((name) => !installed(name)),
    ...(succeeds("pkg-config", ["--exists", "fuse3 >= 3.12"]) ? [] : ["libfuse3-dev 3.12 or later"]),
  ];
  if (missing.length > 0)
    throw new Error(
      `The latency mounts cannot be compiled without ${missing.join(" and ")}. Install them, on Debian with \`apt-get install gcc libc6-dev pkg-config libfuse3-dev fuse3\`.`,
    );
  const program = join(directory, "latency-mount");
  const libraries = (await output("pkg-config", ["--cflags", "--libs", "fuse3"])).trim().split(/\s+/);
  await output("cc", ["-O2", "-Wall", "-o", program, code, ...libraries]);
  return program;
}

const unmounts = new Set();

beforeTheEnd(async () => {
  for (const unmount of unmounts) await unmount();
});

/**
 * Mounts root at mountpoint, both existing directories, with a delay of so many microseconds before each answer.
 * Resolves, once it is mounted, to { unmount }, an async function that unmounts, waits for the program to end and may be called
 * again; rejects with what the program said. Should this process be killed, the program unmounts by itself.
 */
export async function mount(program, root, mountpoint, microseconds) {
  // Once the end has begun there is nothing to go on with.
  if (isEnding()) await new Promise(() => {});
  const child = spawn(program, [root, mountpoint, String(microseconds)], {
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
  const ended = new Promise((resolve) => child.once("close", resolve));
  async function unmount() {
    // The program takes the mount away even if something still has a file open in it.
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
    unmounts.delete(unmount);
  }
  unmounts.add(unmount);
  const ready = await Promise.race([
    new Promise((resolve) => child.stdout.once("data", () => resolve(true))),
    ended.then(() => false),
  ]);
  if (isEnding()) await new Promise(() => {});
  if (!ready) throw new Error(`${mountpoint} could not be mounted: ${said.trim()}`);
  return { unmount };
}
