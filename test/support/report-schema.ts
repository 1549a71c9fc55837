import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { repository } from "./runner.ts";

type Schema = { readonly [key: string]: unknown };

/** No object may have a field that the schema does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return "properties" in schema && !("additionalProperties" in schema)
    ? { ...inner, additionalProperties: false }
    : inner;
}

/** The published schema, and a copy of it that allows no other fields. */
export const publishedSchema = JSON.parse(
  readFileSync(join(repository, "schema", "report.schema.json"), "utf8"),
) as Schema;
const isReport = new Ajv({
  allErrors: true,
  formats: { "date-time": (text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text },
}).compile(closed(publishedSchema) as Schema);

/** Whatever is wrong with a report.json, in words: what is missing, of another type, or not in the schema. */
export function schemaErrors(report: unknown): string[] {
  isReport(report);
  return (isReport.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
