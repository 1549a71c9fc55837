// Makes a fresh clone ready: installs the packages of package-lock.json and rsync where they are missing. Only Node's own
// modules are imported here, since nothing else is there yet. Every script that a person calls first calls this.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const oldestNode = 20;

// What installs rsync, first found first. The commands are shown as they stand to a person who has to run them.
const packageManagers = [
  { name: "apt-get", commands: ["apt-get update", "apt-get install -y --no-install-recommends rsync"] },
  { name: "dnf", commands: ["dnf install -y rsync"] },
  { name: "yum", commands: ["yum install -y rsync"] },
  { name: "apk", commands: ["apk add --no-cache rsync"] },
  { name: "zypper", commands: ["zypper --non-interactive install rsync"] },
  { name: "pacman", commands: ["pacman -Sy --noconfirm --needed rsync"] },
];

/** Does whatever is still to do; ends the process with one sentence if something only a person can do is missing. */
export function prepare() {
  try {
    checkNode();
    installPackages();
    installRsync();
  } catch (thrown) {
    console.error(`error: ${thrown.message}`);
    process.exit(1);
  }
}

function checkNode() {
  if (Number.parseInt(process.versions.node, 10) < oldestNode)
    throw new Error(
      `Node ${oldestNode} or later is needed, this is ${process.version}: see https://nodejs.org/en/download`,
    );
}

function installPackages() {
  if (packagesMatchLock()) return;
  console.error("installing the packages of package-lock.json (npm ci) …");
  // --include=dev: NODE_ENV=production would leave out what builds and tests. --ignore-scripts: no package needs its own.
  const argumentsOfNpm = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const status = npm === undefined ? run("npm", argumentsOfNpm) : run(process.execPath, [npm, ...argumentsOfNpm]);
  if (status !== 0) throw new Error("npm ci failed: see its message above, then try again");
}

/** True if node_modules holds what the lock says, as npm itself wrote down when it installed. */
function packagesMatchLock() {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const same = (path) =>
    installed[path]?.version === locked[path]?.version && installed[path]?.integrity === locked[path]?.integrity;
  const needed = Object.keys(locked).filter((path) => path !== "" && isForThisMachine(locked[path]));
  return needed.every(same) && Object.keys(installed).every(same);
}

/**
 * npm leaves out optional packages of other systems and what only those need. So an optional package has to be there only
 * if it names this system; of those that name a C library Node cannot tell which is ours.
 */
function isForThisMachine({ optional, os, cpu, libc }) {
  if (!optional) return true;
  return libc === undefined && (os?.includes(process.platform) ?? false) && (cpu?.includes(process.arch) ?? false);
}

function installRsync() {
  if (spawnSync("rsync", ["--version"], { stdio: "ignore" }).status === 0) return;
  const manager = packageManagers.find(({ name }) => isOnPath(name));
  if (manager === undefined)
    throw new Error("rsync is missing and no known package manager was found: install rsync, then try again");
  const isRoot = process.getuid?.() === 0;
  const forPerson = manager.commands.map((command) => (isRoot ? command : `sudo ${command}`)).join(" && ");
  console.error(`rsync is missing: ${forPerson} …`);
  for (const command of manager.commands) {
    // DEBIAN_FRONTEND goes through env, since sudo passes nothing on; -n: fail rather than wait for a password.
    const words = [...(isRoot ? [] : ["sudo", "-n"]), "env", "DEBIAN_FRONTEND=noninteractive", ...command.split(" ")];
    const [program, ...rest] = words;
    if (run(program, rest) !== 0) throw new Error(`rsync is missing and could not be installed; run: ${forPerson}`);
  }
}

function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => existsSync(join(directory, program)));
}

/** Runs a program, its output on our standard error so that a script's own output stays clean; returns its exit status. */
function run(program, programArguments) {
  return spawnSync(program, programArguments, { cwd: root, stdio: ["ignore", 2, 2] }).status;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
