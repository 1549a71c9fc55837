import { nearest } from "./did-you-mean.ts";
import { quoted } from "./quoted.ts";
import {
  allowedFlags,
  allowedWithValue,
  leavesPartialFiles,
  refusalReasons,
  shortWithValue,
  skipsExistingFiles,
} from "./rsync-options.ts";

/** One option of an argument; several come from a bundle such as `-cW`. */
interface Option {
  /** As rsync's table has it: without dashes, one letter for a short option. */
  readonly name: string;
  /** As a person writes it. */
  readonly shown: string;
  readonly value: string | undefined;
}

/**
 * What is wrong with further arguments for rsync, one sentence each; empty if nothing is.
 *
 * Only options that are known to keep the promises pass, so that an option of a future rsync cannot break them
 * unnoticed. An option's value must be in its own argument (`--chown=USER:GROUP`, `-B131072`): an argument that is no
 * option would be a path to rsync.
 */
export function refusedArguments(args: readonly string[]): readonly string[] {
  const problems = args.flatMap((argument) =>
    objections(argument).map((objection) => `rsync-args ${quoted(argument)}: ${objection}`),
  );

  const all = args.flatMap(optionsOf);
  const partial = all.find(({ name }) => leavesPartialFiles.has(name));
  const skipping = all.find(({ name }) => skipsExistingFiles.has(name));
  if (partial !== undefined && skipping !== undefined) {
    problems.push(
      `rsync-args: ${partial.shown} and ${skipping.shown} exclude each other: what a cancelled run leaves cut off ` +
        "would be taken for complete by the next; leave one out",
    );
  }
  return problems;
}

function objections(argument: string): string[] {
  const options = optionsOf(argument);
  if (options.length === 0)
    return ["this is no option: write an option's value in the same line, as in --chown=user:group"];
  return options.flatMap((option) => {
    const objection = objectionTo(option);
    return objection === undefined ? [] : [`${option.shown} ${objection}`];
  });
}

function objectionTo({ name, shown, value }: Option): string | undefined {
  if (allowedFlags.has(name)) return value === undefined ? undefined : "takes no value: write it alone";
  const placeholder = allowedWithValue.get(name);
  if (placeholder !== undefined) {
    if (value !== undefined && value !== "") return undefined;
    return `needs its value in the same line: write ${shown}${name.length === 1 ? "" : "="}${placeholder}`;
  }

  const reason = refusalReasons.get(name);
  if (reason !== undefined) return `is refused: ${reason}`;
  const negated = name.replace(/^no-/, "");
  if (negated !== name && refusalReasons.has(negated))
    return `is refused: dailysync decides about ${negated.length === 1 ? "-" : "--"}${negated} itself; leave it out`;
  const known = [...allowedFlags, ...allowedWithValue.keys()].filter((one) => one.length > 1);
  const meant = name.length > 1 ? nearest(name, known) : undefined;
  return meant === undefined
    ? "is refused: it is not among the options known to keep what dailysync promises; leave it out"
    : `is not known: did you mean --${meant}?`;
}

/** The options of one argument as rsync (popt) reads them; none if it is a path or the end of the options. */
function optionsOf(argument: string): Option[] {
  const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
  // `--c` is not `-c`: a long option of one letter is none of rsync's.
  if (name !== undefined) return [{ name: name.length === 1 ? "" : name, shown: `--${name}`, value }];

  const bundle = /^-([^-].*)$/s.exec(argument)?.[1] ?? "";
  const options: Option[] = [];
  for (const [at, letter] of [...bundle].entries()) {
    if (shortWithValue.has(letter))
      return [...options, { name: letter, shown: `-${letter}`, value: bundle.slice(at + 1) }];
    options.push({ name: letter, shown: `-${letter}`, value: undefined });
  }
  return options;
}
