// Runs the command of this repository, as a user would, with nothing on its terminal.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { differences } from "./exactness.mjs";
import { timed } from "./timed-command.mjs";
import { emptyDirectory } from "./workspace.mjs";

const cli = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));

/** The median of what is counted for the usual case: the first backup has no history, and every later one has. */
export function usualHistory(start) {
  return start === "cold" ? "fresh" : "warm";
}

/**
 * A series of runs of one kind, that resets its place before each.
 * - place, start: see preparePlace;
 * - deletes: whether it is run with --delete;
 * - parallelism: the input of that name;
 * - history: "fresh" for an empty state directory before every run, "warm" for one that two earlier runs of the same kind filled;
 * - name: one directory name, different for every series of a workload.
 * Resolves to an async function that makes one run and resolves to { seconds, peakBytes, report }, the last as in docs/report.md.
 * It rejects when the run fails or the destination is not what one rsync would have left.
 */
export async function dailysyncSeries({ place, start, deletes, parallelism = "auto", history, name }) {
  const stateNames = ["dailysync", name, "state"];
  const stateDirectory = await emptyDirectory(...stateNames);

  async function run() {
    if (history === "fresh") await emptyDirectory(...stateNames);
    const reportDirectory = await emptyDirectory("dailysync", name, "report");
    await place.reset(start);
    const words = [
      process.execPath,
      cli,
      ...["--source", place.source, "--destination", place.destination],
      ...["--state-dir", stateDirectory, "--report-dir", reportDirectory, "--parallelism", parallelism],
      // No peer waits for the storage either.
      "--no-sync",
      ...(deletes ? ["--delete", "--max-delete", "100%"] : []),
    ];
    const log = join(reportDirectory, "log");
    const { seconds, status, peakBytes } = await timed(words, { log });
    if (status !== 0)
      throw new Error(
        `dailysync exited with ${status ?? "a signal"} and said:\n${await endOf(log)}\n${words.join(" ")}`,
      );
    const lines = await differences(place.behind.source, place.behind.destination);
    if (lines.length > 0)
      throw new Error(
        `dailysync left ${lines.length} differences to the source, the first of them:\n${lines.slice(0, 20).join("\n")}`,
      );
    return { seconds, peakBytes, report: JSON.parse(await readFile(join(reportDirectory, "report.json"), "utf8")) };
  }

  if (history === "warm") for (let earlier = 0; earlier < 2; earlier++) await run();
  return run;
}

async function endOf(file) {
  return (await readFile(file, "utf8")).trim().split("\n").slice(-20).join("\n");
}
