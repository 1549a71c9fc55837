import { lockName } from "../own-names.ts";
import { quoted } from "./quoted.ts";

/** Reports a problem; reads as the end of a sentence that starts with the input's name and the value. */
type Refuse = (why: string, value?: string) => void;

/**
 * Turns the text of an input into what the stages use. After `refuse` was called the result is never looked at, so a rule
 * may go on with whatever it has: that way one pass finds every problem.
 */
export type Rule<Value> = (text: string, refuse: Refuse) => Value;

/** true or false, in any case. */
export const yesOrNo: Rule<boolean> = (text, refuse) => {
  const word = text.trim().toLowerCase();
  if (word !== "true" && word !== "false") refuse("is neither true nor false: write one of them");
  return word === "true";
};

/** A whole number in decimal digits, `least` and `most` included. */
export function wholeNumber(least: number, most: number): Rule<number> {
  return (text, refuse) => {
    const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most)) refuse(`is not a whole number from ${least} to ${most}: write one`);
    return number;
  };
}

/** One of a few words, or nothing. */
export function oneOf<Word extends string>(...words: readonly Word[]): Rule<Word | undefined> {
  return (text, refuse) => {
    const given = text.trim();
    const found = words.find((word) => word === given);
    if (found === undefined && given !== "") refuse(`is not known: write ${words.map(quoted).join(", ")} or nothing`);
    return found;
  };
}

/** The name of an entry, or nothing: no path. */
export const entryName: Rule<string | undefined> = (text, refuse) => {
  const name = text.trim();
  if (name.includes("/") || name === "." || name === "..")
    refuse("is no name of a file: write one without slashes, for example .dailysync-destination");
  if (name === lockName) refuse("is a file that every run makes: name another, for example .dailysync-destination");
  return name === "" ? undefined : name;
};
