import { visible } from "./visible.ts";

/**
 * Text as one line of a log that GitHub's runner never reads as a command. The runner takes a line for one that starts with
 * `::name` after any blanks, or that has `##[name]` anywhere (actions/runner, ActionCommand.cs).
 */
export function logLine(text: string): string {
  // No `##[` is left or made: each one is broken after its first character.
  return visible(text)
    .replaceAll("##[", "# #[")
    .replace(/^(\s*):(?=:)/, "$1: ");
}
