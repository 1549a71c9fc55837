/**
 * Why rules allow no split, or undefined. A per-directory merge file is not read in directories that rsync is given by
 * name, nor in their parents; and a merge file's rules would be read as NUL-separated, as the names are. So under such rules
 * one rsync copies everything.
 */
export function whyNotSplit(filter: readonly string[]): string | undefined {
  const merging = filter.find((rule) => /^(?:[:.]|(?:dir-)?merge\b)/.test(rule));
  return merging === undefined
    ? undefined
    : `one rsync copies everything: the filter rule ${JSON.stringify(merging)} reads rules from files, which rsync does only when it walks the whole tree itself`;
}
