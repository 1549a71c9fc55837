import type { validate } from "@actions/languageservice";

type TextDocument = Parameters<typeof validate>[0];

/** A text as editors hand it to a language service: the library that usually makes one is no dependency of ours. */
export function textDocument(uri: string, text: string): TextDocument {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const offsetAt = ({ line, character }: { line: number; character: number }) =>
    Math.min((lineStarts[line] ?? text.length) + character, text.length);
  const lineOf = (line: number) => text.slice(lineStarts[line] ?? text.length, lineStarts[line + 1] ?? text.length);
  const endOf = (line: number) => /\r?\n$/.exec(lineOf(line))?.[0] ?? "";
  return {
    uri,
    languageId: "yaml",
    version: 1,
    lineCount: lineStarts.length,
    getText: (range) => (range === undefined ? text : text.slice(offsetAt(range.start), offsetAt(range.end))),
    offsetAt,
    getEOLCharacters: endOf,
    getLineRange: (line) => ({
      start: { line, character: 0 },
      end: { line, character: lineOf(line).length - endOf(line).length },
    }),
    positionAt: (offset) => {
      const line = lineStarts.findLastIndex((start) => start <= offset);
      return { line, character: offset - (lineStarts[line] ?? 0) };
    },
  };
}
