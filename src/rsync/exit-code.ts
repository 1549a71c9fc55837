/** What an exit status says of the copy, and whether trying again can help. */
export interface Meaning {
  readonly words: string;
  /** `vanished`: source files were gone before they could be read; everything else is there. */
  readonly severity: "ok" | "vanished" | "failure";
  /** `again`: with growing pauses, as often as `retries` says; `once`: a second try may find it gone. */
  readonly retry: "never" | "once" | "again";
}

/**
 * rsync's exit values (manual, "EXIT VALUES", rsync 3.5.0; 15, 16 and 19 from its errcode.h).
 * Which can pass: connections, protocol streams, time-outs and signals. 23 once: a file that was being replaced may be whole
 * the second time, a permission that is missing stays missing.
 */
const meanings: Readonly<Record<number, Meaning>> = {
  0: { words: "complete", severity: "ok", retry: "never" },
  1: failure("wrong usage or syntax of an argument"),
  2: failure("incompatible protocol versions"),
  3: failure("cannot choose input or output files or directories"),
  4: failure("an option or action that is not supported"),
  5: failure("error starting the client-server protocol"),
  6: failure("daemon cannot append to its log file"),
  10: failure("error in socket I/O", "again"),
  11: failure("error in file I/O (is the destination full or read-only?)", "again"),
  12: failure("error in rsync's data stream (did one of its processes die?)", "again"),
  13: failure("errors with program diagnostics"),
  14: failure("error in communication between processes"),
  15: failure("a child process failed"),
  16: failure("a child process was ended by a signal"),
  19: failure("ended by a user signal"),
  20: failure("ended by a signal (interrupt, hang-up or termination)"),
  21: failure("waiting for a child process failed"),
  22: failure("out of memory"),
  23: failure("some files could not be copied", "once"),
  24: { words: "some source files vanished before they could be copied", severity: "vanished", retry: "never" },
  25: failure("stopped at a deletion limit"),
  30: failure("no data for longer than the timeout", "again"),
  35: failure("no connection to the daemon within the timeout", "again"),
  124: failure("the remote command failed"),
  125: failure("the remote command was killed"),
  126: failure("rsync could not be run"),
  127: failure("rsync was not found"),
  255: failure("the connection failed", "again"),
};

/**
 * What an exit code means.
 *
 * @param exitCode undefined: ended by a signal that was not ours
 * @param hasStatistics whether it ended with its statistics, as an rsync that has done its work always does (main.c, client_run)
 */
export function meaningOf(exitCode: number | undefined, hasStatistics: boolean): Meaning {
  if (exitCode === undefined) return failure("killed by a signal", "again");
  const meaning = meanings[exitCode] ?? failure(`exit code ${exitCode}, which rsync's manual does not know`);
  if (meaning.severity === "failure" || hasStatistics) return meaning;
  return failure(`it says that it is done (exit ${exitCode}) without its statistics: is that rsync?`, "once");
}

function failure(words: string, retry: Meaning["retry"] = "never"): Meaning {
  return { words, severity: "failure", retry };
}
