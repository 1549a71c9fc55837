import { describe, expect, test } from "@jest/globals";
import { readFlags, UsageError } from "../../../src/commands/flags.ts";

const definitions = {
  from: { kind: "lines", meaning: "" },
  format: { kind: "text", meaning: "" },
  json: { kind: "boolean", meaning: "" },
} as const;

/** What is wrong with words. */
function problemsOf(...words: readonly string[]): readonly string[] {
  try {
    readFlags(words, definitions);
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
}

describe("the flags of a command", () => {
  test("have their values behind a blank or an equals sign", () => {
    const words = ["--from", "a", "--from=b=c", "--json", "--format=", "--from", "-d"];
    expect(readFlags(words, definitions)).toEqual({ from: ["a", "b=c", "-d"], format: [""], json: [""] });
    expect(readFlags([], definitions)).toEqual({ from: [], format: [], json: [] });
  });

  test.each([
    [["--form=x"], '"--form" is not a flag of this command: did you mean --from?'],
    [["--colour"], '"--colour" is not a flag of this command'],
    [["-x"], '"-x" is not a flag of this command'],
    [["--__proto__"], '"--__proto__" is not a flag of this command'],
    [["report.json"], '"report.json" belongs to no flag'],
    [["--"], '"--" belongs to no flag'],
    [["--from"], "--from needs a value: write --from=VALUE"],
    [["--from", "--json"], "--from needs a value: write --from=VALUE"],
    [["--json=yes"], "--json takes no value: write --json alone"],
    [["--format=a", "--format=b"], "--format is given more than once: give it once"],
    [["--json", "--json"], "--json is given more than once: give it once"],
  ])("%j: %s", (words, problem) => {
    expect(problemsOf(...words)).toEqual([problem]);
  });

  test("are all looked at before anything is said", () => {
    expect(problemsOf("x", "--form=x", "--json=1")).toHaveLength(3);
  });
});
