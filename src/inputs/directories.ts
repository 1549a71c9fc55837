import { isAbsolute, join, resolve } from "node:path";
import type { Rule } from "./rules.ts";

/** What the meaning of a path depends on. */
export interface Environment {
  /** The working directory, absolute: where relative paths start. */
  readonly cwd: string;
  /** Of these, HOME, RUNNER_TEMP and XDG_STATE_HOME count. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * A directory as an absolute path without a trailing slash; `fallback` if the text is empty.
 *
 * `..` is resolved by text, as a shell's `cd` does. Blanks belong to the name; only the newline that ends a YAML block
 * does not.
 */
export function directory(environment: Environment, fallback = environment.cwd): Rule<string> {
  return (text, refuse) => {
    const path = text.replace(/\r?\n$/, "");
    if (path === "") return fallback;
    if (/^~(\/|$)/.test(path))
      refuse("starts with ~, which only a shell expands: write the whole path, for example /home/me/data");
    return resolve(environment.cwd, path);
  };
}

/** The source or the destination: a directory of this machine and not the root of everything. */
export function end(environment: Environment): Rule<string> {
  return (text, refuse) => {
    // rsync's own rule for telling a remote address from a path: a colon before the first slash.
    if (/^[^/]*:/.test(text))
      refuse(
        "looks like an address of another machine, and dailysync copies between directories of this one: mount it and " +
          "name the mount point, or write ./ in front if it is a local path with a colon",
      );
    const path = directory(environment)(text, refuse);
    // What is missing is refused as missing; the working directory stands in for it, which may be the root.
    if (path === "/" && text.trim() !== "")
      refuse("is the root directory, which every other directory lies in: name a directory below it");
    return path;
  };
}

/** A directory that is absolute or begins at the destination; undefined if the text is empty. */
export function belowDestination(destination: string): Rule<string | undefined> {
  return (text, refuse) =>
    text.trim() === "" ? undefined : directory({ cwd: destination, variables: {} })(text, refuse);
}

/** A file that node_exporter's textfile collector reads, absolute; undefined if the text is empty. */
export function metricsFile(environment: Environment): Rule<string | undefined> {
  return (text, refuse) => {
    if (text.trim() === "") return undefined;
    const path = directory(environment)(text, refuse);
    // Its textfile collector parses the files that match *.prom (README of node_exporter).
    if (/[^/]\.prom$/.test(path)) return path;
    refuse(
      "does not end in .prom, and node_exporter reads no other files: write for example /var/lib/node_exporter/backup.prom",
    );
    return undefined;
  };
}

/** Where reports go unless `report-dir` says so: below the runner's directory for temporary files, or here. */
export function defaultReportDir({ cwd, variables }: Environment): string {
  const temporary = absolute(variables["RUNNER_TEMP"]);
  return temporary === undefined ? join(cwd, ".dailysync") : join(temporary, "dailysync");
}

/**
 * Where history goes unless `state-dir` says so: the XDG base directory specification's place for state (which ignores
 * relative values), or below the report directory for an account without a home.
 */
export function defaultStateDir({ variables }: Environment, reportDir: string): string {
  const state = absolute(variables["XDG_STATE_HOME"]);
  if (state !== undefined) return join(state, "dailysync");
  const home = absolute(variables["HOME"]);
  if (home !== undefined) return join(home, ".local", "state", "dailysync");
  return join(reportDir, "state");
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
