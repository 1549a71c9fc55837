// Runs the commands that prepare and judge; what is timed runs in timed-command.mjs.
import { spawn, spawnSync } from "node:child_process";

/** Resolves to the standard output of a command as text; rejects with its error output when it fails or cannot be started. */
export function output(command, words, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
    const pieces = [];
    let complaint = "";
    child.stdout.on("data", (piece) => pieces.push(piece));
    child.stderr.setEncoding("utf8").on("data", (text) => {
      complaint += text;
    });
    child.once("error", reject);
    child.once("close", (status, signal) => {
      if (status === 0) resolve(Buffer.concat(pieces).toString());
      else
        reject(
          new Error(`${[command, ...words].join(" ")} failed: ${complaint.trim() || (signal ?? `status ${status}`)}`),
        );
    });
  });
}

/** Whether a command can be started and exits with status 0. */
export function succeeds(command, words) {
  return spawnSync(command, words, { stdio: "ignore" }).status === 0;
}
