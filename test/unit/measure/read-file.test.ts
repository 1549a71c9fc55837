import { expect, test } from "@jest/globals";
import { orUndefined } from "../../../src/measure/read-file.ts";

test("what can be read is returned, nothing included", () => {
  expect(orUndefined(() => "text")).toBe("text");
  expect(orUndefined(() => "")).toBe("");
});

test("what cannot be read is undefined", () => {
  const failing = () => {
    throw new Error("EACCES");
  };
  expect(orUndefined(failing)).toBeUndefined();
});
