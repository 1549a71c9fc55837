// Runs the command of this repository for a case, with or without limits, and reads its report.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { timed } from "../timed-command.mjs";
import { emptyDirectory } from "../workspace.mjs";
import { inGroups } from "./control-group.mjs";

const cli = fileURLToPath(new URL("../../dist/cli.cjs", import.meta.url));
const limitSeconds = 120;

/**
 * Runs dailysync in control groups, with further flags, and resolves to its report, whether or not it could copy everything: a
 * case may be that it cannot. Rejects when there is no report.
 */
export async function runDailysync({ source, destination, flags = [], groups = [], stateDirectory }) {
  const reportDirectory = await emptyDirectory("report");
  const log = join(reportDirectory, "log");
  const directories = ["--source", source, "--destination", destination];
  const own = ["--state-dir", stateDirectory, "--report-dir", reportDirectory];
  const command = [...inGroups(groups), process.execPath, cli, ...directories, ...own, ...flags];
  const { limited, status } = await timed(command, { log, limitSeconds });
  if (limited) throw new Error(`dailysync took longer than ${limitSeconds} s`);
  const report = join(reportDirectory, "report.json");
  if (!existsSync(report)) {
    const lines = (await readFile(log, "utf8")).trim().split("\n");
    throw new Error(`dailysync exited with ${status ?? "a signal"}, without a report: ${lines.slice(-3).join(" / ")}`);
  }
  return JSON.parse(await readFile(report, "utf8"));
}
