import { type BytePath, fromText } from "../byte-path.ts";
import { unescapeName } from "./escaped-name.ts";

/** What an rsync wrote to its error output, condensed as it comes: there may be a line for each of millions of files. */
export interface Messages {
  /** The first lines, as rsync printed them. */
  readonly lines: readonly string[];
  readonly total: number;
  /** How many told of a source entry that was gone. */
  readonly vanished: number;
  /** Whether nothing else was complained of. */
  readonly onlyVanished: boolean;
  /** The projects that the complaints name; undefined where one names none of them. */
  readonly projects: ReadonlySet<BytePath> | undefined;
}

export interface MessagesReader {
  write(chunk: Uint8Array): void;
  end(): Messages;
}

const linesKept = 20;
/** Two paths of the longest kind, escaped, and words; what is longer is no message of rsync's. */
const longestLine = 64 * 1024;

/**
 * Reads rsync's error output.
 *
 * @param roots source and destination, so that a complaint's path can be told from its words
 * @param projectOf the project that a path below a root belongs to
 */
export function messagesReader(
  roots: readonly string[],
  projectOf: (path: BytePath) => BytePath | undefined,
): MessagesReader {
  const prefixes = roots.map((root) => fromText(root.endsWith("/") ? root : `${root}/`));
  const lines: string[] = [];
  const projects = new Set<BytePath>();
  let total = 0;
  let vanished = 0;
  let others = 0;
  let unattributed = false;
  let rest = "";

  const read = (line: string): void => {
    // The last line repeats the exit code in words.
    if (line === "" || /^rsync (error|warning): /.test(line)) return;
    total++;
    if (lines.length < linesKept) lines.push(line);
    if (isVanished(line)) vanished++;
    else others++;
    const project = complaintPaths(line, prefixes)
      .map(({ path, isCertain }) => {
        const found = projectOf(path);
        // Words that are no path lie in no project, and so would look like loose files.
        return found === "" && !isCertain ? undefined : found;
      })
      .find((found) => found !== undefined);
    if (project === undefined) unattributed = true;
    else projects.add(project);
  };
  return {
    write(chunk) {
      const all = (rest + Buffer.from(chunk).toString("latin1")).split("\n");
      rest = (all.pop() ?? "").slice(0, longestLine);
      for (const line of all) read(line);
    },
    end() {
      read(rest);
      rest = "";
      return {
        lines,
        total,
        vanished,
        onlyVanished: vanished > 0 && others === 0,
        projects: total === 0 || unattributed ? undefined : projects,
      };
    },
  };
}

/** A file gone before it was read (sender.c, flist.c), or a listed name that is not there any more (flist.c, link_stat). */
function isVanished(line: string): boolean {
  return (
    /^(file|directory) has vanished: /.test(line) ||
    /^rsync: (\[sender\] )?link_stat ".*" failed: (No such file or directory \(2\)|Not a directory \(20\))/.test(line)
  );
}

/** Paths below the roots that a line may be about: rsync quotes most of them, and ends other lines with one. */
function complaintPaths(
  line: string,
  prefixes: readonly string[],
): { readonly path: BytePath; readonly isCertain: boolean }[] {
  const quoted = /"(.*)"/.exec(line)?.[1];
  const last = /: ([^:]+(?::.*)?)$/.exec(line)?.[1];
  return [quoted, last]
    .filter((candidate) => candidate !== undefined)
    .map((candidate) => {
      const path = unescapeName(candidate);
      const prefix = prefixes.find((root) => path.startsWith(root));
      const below = prefix === undefined ? path.replace(/^\.\//, "") : path.slice(prefix.length);
      return { path: below as BytePath, isCertain: prefix !== undefined };
    });
}
