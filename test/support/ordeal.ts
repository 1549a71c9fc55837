import { execFileSync, spawnSync } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "@jest/globals";
import { lockName } from "../../src/own-names.ts";
import type { Report } from "../../src/report/report.ts";
import { type FinishedCommand, flags, runCommand } from "./command-line.ts";
import { heavy, type Place, place } from "./place.ts";
import { settle } from "./side-by-side.ts";
import { snapshot } from "./snapshot.ts";

/** A backup to which something will happen. */
export interface Ordeal extends Place {
  readonly report: string;
  readonly state: string;
  /** TMPDIR of its runs. */
  readonly temporary: string;
  /** The inputs of its runs. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** Names that logs, shells, rsync and terminals take for something else. */
const hostile = [
  "::error::x",
  "new\nline",
  " blank ",
  "-rf",
  "*",
  "ümläut",
  "item >f+++++++++ 7 x",
  "\u001b[31m",
  "\\#012",
];
/** A project that only the destination has: whatever happens, it stays. */
const vanished = "vanished";
/** Projects of which each has a file that is worth an rsync of its own. */
const large = ["alpha", "beta", "gamma", "delta"];

/**
 * Some three hundred files in six projects, with directories, hard links and hostile names, of which four are copied at once.
 *
 * @param older whether the destination has an earlier state of it, with deletions pending
 */
export function ordeal({ older }: { readonly older: boolean }): Ordeal {
  const small = Object.fromEntries(
    [...large, "epsilon"].flatMap((project) =>
      Array.from({ length: 54 }, (_, index): [string, string] => [
        `${project}/${["", "one/", "one/two/"][index % 3]}f${index}`,
        `${project} ${index} `.repeat((index * 53) % 900),
      ]),
    ),
  );
  const where = place({
    ...Object.fromEntries(large.map((project) => [`${project}/film/hole`, heavy])),
    ...small,
    ...Object.fromEntries(
      hostile.flatMap((name) => [[`odd ${name}/${name}/${name}`, name] as const, [name, name] as const]),
    ),
    "epsilon/empty": undefined,
    "epsilon/link": { link: "../alpha/f3" },
  });
  const { root, source, destination } = where;
  writeFileSync(Buffer.from(`${source}/epsilon/caf\xe9`, "latin1"), "not UTF-8");
  linkSync(`${source}/alpha/f0`, `${source}/alpha/one/linked`);
  linkSync(`${source}/alpha/f0`, `${source}/delta/linked`);
  settle(source);
  if (older) {
    execFileSync("rsync", ["-aH", "--exclude=hole", `${source}/`, `${destination}/`]);
    for (const project of large) {
      rmSync(`${destination}/${project}/one/two/f5`);
      writeFileSync(`${destination}/${project}/f6`, "changed at the destination");
      utimesSync(`${destination}/${project}/f6`, 1_400_000_000, 1_400_000_000);
      for (const path of ["old", "gone/deep", vanished])
        mkdirSync(`${destination}/${project}/${path}`, { recursive: true });
      for (const path of ["old/f", "gone/deep/f", "gone/g"]) writeFileSync(`${destination}/${project}/${path}`, "old");
    }
    rmSync(`${destination}/beta/f9`);
    mkdirSync(`${destination}/beta/f9/in the way`, { recursive: true });
    rmSync(`${destination}/epsilon/one/two`, { recursive: true });
    writeFileSync(`${destination}/epsilon/one/two`, "a file in the way");
    writeFileSync(`${destination}/old loose file`, "old");
    mkdirSync(`${destination}/${vanished}`);
    writeFileSync(`${destination}/${vanished}/kept`, "kept");
    settle(destination, 1_450_000_000);
  }
  const [report, state, temporary] = [join(root, "report"), join(root, "state"), join(root, "temporary")];
  mkdirSync(temporary);
  const inputs = {
    ...{ source, destination, delete: "true", "max-delete": "100%", preserve: "hard-links", parallelism: "4" },
    ...{ "report-dir": report, "state-dir": state },
  };
  return { ...where, report, state, temporary, inputs };
}

/** What a run that met a fault must look like. */
export interface Verdict {
  /** Its exit status, or one of several; undefined if a signal was to end it. */
  readonly status: number | readonly number[] | undefined;
  /** `result` in report.json; undefined where there may be none. */
  readonly result: Report["result"] | readonly Report["result"][] | undefined;
  /** What the output must say. */
  readonly words?: RegExp;
  /** False where report-dir and state-dir are part of the fault. */
  readonly keepsRecords?: boolean;
}

/** Names that begin like the run's own directory for temporary files, and what is written before it is renamed. */
const unfinished = /\.tmp$|^dailysync-/;

/** The run met its fault: right exit, right result, right words, no stack trace, no orphan, nothing half-written. */
export async function expectGoodEnd(at: Ordeal, finished: FinishedCommand, verdict: Verdict): Promise<void> {
  const { status, result, words, keepsRecords = true } = verdict;
  const said = `${finished.stdout}\n${finished.stderr}`;
  const orphans = await remaining(at.root);
  const report = keepsRecords ? readIfThere(join(at.report, "report.json")) : undefined;
  const told = { status: finished.status, signal: finished.signal, result: report?.result, said: said.slice(-3000) };

  if (status === undefined) expect(told).toMatchObject({ signal: "SIGKILL" });
  else expect([told, [status].flat()]).toEqual([told, expect.arrayContaining([told.status])]);
  if (result !== undefined) expect([told, [result].flat()]).toEqual([told, expect.arrayContaining([told.result])]);
  if (words !== undefined) expect(said).toMatch(words);
  for (const text of [said, JSON.stringify(report) ?? ""])
    expect(text).not.toMatch(/^\s+at \S|\\n\s+at \S|node:internal|did not expect|Unhandled/m);
  expect(orphans).toEqual([]);
  if (!keepsRecords) return;
  for (const name of namesIn(at.state)) readIfThere(join(at.state, name));
  if (status !== undefined)
    expect([at.report, at.state, at.temporary].flatMap(namesIn).filter((name) => unfinished.test(name))).toEqual([]);
}

/** With the fault gone, the next run makes the destination exact: entry for entry, and one rsync finds nothing left to do. */
export async function expectNextRunExact(at: Ordeal, inputs: Readonly<Record<string, string>> = {}): Promise<void> {
  const next = await runOrdeal(at, inputs);
  expect([next.stdout.slice(-3000), next.stderr, next.status]).toEqual([expect.anything(), "", 0]);
  const { result, notices } = readIfThere(join(at.report, "report.json")) ?? {};
  expect(result).toBe("success");
  expect(notices?.filter((notice) => notice.includes("begins anew"))).toEqual([]);
  await expectExact(at);
}

/** The destination is exact, beside a vanished project and what is the run's own. */
export async function expectExact({ root, source, destination }: Place): Promise<void> {
  const judge = ["-aHin", "--delete", `--exclude=/${lockName}`, "--filter=P /*/", `${source}/`, `${destination}/`];
  const { stdout, stderr } = spawnSync("rsync", judge, { encoding: "latin1" });
  expect(`${stdout}${stderr}`).toBe("");
  const ours = (line: string): boolean => line.startsWith(`"/${vanished}`) || line.startsWith(`"/${lockName}"`);
  expect(snapshot(destination, true).filter((line) => !ours(line))).toEqual(snapshot(source, true));
  expect(await remaining(root)).toEqual([]);
}

/** Runs the command on it. */
export function runOrdeal(
  at: Ordeal,
  inputs: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<FinishedCommand> {
  return runCommand(flags({ ...at.inputs, ...inputs }), { cwd: at.root, env: { TMPDIR: at.temporary, ...env } });
}

/** Processes that have the directory in their arguments, those that end within seconds left out. */
async function remaining(root: string): Promise<readonly string[]> {
  for (let tries = 0; ; tries++) {
    const found = processesOf(root).map(({ pid, command }) => `${pid} ${command.slice(0, 200)}`);
    if (found.length === 0 || tries >= 100) return found;
    await pause(50);
  }
}

/** A process as /proc shows it. */
export interface OrdealProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The living processes that have the directory in their arguments. */
export function processesOf(root: string): readonly OrdealProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        const [state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "latin1"))?.slice(1) ?? [];
        return command.includes(root) && state !== "Z" && state !== "X"
          ? [{ pid: Number(name), parent: Number(parent), command }]
          : [];
      } catch {
        return [];
      }
    });
}

/** The rsyncs that copy: senders, generators and receivers. */
export function copyingRsyncs({ root }: Place): readonly OrdealProcess[] {
  return processesOf(root).filter(
    ({ command }) => /^\S*rsync -lptgoD /.test(command) && !command.includes(" --dry-run "),
  );
}

function readIfThere(path: string): Report | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  return JSON.parse(text) as Report;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
