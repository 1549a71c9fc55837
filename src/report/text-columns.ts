import { shorten, visible } from "./visible.ts";

/** A column of a table in plain text. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  readonly alignRight?: boolean;
  /** The column is left out of a narrower table. */
  readonly dropBelow?: number;
}

const gap = "  ";
const narrowestName = 12;

/**
 * Rows as aligned lines with a heading line first; none is longer than `width` unless the other columns leave the first, the
 * names, less than 12 characters. Cells are on one line each, with everything invisible written out.
 */
export function columns<Row>(all: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const used = all.filter(({ dropBelow = 0 }) => width >= dropBelow);
  const cells = rows.map((row) => used.map((column) => visible(column.cell(row))));
  const headings = used.map(({ heading }) => heading);
  const widths = used.map((_, index) =>
    Math.max(...[headings, ...cells].map((line) => displayWidth(line[index] ?? ""))),
  );
  const others = widths.slice(1).reduce((sum, columnWidth) => sum + columnWidth + gap.length, 0);
  const names = Math.max(narrowestName, Math.min(widths[0] ?? 0, width - others));
  return [headings, ...cells].map((line) =>
    line
      .map((cell, index) => {
        const room = index === 0 ? names : (widths[index] ?? 0);
        const fitted = narrow(cell, room);
        const padding = " ".repeat(Math.max(0, room - displayWidth(fitted)));
        return used[index]?.alignRight ? padding + fitted : fitted + padding;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** Shortens until it is no wider than there is room. */
function narrow(cell: string, room: number): string {
  let characters = room;
  let fitted = shorten(cell, characters);
  while (displayWidth(fitted) > room && characters > 1) {
    characters -= 1;
    fitted = shorten(cell, characters);
  }
  return fitted;
}

/** East Asian letters and pictures take two columns of a terminal, combining marks none (Unicode's report 11, roughly). */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

function displayWidth(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII, nearly every cell, needs no counting
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}
