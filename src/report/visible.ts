/*
 * What must not reach a terminal, a log or a page as it stands: control characters, what changes the direction of text, blanks
 * that do not look like one, halves of surrogate pairs, and characters that nobody sees (comparisons that ignore them
 * would find `::` in what looks like something else).
 */
const hidden = /(?![ \u3000])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

const shorthands = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** Text on one line with everything invisible written out: `\n`, `\x1b`, `\u202e`. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return shorthands.get(character) ?? `\\x${code.toString(16).padStart(2, "0")}`;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** Text of at most `longest` characters: what is too long loses its middle to `…`, as names differ at their ends. */
export function shorten(text: string, longest: number): string {
  // Two code units a character at most; nothing to count below that.
  if (text.length <= longest) return text;
  const characters = [...text];
  if (characters.length <= longest) return text;
  const kept = Math.max(0, longest - 1);
  const head = Math.ceil(kept / 2);
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - (kept - head)).join("")}`;
}
