import { toDisplay } from "../byte-path.ts";
import type { Inputs } from "../inputs/inputs.ts";
import type { Folder } from "../survey/projects.ts";

/**
 * Why nothing may be split, or undefined.
 *
 * A per-directory merge file is not read in directories that rsync is given by name, nor in their parents; and a merge file's
 * rules would be read as NUL-separated, as the names are. And each rsync opens a directory that its owner has closed, for the
 * time that it works below it: where that is one that all of them pass through, there can be only one.
 */
export function whyNotSplit(
  { filter, preserve, rsyncArgs }: Pick<Inputs, "filter" | "preserve" | "rsyncArgs">,
  folders: readonly Folder[],
): string | undefined {
  const merging = filter.find((rule) => /^(?:[:.]|(?:dir-)?merge(?![a-z-]))/.test(rule));
  if (merging !== undefined)
    return `one rsync copies everything: the filter rule ${JSON.stringify(merging)} reads rules from files, which rsync does only when it walks the whole tree itself`;
  const closed = folders.find(({ open }) => !open);
  if (closed !== undefined)
    return `one rsync copies everything: its owner may not write in ${closed.path === "" ? "the source directory" : JSON.stringify(toDisplay(closed.path))}, and several rsyncs would close it before each other`;
  if (preserve.has("hard-links") && rsyncArgs.includes("--ignore-existing"))
    return "one rsync copies everything: with --ignore-existing no later pass could link the names that different rsyncs copied";
  const changing = rsyncArgs.find((argument) => /^--(chmod=|no-p(erms)?$)/.test(argument));
  if (changing !== undefined && process.geteuid?.() !== 0)
    return `one rsync copies everything: with ${changing} the destination's directories may be closed to their owner, and several rsyncs would close them before each other`;
  return undefined;
}
