/** GitHub's Mermaid shows an error instead of a larger diagram. */
const mostCharacters = 50_000;

/** A Mermaid diagram as a block of its own; undefined if there is none, or if it were too large to be drawn. */
export function diagram(lines: readonly string[]): string | undefined {
  const source = lines.join("\n");
  return lines.length === 0 || source.length > mostCharacters ? undefined : `\`\`\`mermaid\n${source}\n\`\`\``;
}

/** Only what no Mermaid grammar reads as its own: ASCII letters and digits, blank, dot, underscore, hyphen and other scripts' letters. */
export function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9 ._\p{L}\p{M}-]/gu, "_").replace(/-{2,}/g, "-");
}
