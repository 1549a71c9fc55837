import type { DeletionLimit, VerifyBudget } from "./inputs.ts";
import { type Rule, wholeNumber } from "./rules.ts";

/** Beyond this many, processes only wait for one another. */
const mostAtOnce = 256;

/** `auto` in any case, or 1–256. */
export const parallelism: Rule<number | "auto"> = (text, refuse) => {
  if (text.trim().toLowerCase() === "auto") return "auto";
  return wholeNumber(1, mostAtOnce)(text, () =>
    refuse(`is neither auto nor a number from 1 to ${mostAtOnce}: write one`),
  );
};

/** A number of entries, or a percentage from 0 to 100 with its sign. */
export const deletionLimit: Rule<DeletionLimit> = (text, refuse) => {
  const [, digits, sign] = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(text.trim()) ?? [];
  const amount = Number(digits);
  const isRight = sign === "%" ? amount <= 100 : Number.isSafeInteger(amount);
  if (!isRight)
    refuse("is neither a number of entries nor a percentage from 0% to 100%: write for example 1000 or 50%");
  return sign === "%" ? { kind: "percent", percent: amount } : { kind: "entries", entries: amount };
};

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** A time with its unit (90s, 10m, 2h), or a percentage; above nothing. */
export const verifyBudget: Rule<VerifyBudget> = (text, refuse) => {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*(%|[smh])$/i.exec(text.trim()) ?? [];
  const amount = Number(digits);
  if (!(amount > 0) || (unit === "%" && amount > 100))
    refuse("is neither a time nor a percentage up to 100%: write for example 10m or 5%");
  return unit === "%"
    ? { kind: "percent", percent: amount }
    : { kind: "seconds", seconds: amount * (secondsOf[unit.toLowerCase()] ?? 1) };
};

const powers = ["", "k", "m", "g", "t", "p"];
const leastBandwidth = 1024;

/**
 * Bytes a second, or undefined for no limit (empty or 0).
 *
 * Sizes are written as rsync takes them (options.c, parse_size_arg): a letter or a letter and `iB` counts in powers of
 * 1024, a letter and `B` in powers of 1000, in any case. The one difference: a bare number is bytes, not KiB. Limits below
 * 1 KiB a second are refused; rsync knows none below half of that.
 */
export const bandwidth: Rule<number | undefined> = (text, refuse) => {
  if (text.trim() === "") return undefined;
  const [, digits, letter = "", suffix = ""] = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(b|ib)?$/i.exec(text.trim()) ?? [];
  const base = letter !== "" && suffix.toLowerCase() === "b" ? 1000 : 1024;
  const bytes = Math.floor(Number(digits) * base ** powers.indexOf(letter.toLowerCase()));
  if (!Number.isSafeInteger(bytes)) {
    refuse("is not a number of bytes a second: write for example 800k, 100M or 1.5G");
    return undefined;
  }
  if (Number(digits) === 0) return undefined;
  if (bytes < leastBandwidth) refuse("is less than 1 KiB a second: write at least 1k, or 0 for no limit");
  return bytes;
};
