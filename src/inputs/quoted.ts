import { type BytePath, toDisplay } from "../byte-path.ts";

const longest = 200;

/**
 * A value for a message: in double quotes, with everything that does not show on a terminal or would change how the
 * rest of the line is shown (controls, direction marks, unusual blanks) as an escape. Cut after 200 characters.
 */
export function quoted(value: string): string {
  const shown = value.length > longest ? `${value.slice(0, longest)}…` : value;
  return JSON.stringify(shown).replace(/(?! )[\p{C}\p{Z}]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Names for a message: the first few and how many more. */
export function someNames(paths: readonly BytePath[], shown = 5): string {
  const names = paths.slice(0, shown).map((path) => quoted(toDisplay(path)));
  return paths.length > shown ? `${names.join(", ")} and ${paths.length - shown} more` : names.join(", ");
}
