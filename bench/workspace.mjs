// The directory that everything of one start of the benchmark lies in, and its end, also after Ctrl-C.
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { output } from "./processes.mjs";
import { undoAll } from "./undo.mjs";

let directory;
let ending;

/** Makes the directory below parent and returns its path; it is removed by end(). */
export function makeWorkspace(parent) {
  if (!existsSync(parent))
    throw new Error(`There is no directory ${parent} for the data. Choose another with --directory.`);
  directory = mkdtempSync(join(parent, "dailysync-bench-"));
  for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }))
    process.on(signal, () => {
      if (ending === undefined) console.log(`\n${signal}: ending the commands, unmounting and removing ${directory}`);
      end().then(
        () => process.exit(status),
        (error) => {
          console.error(error.message);
          process.exit(1);
        },
      );
    });
  // Also of a promise that nobody waits for.
  process.on("uncaughtException", (error) => {
    console.error(error);
    end().finally(() => process.exit(1));
  });
  return directory;
}

/** Makes and resolves to a directory of the workspace, empty whether or not it was there before. */
export async function emptyDirectory(...names) {
  await hearSignals();
  const path = join(directory, ...names);
  await remove(path);
  await mkdir(path, { recursive: true });
  return path;
}

/** Removes a file or a directory with all that is in it. rm is several times faster than Node at a million files. */
export async function remove(path) {
  await output("rm", ["-rf", "--", path]);
}

/** To be awaited now and then by who makes many files: lets Ctrl-C be heard, and after the end has begun never resolves. */
export async function hearSignals() {
  await setImmediate();
  if (isEnding()) await new Promise(() => {});
}

/** Whether the end has begun: nothing may be started any more. */
export function isEnding() {
  return ending !== undefined;
}

/** Ends, unmounts and removes everything, once however often it is called. */
export function end() {
  ending ??= (async () => {
    await undoAll();
    if (directory === undefined) return;
    endWhatNamesIt();
    await remove(directory);
  })();
  return ending;
}

/** Kills what still works in the directory, such as an rsync whose parent was killed: the path is ours alone. */
function endWhatNamesIt() {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(directory)) process.kill(Number(entry), "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}
