import { shorten, visible } from "../visible.ts";

/** A longer name is shortened in its middle. */
const longestName = 120;

/**
 * A file or project name for Markdown on GitHub: inside `<code>`, on one line, every character that could mean something as an entity.
 *
 * A backtick span would not do: a pipe ends a table cell even there. An entity is never structure to the Markdown parser
 * (CommonMark §2.5), and GitHub's filters for mentions, issues, commits and emoji leave `<code>` alone.
 */
export function name(text: string): string {
  return `<code>${encode(shorten(visible(text), longestName))}</code>`;
}

/**
 * A sentence that may have names in it, as Markdown that shows exactly its characters, of at most `longest` characters.
 */
export function prose(text: string, longest = 1000): string {
  return (
    encode(shorten(visible(text), longest))
      // `GH-12`, and the prefixes that a repository may have made links of.
      .replace(/(?<=[A-Za-z])-(?=\d)/g, "<span>-</span>")
      // What may be a commit's hash.
      .replace(/\b[0-9a-f](?=[0-9a-f]{6,63}\b)/gi, "<span>$&</span>")
      // What would start a list when it is the first thing on a line.
      .replace(/^-/, "&#45;")
      .replace(/^(\d+)\./, "$1&#46;")
  );
}

/**
 * Every character that Markdown or HTML could read as an entity. Mail addresses, mentions, issues, emoji and mathematics are
 * found after entities are decoded, but only within one piece of text: tags around their marks break them up
 * (for `$` that is GitHub's documented way).
 */
function encode(text: string): string {
  return (
    text
      // All of printable ASCII but letters, digits, blank, dot, slash and hyphen.
      .replace(/[!-,:-@[-`{-~]/g, (character) => {
        const entity = `&#${character.charCodeAt(0)};`;
        return "@#:$".includes(character) ? `<span>${entity}</span>` : entity;
      })
      // `www.` starts a link.
      .replace(/(?<=www)\./gi, "<span>&#46;</span>")
      // HTML shows a row of blanks as one, and none at an end.
      .replace(/^ | $|(?<= ) /g, "&#160;")
  );
}

/** Lines of a program's output as a block that none of them can end. */
export function codeBlock(lines: readonly string[], longestLine = 300): string {
  const shown = lines.map((line) => shorten(visible(line), longestLine));
  const longestFence = Math.max(2, ...shown.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longestFence + 1);
  return [`${fence}text`, ...shown, fence].join("\n");
}

/** A table; the cells must be Markdown already. `right`: the columns of numbers, which are aligned to the right. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number>,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = headings.map((_, column) => (right.has(column) ? "--:" : ":--"));
  return [line(headings), line(rule), ...rows.map(line)].join("\n");
}

/** A part that is folded until it is clicked. The blank lines let Markdown start again inside. */
export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}
