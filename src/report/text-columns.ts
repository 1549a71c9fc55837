import { displayWidth, pad, shortenToWidth } from "./display-width.ts";
import { visible } from "./visible.ts";

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
        return pad(shortenToWidth(cell, room), room, used[index]?.alignRight);
      })
      .join(gap)
      .trimEnd(),
  );
}
