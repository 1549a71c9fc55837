import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import action from "../../../src/inputs/action.json" with { type: "json" };
import { definitionOf, inputNames, isInputName } from "../../../src/inputs/definition.ts";

test("action.json is action.yml (npm run build regenerates it)", () => {
  expect(action).toEqual(parse(readFileSync("action.yml", "utf8")));
});

test("exactly source and destination are required and have no default", () => {
  expect(inputNames.filter((name) => definitionOf(name).required)).toEqual(["source", "destination"]);
});

test("every input has a kind and a description that ends in a full stop, and booleans default to true or false", () => {
  for (const name of inputNames) {
    const definition = definitionOf(name);
    expect(definition.kind).toMatch(/^(text|lines|boolean)$/);
    expect(definition.description).toMatch(/^[^<>|]+\.$/);
    if (definition.kind === "boolean") expect(definition.default).toMatch(/^(true|false)$/);
  }
});

test("names that every object has are not inputs", () => {
  expect(isInputName("toString")).toBe(false);
  expect(isInputName("source")).toBe(true);
});
