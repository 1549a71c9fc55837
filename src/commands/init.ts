import { closeSync, constants, lstatSync, openSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { codeOf, messageOf } from "../errors.ts";
import { end } from "../inputs/directories.ts";
import { quoted } from "../inputs/quoted.ts";
import { entryName } from "../inputs/rules.ts";
import type { Log } from "../log/log.ts";
import { markerName } from "../own-names.ts";
import { version as dailysyncVersion } from "../version.ts";
import type { Command } from "./command.ts";

/** What `dailysync init` needs of the world. */
export interface InitSurroundings {
  readonly log: Pick<Log, "info" | "error">;
  /** Where a relative path starts. */
  readonly cwd: string;
  readonly version: string;
}

/** `dailysync init`: its destination is no flag, so it reads its words itself. */
export const init: Command = {
  flags: { marker: { kind: "text", meaning: `The name of the file; ${markerName} unless given.` } },
  run: (words, { print, log: { error }, cwd }) =>
    markDestination(words, { log: { info: (line) => print(`${line}\n`), error }, cwd, version: dailysyncVersion }),
};

const usage = 'write "dailysync init DESTINATION", with --marker=NAME for a file of another name';

/**
 * `dailysync init DESTINATION [--marker=NAME]`: makes the file by which the input marker knows a destination.
 *
 * @returns the exit status: 0 where the file is there now, 1 where it cannot be made, 2 for wrong words
 */
export function markDestination(args: readonly string[], { log, cwd, version }: InitSurroundings): number {
  const problems: string[] = [];
  const { destination: given, marker: name } = read(args, problems);
  const refuse = (input: string, text: string) => (why: string) => problems.push(`${input} ${quoted(text)} ${why}`);
  const destination = end({ cwd, variables: {} })(given, refuse("destination", given));
  const marker = entryName(name, refuse("marker", name)) ?? markerName;
  for (const problem of problems) log.error(problem);
  if (problems.length > 0) return 2;
  try {
    log.info(mark(destination, marker, version));
    return 0;
  } catch (error) {
    log.error(messageOf(error));
    return 1;
  }
}

function read(args: readonly string[], problems: string[]): { destination: string; marker: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { marker: { type: "string", default: markerName } },
      allowPositionals: true,
    });
    const [destination = "", ...others] = positionals;
    if (destination === "" || others.length > 0)
      problems.push(`init takes one destination, and was given ${positionals.length}: ${usage}`);
    return { destination, marker: values.marker };
  } catch (error) {
    problems.push(`${messageOf(error).split(/[.\n]/)[0]}: ${usage}`);
    return { destination: "", marker: markerName };
  }
}

/**
 * Makes the marker, unless it is there. O_EXCL follows no symbolic link under its name (open(2)).
 *
 * @returns what was done, a sentence
 * @throws with a message for a person
 */
function mark(destination: string, marker: string, version: string): string {
  const path = join(destination, marker);
  try {
    if (!statSync(destination).isDirectory())
      throw new Error(`destination ${quoted(destination)} is not a directory: give the one that receives the projects`);
    // Nothing in it is secret, and whoever finds it should be able to read what it is.
    const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
    try {
      writeFileSync(file, text(version));
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (codeOf(error) === "EEXIST" && lstatSync(path).isFile())
      return `${quoted(path)} is there already, nothing was changed`;
    throw new Error(whyNot(error, destination, path), { cause: error });
  }
  return `made ${quoted(path)}: with marker: ${marker} a run goes to ${quoted(destination)} only while this file is there`;
}

function text(version: string): string {
  return `This directory receives backups of dailysync, which knows it by this file: without it nothing is backed up here.
Do not remove it, and do not copy it to another directory.
Made ${new Date().toISOString().slice(0, 19)}Z by dailysync ${version}.
`;
}

function whyNot(error: unknown, destination: string, path: string): string {
  switch (codeOf(error)) {
    case undefined:
      return messageOf(error);
    case "ENOENT":
      return `destination ${quoted(destination)} does not exist: make the directory, or mount what should be there`;
    case "EEXIST":
      return `${quoted(path)} is there and is no regular file: look what it is, and remove it`;
    case "EACCES":
    case "EPERM":
      return `destination ${quoted(destination)} cannot be written by this user (${process.getuid?.() ?? "?"}): give it the rights, or run as another user`;
    case "EROFS":
      return `destination ${quoted(destination)} is on a read-only file system: mount it writable`;
    default:
      return `${quoted(path)} cannot be made: ${messageOf(error)}`;
  }
}
