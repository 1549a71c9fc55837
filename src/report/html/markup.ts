import { shorten, visible } from "../visible.ts";

/** HTML that is ready to stand in a page. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * HTML from a template. What is put in is text and shows exactly its characters, unless it is Markup already; undefined is nothing. So
 * no name can become a tag by being forgotten.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, index) => `${text}${written(parts[index - 1])}${string}`));
}

function written(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(written).join("");
  return String(part).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** A name or a sentence from outside, as one line of text: what is invisible written out, its middle left out where it is too long. */
export function line(text: string, longest = 1000): string {
  return shorten(visible(text), longest);
}

/** A name of a file or directory; isolated, so that letters that run from right to left do not reorder what stands beside it. */
export function name(text: string): Markup {
  return html`<bdi><code>${line(text, 300)}</code></bdi>`;
}

/** A part that is folded until it is opened. */
export function folded(title: string, body: Part): Markup {
  return html`<details><summary>${title}</summary>${body}</details>`;
}

/** A list; undefined where there is nothing in it. */
export function list(items: readonly Part[]): Markup | undefined {
  return items.length === 0 ? undefined : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** A table with its caption; `right`: the columns of numbers. The first cell of a row names it. */
export function table(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly Part[])[],
  right: ReadonlySet<number> = new Set(),
): Markup {
  const kind = (column: number) => (right.has(column) ? html` class="number"` : undefined);
  const cell = (part: Part, column: number) =>
    column === 0 ? html`<th scope="row">${part}</th>` : html`<td${kind(column)}>${part}</td>`;
  // A row of its own for scrolling: a wide table must not widen a narrow page. Focusable, so that keys can scroll it.
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${headings.map((heading, column) => html`<th scope="col"${kind(column)}>${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table></div>`;
}
