import { nearest } from "./did-you-mean.ts";
import { type Preservable, preservable } from "./inputs.ts";
import type { Rule } from "./rules.ts";

/** The lines that say something, without what a file from Windows adds at the end. */
function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => line.trim() !== "");
}

/** The arguments for rsync, one a line. No option needs blanks around it. */
export const rsyncArguments: Rule<readonly string[]> = (text) => lines(text).map((line) => line.trim());

/** Words separated by commas or newlines, each of them something that rsync can preserve. */
export const preserved: Rule<ReadonlySet<Preservable>> = (text, refuse) => {
  const words = text.split(/[,\n]/).map((word) => word.trim());
  const known = new Set<Preservable>();
  for (const word of words.filter((word) => word !== "")) {
    const found = preservable.find((one) => one === word);
    const meant = nearest(word, preservable);
    if (found !== undefined) known.add(found);
    else
      refuse(
        meant === undefined ? `is not one of ${preservable.join(", ")}` : `is not known: did you mean '${meant}'?`,
        word,
      );
  }
  return known;
};

/**
 * Patterns below source: relative, without a leading `./` or a trailing slash, at most one `!` in front, at least one
 * without. Blanks around a pattern do not count, as in @actions/glob; `[ ]` is a blank that does. `#` starts no comment.
 */
export const projectPatterns: Rule<readonly string[]> = (text, refuse) => {
  const patterns = lines(text).map((line) => {
    const [, sign = "", rest = ""] = /^(!?)\s*(?:\.\/+)*(.*?)\/*$/s.exec(line.trim()) ?? [];
    const segments = rest.split(/\/+/);
    if (rest === "" && /^!?\s*\//.test(line.trim()))
      refuse("is absolute: write a pattern below source, for example *", line);
    else if (rest.startsWith("!")) refuse("starts with more than one !: write one to exclude, none to include", line);
    else if (rest.startsWith("/")) refuse("is absolute: write it relative to source, without the leading slash", line);
    else if (segments.some((segment) => segment === "." || segment === ".."))
      refuse("has a segment . or .., and a project lies below source: name the directories themselves", line);
    else if (rest === "") refuse("names nothing: write a pattern below source, for example *", line);
    return sign + segments.join("/");
  });
  if (patterns.every((pattern) => pattern.startsWith("!")))
    refuse("only excludes, so that nothing would be backed up: add a pattern without !, for example *");
  return patterns;
};

const listClearing = "clears the rules before it, dailysync's own among them: leave it out";

/** rsync exclude patterns exactly as written: a blank can be part of a name. */
export const excludePatterns: Rule<readonly string[]> = (text, refuse) => {
  const patterns = lines(text);
  // As in every rsync exclude list, a lone `!` is no pattern (exclude.c, XFLG_OLD_PREFIXES).
  for (const pattern of patterns.filter((pattern) => pattern === "!")) refuse(listClearing, pattern);
  return patterns;
};

/** How every rule starts (exclude.c, parse_rule_tok): a name or its letter, modifiers, then a blank or `_` and a pattern. */
const ruleStart =
  /^(?:(?:exclude|include|merge|dir-merge|hide|show|protect|risk)(?=[ _,])|[-+.:HSPR])(?:[^ _]*[ _].|[^ _]*C[^ _]*$)/;

/** rsync filter rules exactly as written. rsync has the last word on modifiers; what is no rule at all is refused here. */
export const filterRules: Rule<readonly string[]> = (text, refuse) => {
  const rules = lines(text);
  for (const rule of rules) {
    if (/^(!|clear\b)/.test(rule)) refuse(listClearing, rule);
    else if (!ruleStart.test(rule))
      refuse(
        "is not an rsync filter rule: start it with - (exclude), + (include) or another rule name and a blank",
        rule,
      );
  }
  return rules;
};
