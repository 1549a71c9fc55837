import { expect, test } from "@jest/globals";
import { inputsFromEnvironment } from "../../../src/inputs/from-environment.ts";

test("a runner's variables become inputs, values untouched, other variables do not", () => {
  const { values, problems } = inputsFromEnvironment({
    INPUT_SOURCE: " /data/prod ",
    "INPUT_MAX-DELETE": "50%",
    "INPUT_REPORT-DIR": "",
    PATH: "/bin",
    input_destination: "/x",
    INPUT_EXCLUDE: undefined,
  });
  expect([...values]).toEqual([
    ["source", " /data/prod "],
    ["max-delete", "50%"],
    ["report-dir", ""],
  ]);
  expect(problems).toEqual([]);
});

test("every misspelt name is a problem that names what was meant", () => {
  const { problems } = inputsFromEnvironment({ INPUT_SORCE: "/a", INPUT_MAX_DELETE: "5", INPUT_COLOUR: "blue" });
  expect(problems).toEqual([
    `"sorce" is not an input: did you mean 'source'?`,
    `"max_delete" is not an input: did you mean 'max-delete'?`,
    expect.stringMatching(/^"colour" is not an input: remove it; the inputs are source, destination, .*metrics-file$/),
  ]);
});
