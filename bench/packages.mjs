// Installs from Debian's packages what the benchmark needs, as far as it may.
import { spawnSync } from "node:child_process";
import { succeeds } from "./processes.mjs";

let updated = false;

/** Whether a command is on the path. */
export function installed(command) {
  return succeeds("sh", ["-c", 'command -v "$1"', "sh", command]);
}

/** Installs Debian packages if this runs as root where apt-get is. Says so, and leaves it to the caller to look what is there. */
export function tryToInstall(...names) {
  if (process.getuid?.() !== 0 || !installed("apt-get")) return;
  console.log(`Installing ${names.join(" ")} with apt-get`);
  const apt = (...words) =>
    spawnSync("apt-get", words, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  if (!updated) apt("update", "-q");
  updated = true;
  apt("install", "-y", "-q", "--no-install-recommends", ...names);
}
