import { expect, test } from "@jest/globals";
import { inputNames } from "../../../src/inputs/definition.ts";
import { inputsFromFlags } from "../../../src/inputs/from-flags.ts";
import { helpText } from "../../../src/inputs/help.ts";

test("every input is a flag with its default", () => {
  for (const name of inputNames) expect(helpText()).toMatch(new RegExp(`^  --${name}(=| |$)`, "m"));
  expect(helpText()).toContain("--max-delete=VALUE (default: 50%)\n");
  expect(helpText()).toContain("--source=VALUE (required)\n");
  expect(helpText()).toContain("--projects=VALUE (repeat the flag for more; default: *)\n");
  expect(helpText()).toContain("--delete (default: false)\n");
});

test("exit statuses are listed", () => {
  for (const status of [0, 1, 2, 130]) expect(helpText()).toMatch(new RegExp(`^  ${status} `, "m"));
});

test("no line is longer than 100 columns or ends in a blank", () => {
  for (const line of helpText().split("\n")) {
    expect(line.length).toBeLessThanOrEqual(100);
    expect(line).not.toMatch(/\s$/);
  }
});

test("the example is a command line that is understood", () => {
  const example = helpText().split("Example:\n")[1] ?? "";
  const args = example.replaceAll(/[\\']/g, "").trim().split(/\s+/).slice(1);
  expect(inputsFromFlags(args)).toMatchObject({ kind: "inputs", problems: [] });
});
