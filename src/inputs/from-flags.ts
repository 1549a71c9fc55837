import { commands } from "../commands/commands.ts";
import { definitionOf, type InputName, inputNames, isInputName, type RawInputs } from "./definition.ts";
import { nearest } from "./did-you-mean.ts";
import { quoted } from "./quoted.ts";

/** What a command line asks for. */
export type CommandLine =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | ({ readonly kind: "inputs" } & RawInputs);

const seeHelp = "dailysync --help lists the flags";

/**
 * Reads a command line (without node and the script).
 *
 * Every input is a flag of the same name. `--source DIR` and `--source=DIR` mean the same; booleans stand alone
 * (`--delete`, `--no-delete`) or have their value behind `=`; flags whose input takes lines may be repeated. The argument
 * behind a flag is its value even if it starts with `-`, unless it is itself one of our flags: then a value was forgotten.
 * What cannot be read is among the problems; whether the values are good is for `validate` to say.
 */
export function inputsFromFlags(args: readonly string[]): CommandLine {
  const values = new Map<InputName, string>();
  const problems: string[] = [];
  let asked: "help" | "version" | undefined;

  const give = (name: InputName, value: string) => {
    const earlier = values.get(name);
    if (earlier === undefined) values.set(name, value);
    else if (definitionOf(name).kind === "lines") values.set(name, `${earlier}\n${value}`);
    else problems.push(`--${name} is given more than once: give it once`);
  };

  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? "";
    const { name, inline } = flagOf(argument);
    if (isHelp(argument)) asked = "help";
    else if (isVersion(argument)) asked ??= "version";
    else if (name === undefined) problems.push(misplaced(argument, args[at - 1]));
    else if (isInputName(name)) {
      const next = args[at + 1];
      if (inline !== undefined) give(name, inline);
      else if (definitionOf(name).kind === "boolean") give(name, "true");
      else if (next === undefined) problems.push(`--${name} needs a value: write --${name}=VALUE`);
      else if (isOurs(next)) {
        problems.push(
          `--${name} needs a value: write --${name}=VALUE (or --${name}=${next}, if ${quoted(next)} is the value)`,
        );
      } else {
        give(name, next);
        at++;
      }
    } else if (isNegation(name)) {
      if (inline === undefined) give(name.slice("no-".length) as InputName, "false");
      else problems.push(`--${name} takes no value: write --${name} alone`);
    } else problems.push(unknown(argument, name));
  }

  return asked === undefined ? { kind: "inputs", values, problems } : { kind: asked };
}

/** `--name=value` taken apart; no name if the argument is no long flag. */
function flagOf(argument: string): { name: string | undefined; inline: string | undefined } {
  const parts = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
  return { name: parts?.[1], inline: parts?.[2] };
}

/** `no-delete` and its like. */
function isNegation(name: string): boolean {
  const positive = name.replace(/^no-/, "");
  return positive !== name && isInputName(positive) && definitionOf(positive).kind === "boolean";
}

function isHelp(argument: string): boolean {
  return argument === "--help" || argument === "-h";
}

function isVersion(argument: string): boolean {
  return argument === "--version" || argument === "-V";
}

function isOurs(argument: string): boolean {
  const { name } = flagOf(argument);
  return name !== undefined && (isInputName(name) || isNegation(name) || isHelp(argument) || isVersion(argument));
}

function misplaced(argument: string, before: string | undefined): string {
  if (/^-[^-]/.test(argument)) return `${quoted(argument)} is not a flag: ${seeHelp}`;
  const owner = flagOf(before ?? "");
  if (/^(true|false)$/i.test(argument) && owner.inline === undefined && owner.name !== undefined)
    return `${quoted(argument)} belongs to no flag: write --${owner.name}=${argument}`;
  const meant =
    before === undefined
      ? nearest(
          argument,
          commands.map(({ name }) => name),
        )
      : undefined;
  if (meant !== undefined) return `${quoted(argument)} belongs to no flag: did you mean dailysync ${meant}?`;
  return `${quoted(argument)} belongs to no flag: dailysync takes flags only, as in --source DIR --destination DIR`;
}

function unknown(argument: string, name: string): string {
  const meant = nearest(name, [...inputNames, "help", "version"]);
  return `${quoted(argument)} is not a flag: ${meant === undefined ? seeHelp : `did you mean --${meant}?`}`;
}
