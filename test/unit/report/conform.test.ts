import { describe, expect, test } from "@jest/globals";
import { conforming, type Schema } from "../../../src/report/conform.ts";
import { publishedSchema, schemaErrors } from "../../support/report-schema.ts";
import { exampleReport, project } from "./example.ts";

/** What conforming() knows of JSON Schema, and what asks for nothing. */
const known = new Set([
  ...["$ref", "anyOf", "type", "const", "enum", "format", "properties", "required", "default", "items", "minItems"],
  ...["definitions", "$schema", "title", "description"],
]);

/** The keywords of a schema, however deep. */
function keywordsOf(schema: unknown): string[] {
  return Object.entries(schema as Readonly<Record<string, unknown>>).flatMap(([keyword, inner]) => {
    if (keyword === "properties" || keyword === "definitions")
      return [keyword, ...Object.values(inner as object).flatMap(keywordsOf)];
    if (keyword === "items" || keyword === "anyOf") return [keyword, ...[inner].flat().flatMap(keywordsOf)];
    return [keyword];
  });
}

/** What is wrong, in words. */
function complaint(value: unknown, schema: Schema): string {
  try {
    conforming(value, schema);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

test("all that the schema of report.json asks for is looked at", () => {
  expect([...new Set(keywordsOf(publishedSchema))].filter((keyword) => !known.has(keyword))).toEqual([]);
  expect(keywordsOf({ properties: { a: { anyOf: [{ oneOf: [] }], items: { maximum: 1 } } } })).toEqual(
    expect.arrayContaining(["oneOf", "maximum"]),
  );
});

describe("a value conforms where a validator says so", () => {
  const report = JSON.parse(JSON.stringify(exampleReport({ projects: [project()] }))) as Record<string, unknown>;
  /** Every path to a value in another one. */
  const pathsIn = (value: unknown): (readonly string[])[] =>
    typeof value !== "object" || value === null
      ? []
      : Object.entries(value).flatMap(([name, inner]) => [[name], ...pathsIn(inner).map((path) => [name, ...path])]);
  /** A copy with something else at a path. */
  const replaced = (value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown => {
    if (name === undefined) return by;
    const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
    copy[name] = replaced(copy[name], rest, by);
    return copy;
  };

  test.each([[null], ["odd"], [-1], [true], [{}], [[]]])("with %j in the place of anything in it", (odd) => {
    const paths = pathsIn(report);
    expect(paths.length).toBeGreaterThan(200);
    const judged = paths.map((path) => {
      const changed = replaced(report, path, odd);
      return [path.join("."), complaint(changed, publishedSchema as Schema) === ""] as const;
    });
    const differing = judged.filter(([path, isFine]) => {
      const errors = schemaErrors(replaced(report, path.split("."), odd));
      // Lists that are missing have a default here, and are an error of whoever writes a report.
      const telling = errors.filter((error) => !/must have required property/.test(error) || !isFine);
      return isFine !== (telling.length === 0);
    });
    expect(differing).toEqual([]);
  });
});

describe("what is missing", () => {
  const schema = {
    type: "object",
    properties: { list: { type: "array", items: { type: "number" }, default: [] }, figure: { type: "number" } },
    required: ["list", "figure"],
  };

  test("has its default, or is said", () => {
    expect(conforming({ figure: 1, more: "x" }, schema)).toEqual({ figure: 1, list: [], more: "x" });
    expect(complaint({ list: [] }, schema)).toBe("it has no figure");
    expect(complaint({ figure: 1, list: [1, "2"] }, schema)).toBe("list[1] is no number");
  });

  test("is not found in an object's prototype", () => {
    const odd = { type: "object", properties: { constructor: { type: "string" } } };
    expect(conforming(JSON.parse('{"__proto__":1}'), odd)).toEqual(JSON.parse('{"__proto__":1}'));
  });
});
