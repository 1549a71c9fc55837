import { describe, expect, test } from "@jest/globals";
import { inputsFromFlags } from "../../../src/inputs/from-flags.ts";

/** What was read, as an object, and the problems. */
function read(...args: string[]) {
  const line = inputsFromFlags(args);
  if (line.kind !== "inputs") throw new Error(`asked for ${line.kind}`);
  return { values: Object.fromEntries(line.values), problems: line.problems };
}

describe("what a flag may look like", () => {
  test.each<[string, string[], Record<string, string>]>([
    ["a value behind a blank", ["--source", "/a"], { source: "/a" }],
    ["a value behind an equals sign", ["--source=/a=b"], { source: "/a=b" }],
    ["an empty value", ["--source="], { source: "" }],
    ["an empty argument as value", ["--exclude", ""], { exclude: "" }],
    ["a value with a newline", ["--source=/a\nb"], { source: "/a\nb" }],
    ["a boolean alone", ["--delete", "--source", "/a"], { delete: "true", source: "/a" }],
    ["a boolean with a value", ["--delete=false"], { delete: "false" }],
    ["a negated boolean", ["--no-delete", "--no-dry-run"], { delete: "false", "dry-run": "false" }],
    ["lines, repeated", ["--projects", "a b", "--projects=!c"], { projects: "a b\n!c" }],
    ["a value that is an option of rsync", ["--rsync-args", "--checksum"], { "rsync-args": "--checksum" }],
    ["the same behind an equals sign", ["--rsync-args=--timeout=5"], { "rsync-args": "--timeout=5" }],
    ["a value that starts with a dash", ["--source", "-x"], { source: "-x" }],
  ])("%s", (_, args, values) => {
    expect(read(...args)).toEqual({ values, problems: [] });
  });
});

describe("what is wrong", () => {
  test.each<[string, string[], string]>([
    ["an unknown flag", ["--sorce=/a"], '"--sorce=/a" is not a flag: did you mean --source?'],
    ["a flag like nothing", ["--frobnicate"], '"--frobnicate" is not a flag: dailysync --help lists the flags'],
    ["a short flag", ["-v"], '"-v" is not a flag: dailysync --help lists the flags'],
    ["a negation of what is no boolean", ["--no-source"], '"--no-source" is not a flag: did you mean --source?'],
    ["a negation with a value", ["--no-delete=true"], "--no-delete takes no value: write --no-delete alone"],
    ["no value at the end", ["--source"], "--source needs a value: write --source=VALUE"],
    [
      "a flag where the value should be",
      ["--rsync-args", "--delete"],
      '--rsync-args needs a value: write --rsync-args=VALUE (or --rsync-args=--delete, if "--delete" is the value)',
    ],
    ["two values", ["--source=/a", "--source", "/b"], "--source is given more than once: give it once"],
    ["a contradiction", ["--delete", "--no-delete"], "--delete is given more than once: give it once"],
    [
      "a positional argument",
      ["/data"],
      '"/data" belongs to no flag: dailysync takes flags only, as in --source DIR --destination DIR',
    ],
    ["a boolean's value behind a blank", ["--delete", "false"], '"false" belongs to no flag: write --delete=false'],
    [
      "the end of flags",
      ["--"],
      '"--" belongs to no flag: dailysync takes flags only, as in --source DIR --destination DIR',
    ],
  ])("%s", (_, args, problem) => {
    expect(read(...args).problems).toEqual([problem]);
  });

  test("all problems are found, and what could be read is read", () => {
    const { values, problems } = read("--sorce", "--destination", "/b", "x", "--retries");
    expect(problems).toHaveLength(3);
    expect(values).toEqual({ destination: "/b" });
  });
});

describe("help and version", () => {
  test.each([
    ["help", ["--help"]],
    ["help", ["--sorce", "-h"]],
    ["help", ["--version", "--help"]],
    ["version", ["--version"]],
    ["version", ["--source", "/a", "-V"]],
  ])("%s is asked for by %j", (kind, args) => {
    expect(inputsFromFlags(args)).toEqual({ kind });
  });

  test("not by a value", () => {
    expect(read("--exclude=--help").values).toEqual({ exclude: "--help" });
  });
});
