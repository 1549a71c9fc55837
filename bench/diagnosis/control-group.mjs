// Control groups of version 1, whose limits bind what runs in them.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Unavailable } from "../unavailable.mjs";
import { undoLater } from "../undo.mjs";

const patienceMilliseconds = 10_000;

let made = 0;

/**
 * Makes a group of a controller below our own, with settings by the names of their files; undone, all that runs in it is killed.
 * Resolves to its path.
 */
export async function controlGroup(controller, settings) {
  const path = `${ownGroup(controller)}/dailysync-bench-${process.pid}-${++made}`;
  await undoLater(() => removeGroup(path));
  mkdirSync(path);
  for (const [file, value] of Object.entries(settings)) writeFileSync(`${path}/${file}`, `${value}`);
  return path;
}

/** Words in front of a command that start it in groups. */
export function inGroups(paths) {
  if (paths.length === 0) return [];
  const script = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"';
  return ["sh", "-c", script, "sh", ...paths, "--"];
}

/** Where the hierarchy of a controller is and we are in it. */
function ownGroup(controller) {
  const lines = readFileSync("/proc/self/cgroup", "utf8").split("\n");
  const fields = lines.map((line) => line.split(":")).find(([, names = ""]) => names.split(",").includes(controller));
  const path = `/sys/fs/cgroup/${controller}${fields?.slice(2).join(":").replace(/\/$/, "")}`;
  if (fields === undefined || !existsSync(`${path}/tasks`))
    throw new Unavailable(`there is no controller ${controller} of version 1 in /sys/fs/cgroup`);
  return path;
}

async function removeGroup(path) {
  const deadline = performance.now() + patienceMilliseconds;
  while (existsSync(path)) {
    for (const pid of readFileSync(`${path}/cgroup.procs`, "utf8").split("\n").filter(Boolean)) kill(Number(pid));
    try {
      rmdirSync(path);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(50);
    }
  }
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
