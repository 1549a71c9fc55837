import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setOutput } from "@actions/core";
import { codeOf, messageOf } from "../errors.ts";
import type { PastRun } from "../history/history.ts";
import { makePrivateDirectory, writePrivateFile } from "../private-file.ts";
import { reportHtml } from "./html/page.ts";
import type { OutputName } from "./outputs.ts";
import type { Report } from "./report.ts";

/*
 * Everything here is synchronous: it runs during a cancellation too, seconds before the process is killed, when the thread
 * pool that asynchronous file functions need may be stuck in requests to a dead mount. And nothing here throws: that a
 * report could not be written is a warning and changes nothing about the backup.
 */

/** `path` is undefined when a file could not be written; `warnings` then say why. */
export interface Written {
  readonly path: string | undefined;
  readonly warnings: readonly string[];
}

/** Writes report.json whole or not at all, for this user alone, making the directory. */
export function writeReport(report: Report, directory: string): Written {
  return writeFile("report.json", directory, () => `${JSON.stringify(report, undefined, 2)}\n`);
}

/**
 * Writes report.html in the same way. Where there is none of this run, there is none: one of an earlier run would pass for it.
 *
 * @param past the runs of its source and destination, oldest first, this one among them
 */
export function writeHtml(report: Report, past: () => readonly PastRun[], directory: string): Written {
  const written = writeFile("report.html", directory, () => reportHtml([{ report, past: past() }]));
  if (written.path === undefined) removeFile(join(directory, "report.html"));
  return written;
}

function writeFile(name: string, directory: string, make: () => string): Written {
  const path = join(directory, name);
  let content: string;
  try {
    content = make();
  } catch (error) {
    return { path: undefined, warnings: [`${name} could not be made: ${messageOf(error)}`] };
  }
  try {
    makePrivateDirectory(directory);
    writePrivateFile(path, content);
    return { path, warnings: [] };
  } catch (error) {
    const complaint = `${name} could not be written to ${directory} (${codeOf(error) ?? messageOf(error)}): give report-dir a directory of its own`;
    return { path: undefined, warnings: [complaint] };
  }
}

function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // As unwritable as the warning says.
  }
}

/**
 * Writes the job summary, replacing what this step wrote before (the runner gives each step a file of its own). Outside a
 * workflow there is no such file and nothing to do. Returns warnings.
 */
export function writeSummary(markdown: () => string): readonly string[] {
  // Not core.summary: it throws without the variable and only writes asynchronously.
  const path = process.env["GITHUB_STEP_SUMMARY"];
  if (path === undefined || path === "") return [];
  try {
    writeFileSync(path, markdown());
    return [];
  } catch (error) {
    return [`the job summary could not be written: ${messageOf(error)}`];
  }
}

/** Sets the action's outputs. Outside a workflow there is nothing to do. Returns warnings, one at most. */
export function writeOutputs(outputs: () => Readonly<Partial<Record<OutputName, string>>>): readonly string[] {
  // Without the file, setOutput would print the command of old on standard output.
  if (!process.env["GITHUB_OUTPUT"]) return [];
  try {
    for (const [name, value] of Object.entries(outputs())) setOutput(name, value);
    return [];
  } catch (error) {
    return [`the outputs could not be set: ${messageOf(error)}`];
  }
}
