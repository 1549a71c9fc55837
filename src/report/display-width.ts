import { eastAsianWidth } from "get-east-asian-width";
import { shorten } from "./visible.ts";

/** What is drawn over the character before it (Unicode's nonspacing and enclosing marks). */
const overlaid = /[\p{Mn}\p{Me}]/u;

/**
 * Columns that text takes in a terminal; it is on one line, with everything invisible written out (`visible`). East Asian letters and
 * pictures take two, combining marks none (Unicode's report 11). Where terminals disagree, as for an emoji with a skin colour, the
 * most that one of them takes: what is cut to a width never wraps.
 */
export function displayWidth(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII, nearly every text, needs no counting
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += overlaid.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** Text that takes at most so many columns (at least one): what is too wide loses its middle to `…`, as names differ at their ends. */
export function shortenToWidth(text: string, columns: number): string {
  let characters = columns;
  let fitted = shorten(text, characters);
  // By as much as it is too wide at least by half: few rounds.
  for (let width = displayWidth(fitted); width > columns && characters > 1; width = displayWidth(fitted)) {
    characters -= Math.max(1, Math.floor((width - columns) / 2));
    fitted = shorten(text, characters);
  }
  return fitted;
}

/** Text filled with blanks to so many columns, behind it or, aligned right, in front. */
export function pad(text: string, columns: number, alignRight = false): string {
  const blanks = " ".repeat(Math.max(0, columns - displayWidth(text)));
  return alignRight ? blanks + text : text + blanks;
}
