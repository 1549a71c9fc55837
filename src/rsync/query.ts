import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { type BytePath, fromText, parents } from "../byte-path.ts";
import { messageOf } from "../errors.ts";
import { askProgram, type Launcher } from "../program.ts";
import { filterArguments, itemPrefix, type RsyncSettings } from "./arguments.ts";
import { unescapeName } from "./escaped-name.ts";
import { meaningOf } from "./exit-code.ts";
import { nulSeparated } from "./names.ts";
import { outputReader } from "./output.ts";

/** What a question to rsync needs: the binary, and a directory for the list of names. */
export interface Asking {
  readonly rsync: string;
  readonly launcher: Launcher;
  readonly directory: string;
  /** Ends the question. */
  readonly signal?: AbortSignal;
}

/**
 * Of directories below the source, those that the filters let pass together with all their parents.
 *
 * rsync itself is asked, in one dry run that lists every directory and parent by name: it applies the filters to each
 * listed name, but not to a listed name's parents, so those are listed too.
 *
 * @throws Error when rsync does not answer
 */
export async function passingFilters(
  asking: Asking,
  settings: RsyncSettings,
  directories: readonly BytePath[],
): Promise<ReadonlySet<BytePath>> {
  if (directories.length === 0 || filterArguments(settings).length === 0) return new Set(directories);
  // The source itself, the empty path, is no name that a filter could keep out.
  const named = directories.filter((path) => path !== "");
  const listed = new Set<BytePath>(named);
  for (const directory of named) for (const parent of parents(directory)) listed.add(parent);
  const passing = new Set<BytePath>();
  const args = [
    ...["--dry-run", "-lptgoD", "--dirs", "--no-implied-dirs", "--from0", "--files-from=-"],
    ...["-ii", `--out-format=${itemPrefix}%i %l %n`, ...statisticsToo, ...filterArguments(settings)],
    ...["--", `${settings.source}/`, `${asking.directory}/`],
  ];
  const error = await ask(
    asking,
    args,
    nulSeparated([...listed].map((path) => `./${path}` as BytePath)),
    (path) => passing.add(path),
    // What rsync could not look at was not kept out by a filter: the rsync that copies it has to say what is wrong.
    (line) => {
      const path = /link_stat "(.*)" failed: (?!No such file|Not a directory)/.exec(line)?.[1];
      const prefix = fromText(`${settings.source}/`);
      if (path !== undefined && unescapeName(path).startsWith(prefix))
        passing.add(unescapeName(path).slice(prefix.length) as BytePath);
    },
  );
  if (error !== undefined) throw new Error(`rsync could not say what the filters let pass: ${error}`);
  return new Set(
    directories.filter(
      (path) => path === "" || (passing.has(path) && parents(path).every((parent) => passing.has(parent))),
    ),
  );
}

/**
 * Tries filters and arguments on two empty directories, so that what rsync does not accept is one clear message before
 * the run and not a failure of each rsync in it. A text is rsync's own complaint.
 */
export async function complaintAbout(
  asking: Asking,
  settings: Pick<RsyncSettings, "filter" | "exclude" | "rsyncArgs">,
): Promise<string | undefined> {
  if (settings.filter.length + settings.exclude.length + settings.rsyncArgs.length === 0) return undefined;
  const empty = `${asking.directory}/empty`;
  await mkdir(empty, { recursive: true });
  try {
    const args = [
      "--dry-run",
      "-a",
      ...statisticsToo,
      ...settings.rsyncArgs,
      ...filterArguments(settings),
      "--",
      `${empty}/`,
      `${empty}-destination/`,
    ];
    return await ask(asking, args, Buffer.alloc(0), () => undefined);
  } catch (error) {
    return messageOf(error);
  }
}

/** An rsync that ends without its statistics has not answered, whatever its exit status. */
const statisticsToo = ["--no-human-readable", "--info=stats2"];
/** Characters of the complaints that are read. */
const mostComplaint = 16 * 1024 * 1024;

/** Runs one short rsync; the result is its complaint. 23 and 24 are no complaint: something listed was gone. */
async function ask(
  { rsync, launcher, directory, signal }: Asking,
  args: readonly string[],
  names: Buffer,
  onPath: (path: BytePath) => void,
  onComplaint: (line: string) => void = () => undefined,
): Promise<string | undefined> {
  const input = `${directory}/question-${randomUUID()}`;
  await writeFile(input, names);
  let complaint = "";
  const output = outputReader({ item: ({ path }) => onPath(path) });
  const { exitCode } = await askProgram(
    {
      program: rsync,
      launcher,
      arguments: args,
      input,
      onOutput: output.write,
      onError: (chunk) => {
        if (complaint.length < mostComplaint) complaint += Buffer.from(chunk).toString("latin1");
      },
    },
    signal,
  );
  const answered = output.end() !== undefined;
  for (const line of complaint.split("\n")) onComplaint(line);
  await rm(input, { force: true });
  if (exitCode === 0 || exitCode === 23 || exitCode === 24)
    return answered ? undefined : `it ended with ${exitCode} without its statistics: is that rsync?`;
  return complaint.split("\n")[0] || `${meaningOf(exitCode, answered).words} (exit ${exitCode ?? "by a signal"})`;
}
