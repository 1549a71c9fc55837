import { type BytePath, toBytes } from "../byte-path.ts";

/** Names, or rules, as `--from0` takes them. */
export function nulSeparated(names: readonly BytePath[]): Buffer {
  return Buffer.concat(names.flatMap((name) => [toBytes(name), Buffer.from([0])]));
}

/** Rules one a line. A newline in a name becomes the wildcard for one character, which it matches. */
export function lines(rules: readonly BytePath[]): Buffer {
  return Buffer.concat(rules.map((rule) => toBytes(`${withoutNewline(rule)}\n` as BytePath)));
}

function withoutNewline(rule: BytePath): string {
  if (!rule.includes("\n")) return rule;
  // With a wildcard in it, a pattern's backslashes become escapes (see escapePattern).
  return (/[*?[]/.test(rule) ? rule : rule.replaceAll("\\", "\\\\")).replaceAll("\n", "?");
}
