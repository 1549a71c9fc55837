import { expect, test } from "@jest/globals";
import { codeOf, messageOf, RefusedError } from "../../src/errors.ts";

test("a refusal keeps its problems apart and has them all in its message", () => {
  const refused = new RefusedError(["source is missing", "destination is missing"]);
  expect(refused).toBeInstanceOf(Error);
  expect(refused.name).toBe("RefusedError");
  expect(refused.problems).toEqual(["source is missing", "destination is missing"]);
  expect(refused.message).toBe("source is missing\ndestination is missing");
});

test.each([
  ["an error", new Error("broken"), "broken"],
  ["an error of another realm", { message: "from elsewhere" }, "from elsewhere"],
  ["a message that is no text", { message: 7 }, "7"],
  ["text", "as it stands", "as it stands"],
  ["nothing", undefined, "undefined"],
  ["null", null, "null"],
])("the message of %s", (_name, thrown, expected) => {
  expect(messageOf(thrown)).toBe(expected);
});

test.each([
  ["a system error", Object.assign(new Error(), { code: "ENOENT" }), "ENOENT"],
  ["an error without a code", new Error("ENOENT"), undefined],
  ["a code that is no text", { code: 2 }, undefined],
  ["text", "ENOENT", undefined],
  ["null", null, undefined],
])("the code of %s", (_name, thrown, expected) => {
  expect(codeOf(thrown)).toBe(expected);
});
