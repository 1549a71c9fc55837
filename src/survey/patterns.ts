import { Minimatch } from "minimatch";
import { type BytePath, toBytes } from "../byte-path.ts";

/** The `projects` patterns, compiled: the rules of @actions/glob for names that it cannot be asked about. */
export interface Patterns {
  /** Whether a path below the root is matched: the last pattern that fits decides. */
  matches(path: BytePath): boolean;
  /** Whether something below a directory could be matched. */
  mayMatchBelow(directory: BytePath): boolean;
  /** Patterns without `!` that nothing fitted, and nothing inside these projects, which are not looked through, can fit. */
  unmatched(projects: readonly BytePath[]): readonly string[];
  /** Exclusions (with their `!`) that never took anything away from what the other patterns matched. */
  unusedExclusions(): readonly string[];
}

/** The options that @actions/glob 0.7 gives to minimatch on Linux (internal-pattern.ts), so that both agree. */
const options = { dot: true, nobrace: true, nocase: false, nocomment: true, noext: true, nonegate: true } as const;

/**
 * Compiles patterns such as `team-*` or `!tmp`, relative to the root, without leading or trailing slash.
 *
 * @actions/glob reads names as text, so a name that is not UTF-8 reaches it mangled and is dropped; and it walks a tree,
 * so it cannot say whether a name that only the destination has would be matched. Both are answered here.
 */
export function compilePatterns(patterns: readonly string[]): Patterns {
  const compiled = patterns.map((pattern) => {
    const negated = pattern.startsWith("!");
    return { pattern, negated, matcher: new Minimatch(negated ? pattern.slice(1) : pattern, options), used: false };
  });

  return {
    matches(path) {
      const text = asText(path);
      // With a slash behind the path a last "**" fits the directory itself, as in @actions/glob (internal-pattern.ts, match).
      let matched = false;
      for (const one of compiled) {
        if (one.negated && !matched) continue;
        if (!one.matcher.match(one.pattern.endsWith("/**") ? `${text}/` : text)) continue;
        matched = !one.negated;
        one.used = true;
      }
      return matched;
    },
    mayMatchBelow: (directory) =>
      compiled.some(({ negated, matcher }) => !negated && fitsBelow(matcher, asText(directory))),
    unmatched: (projects) =>
      compiled
        .filter(({ negated, used }) => !negated && !used)
        .filter(({ matcher }) => !projects.some((project) => fitsBelow(matcher, asText(project))))
        .map(({ pattern }) => pattern),
    unusedExclusions: () => compiled.filter(({ negated, used }) => negated && !used).map(({ pattern }) => pattern),
  };
}

/** Whether a pattern could fit something below a directory. */
function fitsBelow(matcher: Minimatch, directory: string): boolean {
  const depth = directory.split("/").length;
  return matcher.set.some((set) => set.length > depth || set.some(isGlobstar)) && matcher.match(directory, true);
}

/** Whether an element of a compiled pattern is `**`, which minimatch marks with a symbol. */
function isGlobstar(element: unknown): boolean {
  return typeof element === "symbol";
}

/** Names that are not UTF-8 are matched with U+FFFD for what is not valid: `*` and `?` fit it, a literal does not. */
function asText(path: BytePath): string {
  return toBytes(path).toString("utf8");
}
