import { type BytePath, join } from "../byte-path.ts";
import type { Folder } from "../survey/projects.ts";

/**
 * Filter rules for rsyncs that copy the folders' own entries: what is ours and what the patterns leave alone is neither copied
 * nor deleted, and what is to be kept stays although the source has it no more.
 *
 * One rule an element; written to a file, because names may hold any byte and an argument may not.
 *
 * @param ours names in the destination itself; see ownNames
 * @param kept directories that stay: every one in a folder, a vanished project too, or only these
 * @param mountPoints directories of which what is in them is left alone; an rsync for the whole source needs to be told
 */
export function folderRules(
  folders: readonly Folder[],
  {
    ours,
    kept,
    mountPoints = [],
  }: {
    readonly ours: ReadonlySet<BytePath>;
    readonly kept: "every directory" | readonly BytePath[];
    readonly mountPoints?: readonly BytePath[];
  },
): BytePath[] {
  const leaveAlone = (path: BytePath): BytePath => `- /${escapePattern(path)}` as BytePath;
  return [
    ...[...ours].map(leaveAlone),
    ...mountPoints.map((path) => `- /${escapeAll(path)}/*` as BytePath),
    ...folders.flatMap(({ path, leftAlone }) => [
      ...leftAlone.map((name) => leaveAlone(join(path, name))),
      ...(kept === "every directory" ? [`P /${path === "" ? "" : `${escapeAll(path)}/`}*/` as BytePath] : []),
    ]),
    ...(kept === "every directory" ? [] : kept.map((path) => `P /${escapePattern(path)}/` as BytePath)),
  ];
}

/**
 * Makes every character of a path stand for itself in a rule. rsync takes a backslash for an escape only in a pattern
 * that has a wildcard (manual, "pattern matching rules"), so nothing is escaped in one that has none.
 */
export function escapePattern(path: BytePath): BytePath {
  return (/[*?[]/.test(path) ? escapeAll(path) : path) as BytePath;
}

/** For a path that becomes part of a pattern with a wildcard. */
function escapeAll(path: BytePath): string {
  return path.replace(/[\\*?[]/g, "\\$&");
}
