import { parseArgs } from "node:util";
import { RefusedError } from "../errors.ts";
import { nearest } from "../inputs/did-you-mean.ts";
import { quoted } from "../inputs/quoted.ts";

/** A flag of a command: given once with a value, any number of times with one, or alone. */
interface FlagDefinition {
  readonly kind: "text" | "lines" | "boolean";
  readonly meaning: string;
}
export type FlagDefinitions = Readonly<Record<string, FlagDefinition>>;

/** The values of flags: of one that was not given none, of one without a value an empty text. */
export type Flags<Definitions extends FlagDefinitions> = Readonly<Record<keyof Definitions, readonly string[]>>;

/** A command line that cannot be understood. */
export class UsageError extends RefusedError {}

/**
 * Reads the words behind a command's name: flags only, `--name VALUE` or `--name=VALUE`.
 *
 * @throws UsageError with everything that is wrong
 */
export function readFlags<Definitions extends FlagDefinitions>(
  words: readonly string[],
  definitions: Definitions,
): Flags<Definitions> {
  const options = Object.fromEntries(
    Object.entries(definitions).map(([name, { kind }]) => [
      name,
      { type: kind === "boolean" ? ("boolean" as const) : ("string" as const), multiple: true },
    ]),
  );
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map(Object.keys(definitions).map((name) => [name, [] as string[]]));
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind !== "option") {
      problems.push(`${quoted(token.kind === "positional" ? token.value : "--")} belongs to no flag`);
      continue;
    }
    const { name, rawName, value, inlineValue } = token;
    const definition = Object.hasOwn(definitions, name) && rawName === `--${name}` ? definitions[name] : undefined;
    const given = values.get(name) ?? [];
    if (definition === undefined) problems.push(unknown(rawName, name, Object.keys(definitions)));
    else if (definition.kind === "boolean" && value !== undefined)
      problems.push(`--${name} takes no value: write --${name} alone`);
    else if (definition.kind !== "boolean" && (value === undefined || (!inlineValue && value.startsWith("--"))))
      problems.push(`--${name} needs a value: write --${name}=VALUE`);
    else if (definition.kind !== "lines" && given.length > 0)
      problems.push(`--${name} is given more than once: give it once`);
    else given.push(value ?? "");
  }
  if (problems.length > 0) throw new UsageError(problems);
  return Object.fromEntries(values) as Record<keyof Definitions, string[]>;
}

function unknown(written: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `${quoted(written)} is not a flag of this command${meant === undefined ? "" : `: did you mean --${meant}?`}`;
}
