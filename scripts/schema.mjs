// Writes schema/report.schema.json, the JSON Schema of report.json, from the type Report: a field is described in one place, and its
// docstring is its description. `npm run build` calls it; --check writes nothing and fails if something would change.
//
// The schema allows fields that it does not name, since a newer version may add some; tests close it. A list that an older report
// does not have yet is empty, which `default` says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

const root = fileURLToPath(new URL("..", import.meta.url));
const file = join(root, "schema", "report.schema.json");

const { $schema, $ref, definitions } = createGenerator({
  path: join(root, "src/report/report.ts"),
  tsconfig: join(root, "tsconfig.json"),
  type: "Report",
  additionalProperties: true,
  // tsc does that, of a newer version.
  skipTypeCheck: true,
}).createSchema("Report");

const schema = {
  $schema,
  title: "report.json of dailysync",
  $ref,
  definitions: Object.fromEntries(Object.entries(definitions).map(([name, type]) => [name, withEmptyLists(type)])),
};

const made = `${JSON.stringify(schema, undefined, 2)}\n`;
const isNews = !existsSync(file) || readFileSync(file, "utf8") !== made;
if (isNews && process.argv.includes("--check")) {
  console.error("error: schema/report.schema.json is not as src/report/report.ts says; run: npm run build");
  process.exitCode = 1;
} else if (isNews) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, made);
}

/** Gives every list that has to be there its default, however deep. */
function withEmptyLists(type) {
  if (type.type === "array" && !Array.isArray(type.items)) return { ...type, items: withEmptyLists(type.items) };
  if (type.properties === undefined) return type;
  const properties = Object.entries(type.properties).map(([name, property]) => [
    name,
    property.type === "array" && type.required?.includes(name)
      ? { ...withEmptyLists(property), default: [] }
      : withEmptyLists(property),
  ]);
  return { ...type, properties: Object.fromEntries(properties) };
}
