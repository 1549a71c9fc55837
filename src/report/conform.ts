/** The part of JSON Schema (draft 07) that the schema of report.json uses. */
export interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  /** Only `date-time`. */
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** A value that is not as its schema says. */
export class NotConforming extends Error {}

/** The moments that we write, which is ECMAScript's own form. */
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * A value that was read from JSON with the defaults that it lacks; what the schema does not name stays as it is.
 *
 * @throws NotConforming, which says where and what
 */
export function conforming(value: unknown, schema: Schema): unknown {
  const definitions = schema.definitions ?? {};

  const check = (found: unknown, wanted: Schema, path: string): unknown => {
    const refuse = (what: string): never => {
      throw new NotConforming(`${path === "" ? "it" : path} ${what}`);
    };
    if (wanted.$ref !== undefined)
      return check(found, definitions[wanted.$ref.replace("#/definitions/", "")] ?? {}, path);
    if (wanted.anyOf !== undefined) {
      const fitting = wanted.anyOf.find((one) => conforms(found, one, path));
      return fitting === undefined ? refuse("is none of what it may be") : check(found, fitting, path);
    }
    if (wanted.type !== undefined && typeOf(found) !== wanted.type) refuse(`is no ${wanted.type}`);
    const words = "const" in wanted ? [wanted.const] : wanted.enum;
    if (words !== undefined && !words.includes(found)) refuse(`is none of ${words.join(", ")}`);
    if (wanted.format === "date-time" && !moment.test(String(found))) refuse("is no moment of ISO 8601 in UTC");
    if (Array.isArray(found)) {
      if (found.length < (wanted.minItems ?? 0)) refuse("is empty");
      return wanted.items === undefined ? found : checkAll(found, wanted.items, path);
    }
    if (wanted.properties === undefined) return found;
    const object = found as Readonly<Record<string, unknown>>;
    const known = Object.entries(wanted.properties).flatMap(([name, property]) => {
      const inner = Object.hasOwn(object, name) ? object[name] : property.default;
      if (inner !== undefined) return [[name, check(inner, property, path === "" ? name : `${path}.${name}`)] as const];
      return wanted.required?.includes(name) ? refuse(`has no ${name}`) : [];
    });
    return { ...object, ...Object.fromEntries(known) };
  };
  const checkAll = (items: readonly unknown[], wanted: Schema, path: string): unknown[] =>
    items.map((item, index) => check(item, wanted, `${path}[${index}]`));
  const conforms = (found: unknown, wanted: Schema, path: string): boolean => {
    try {
      check(found, wanted, path);
      return true;
    } catch (error) {
      if (error instanceof NotConforming) return false;
      throw error;
    }
  };

  return check(value, schema, "");
}

/** JSON Schema's name for the type of a value of JSON. */
function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
