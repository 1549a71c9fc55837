// Runs one command and takes the time from its start to its exit.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { undoLater } from "./undo.mjs";
import { isEnding } from "./workspace.mjs";

const memoryPollMilliseconds = 50;

/** The environment without what would make a command believe that it runs in a workflow. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(GITHUB_|RUNNER_|INPUT_|CI$|npm_)/.test(name)),
);

/**
 * Runs a command with both outputs in the file named log, and resolves to
 * - seconds: wall time from start to exit, or the limit if it was ended for taking longer;
 * - limited: whether it was;
 * - status: exit status, undefined when a signal ended it;
 * - peakBytes: the most memory that the process itself had (VmHWM, without its children), looked at every 50 ms; undefined for
 *   one that ended before the first look.
 * Rejects when it cannot be started.
 */
export async function timed([command, ...words], { log, limitSeconds = Number.POSITIVE_INFINITY } = {}) {
  let child;
  const endNow = await undoLater(async () => {
    if (child !== undefined) await endGroup(child);
  });
  const out = openSync(log, "w");
  const started = performance.now();
  // A group of its own, so that all its processes can be ended together, and Ctrl-C reaches us first.
  child = spawn(command, words, { detached: true, stdio: ["ignore", out, out], env: environment });
  closeSync(out);
  let peakBytes;
  let limited = false;
  const poll = setInterval(() => {
    peakBytes = highWaterMark(child.pid) ?? peakBytes;
    if ((performance.now() - started) / 1000 > limitSeconds && !limited) {
      limited = true;
      void endGroup(child);
    }
  }, memoryPollMilliseconds);
  try {
    const { status, seconds } = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) =>
        resolve({ status: code ?? undefined, seconds: (performance.now() - started) / 1000 }),
      );
    });
    if (isEnding()) await new Promise(() => {});
    return { seconds: limited ? limitSeconds : seconds, limited, status, peakBytes };
  } finally {
    clearInterval(poll);
    // What it has left running, too.
    await endNow();
  }
}

/** Asks a group to end, so that dailysync ends its rsyncs, and kills what is left after a while. */
async function endGroup(child) {
  if (await ended(child.pid, "SIGTERM", 10)) return;
  await ended(child.pid, "SIGKILL", 2);
}

/** Sends a group a signal; resolves to whether all its processes ended within so many seconds. */
async function ended(group, signal, seconds) {
  const deadline = performance.now() + seconds * 1000;
  if (!signalled(group, signal)) return true;
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (!signalled(group, 0)) return true;
  }
  return false;
}

function signalled(group, signal) {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

function highWaterMark(pid) {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
