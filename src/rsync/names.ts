import { type BytePath, toBytes } from "../byte-path.ts";

/** Names, or rules, as `--from0` takes them. */
export function nulSeparated(names: readonly BytePath[]): Buffer {
  return Buffer.concat(names.flatMap((name) => [toBytes(name), Buffer.from([0])]));
}

/**
 * Rules one a line. A newline or a carriage return, which would end the rule (exclude.c, parse_filter_file), becomes the
 * class of all characters that no other one is in.
 */
export function lines(rules: readonly BytePath[]): Buffer {
  return Buffer.concat(rules.map((rule) => toBytes(`${onOneLine(rule)}\n` as BytePath)));
}

function onOneLine(rule: BytePath): string {
  if (!/[\n\r]/.test(rule)) return rule;
  // With a wildcard in it, a pattern's backslashes become escapes (see escapePattern).
  return (/[*?[]/.test(rule) ? rule : rule.replaceAll("\\", "\\\\"))
    .replaceAll("\n", "[!\x01-\x09\x0b-\xff]")
    .replaceAll("\r", "[!\x01-\x0c\x0e-\xff]");
}
