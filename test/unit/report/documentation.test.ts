import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { reportVersion } from "../../../src/report/report.ts";
import { publishedSchema } from "../../support/report-schema.ts";

const page = readFileSync(new URL("../../../docs/report.md", import.meta.url), "utf8");

/** The names of all properties that a schema has, however deep. */
function fieldNames(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const properties = "properties" in schema ? Object.keys(schema.properties ?? {}) : [];
  return [...properties, ...Object.values(schema).flatMap(fieldNames)];
}

test("docs/report.md names every field of report.json", () => {
  const documented = new Set(
    (page.match(/`[\w.[\]]+`/g) ?? []).flatMap((words) => words.slice(1, -1).split(/[.[\]]+/)),
  );
  const fields = [...new Set(fieldNames(publishedSchema))];
  expect(fields.length).toBeGreaterThan(200);
  expect(fields.filter((name) => !documented.has(name))).toEqual([]);
});

test("docs/report.md tells the version of the format", () => {
  expect(page).toContain(`\`reportVersion\` is ${reportVersion}.`);
});
