import { type BytePath, fromText, join, toDisplay } from "../byte-path.ts";
import { pathsKept } from "../paths-kept.ts";
import type { PathList, VerificationReport } from "../report/report.ts";
import type { ComparedFile } from "../rsync/comparison.ts";
import { requestsInFlight, walk } from "../survey/walk.ts";
import { openingError, readingError } from "./reading.ts";

/** What a verification has found so far: a report can be made of it at any moment. */
export interface Findings {
  /** Adds what an rsync found; of what it takes for equal or different it is made sure that both sides could be read. */
  add(files: readonly ComparedFile[], given: number, signal: AbortSignal): Promise<void>;
  /** Adds files that an rsync did not come to. */
  addFailure(files: number, why: string): void;
  /** Adds a path that could not be read. */
  addUnreadable(path: BytePath, why: string): void;
  readonly counts: Pick<
    VerificationReport,
    "files" | "bytes" | "mismatches" | "unreadable" | "changedMeanwhile" | "notThere" | "notCompared"
  >;
  /** Why rsyncs did not come to all of their files, and how many those were. */
  readonly failures: { readonly files: number; readonly first: string | undefined };
}

export function startFindings(source: string, destination: string): Findings {
  const counts = {
    files: 0,
    bytes: 0,
    mismatches: emptyList(),
    unreadable: emptyList(),
    changedMeanwhile: emptyList(),
    notThere: emptyList(),
    notCompared: 0,
  };
  const failures: { files: number; first: string | undefined } = { files: 0, first: undefined };
  const here = (path: BytePath): BytePath => join(fromText(source), path);
  const there = (path: BytePath): BytePath => join(fromText(destination), path);

  /** Why a file that seems to be different cannot be read; rsync does not say that. */
  const whyUnreadable = async (path: BytePath, signal: AbortSignal): Promise<string | undefined> => {
    const atDestination = await readingError(there(path), signal);
    if (atDestination !== undefined) return `${atDestination} at the destination`;
    const atSource = await readingError(here(path), signal);
    return atSource === undefined ? undefined : `${atSource} at the source`;
  };
  const unreadable = (path: BytePath, why: string): void => note(counts.unreadable, `${toDisplay(path)} (${why})`);

  return {
    async add(files, given, signal) {
      counts.notCompared += Math.max(0, given - files.length);
      const countEqual = (file: ComparedFile): void => {
        counts.files++;
        counts.bytes += file.bytes;
      };
      const closed: ComparedFile[] = [];
      for (const file of files) {
        const name = toDisplay(file.path);
        if (file.finding === "changed") note(counts.changedMeanwhile, name);
        else if (file.finding === "absent") note(counts.notThere, name);
        else if (file.finding === "equal" && file.openToAll) countEqual(file);
        else if (file.finding === "equal") closed.push(file);
        else {
          // The first thousand are read once more; the rest is like them.
          const why = counts.mismatches.total < pathsKept ? await whyUnreadable(file.path, signal) : undefined;
          if (why === undefined) note(counts.mismatches, name);
          else unreadable(file.path, why);
        }
      }
      // What neither side can open is the same to rsync.
      const open = async (file: ComparedFile): Promise<void> => {
        const error = await openingError(there(file.path));
        if (error === undefined) countEqual(file);
        else unreadable(file.path, `${error} at the destination`);
      };
      await walk(closed, open, requestsInFlight, signal);
    },
    addFailure(files, why) {
      failures.files += files;
      failures.first ??= why;
    },
    addUnreadable: unreadable,
    counts,
    failures,
  };
}

interface GrowingList extends PathList {
  readonly paths: string[];
  total: number;
}

function emptyList(): GrowingList {
  return { paths: [], total: 0 };
}

function note(list: GrowingList, text: string): void {
  list.total++;
  if (list.paths.length < pathsKept) list.paths.push(text);
}
