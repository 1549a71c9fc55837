import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { repository } from "../support/runner.ts";

const directory = join(repository, ".github/ISSUE_TEMPLATE");
const forms = readdirSync(directory).filter((name) => name !== "config.yml");
const read = (name: string): unknown => parse(readFileSync(join(directory, name), "utf8"));

/** Top-level keys (docs.github.com, "Syntax for issue forms"). */
const topLevel = ["name", "description", "body", "title", "labels", "assignees", "projects", "type"];
/** What each type of element must have, and what it may have ("Syntax for GitHub's form schema"). */
const attributes: Readonly<Record<string, { readonly required: string[]; readonly optional: string[] }>> = {
  markdown: { required: ["value"], optional: [] },
  textarea: { required: ["label"], optional: ["description", "placeholder", "value", "render"] },
  input: { required: ["label"], optional: ["description", "placeholder", "value"] },
  dropdown: { required: ["label", "options"], optional: ["description", "multiple", "default"] },
  checkboxes: { required: ["label", "options"], optional: ["description"] },
};

/** What GitHub would refuse in a form, in words. */
function problemsOf(form: Form): string[] {
  const problems: string[] = [];
  const texts = { name: form.name, description: form.description };
  for (const [key, text] of Object.entries(texts))
    if (typeof text !== "string" || text.trim() === "") problems.push(`${key} is no text`);
  for (const key of Object.keys(form)) if (!topLevel.includes(key)) problems.push(`${key} is not a permitted key`);
  const asking = form.body.filter(({ type }) => type !== "markdown");
  if (asking.length === 0) problems.push("body asks for nothing");
  const ids = asking.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const labels = asking.map((element) => String(element.attributes["label"]));
  for (const list of [ids, labels])
    if (new Set(list).size !== list.length) problems.push(`one of ${list} is there twice`);
  for (const { type, id, attributes: given, validations, ...others } of form.body) {
    const known = attributes[type];
    if (known === undefined) {
      problems.push(`${type} is not a type`);
      continue;
    }
    const names = Object.keys(given);
    for (const name of known.required) if (!names.includes(name)) problems.push(`${type} has no ${name}`);
    for (const name of names)
      if (![...known.required, ...known.optional].includes(name)) problems.push(`${name} is not of ${type}`);
    if (id !== undefined && !/^[\w-]+$/.test(id)) problems.push(`${id} is no id`);
    if (type === "markdown" && (id !== undefined || validations !== undefined)) problems.push("markdown asks nothing");
    if (Object.keys(validations ?? {}).some((name) => name !== "required"))
      problems.push("validations are required only");
    if (Object.keys(others).length > 0) problems.push(`${Object.keys(others)} is not of an element`);
    const options = given["options"];
    if (options !== undefined && (!Array.isArray(options) || options.length === 0))
      problems.push(`${type} has no choice`);
    // With render a text area takes no attached file.
    if (id === "report" && given["render"] !== undefined) problems.push("no file can be attached to the report");
  }
  return problems;
}

describe("issue forms", () => {
  test.each(forms)("%s follows GitHub's schema", (name) => {
    expect(problemsOf(read(name) as Form)).toEqual([]);
  });

  test("the check would find something", () => {
    expect(
      problemsOf({ name: " ", description: "x", extra: 1, body: [{ type: "textbox", attributes: {} }] } as never),
    ).toEqual(["name is no text", "extra is not a permitted key", "textbox is not a type"]);
    const [first = "", ...rest] = forms;
    expect(rest.length).toBeGreaterThan(0);
    const { body, ...form } = read(first) as Form;
    expect(problemsOf({ ...form, body: [...body, { type: "input", attributes: {} }] })).toContain("input has no label");
  });

  test.each(["bug.yml", "diagnosis.yml"])("%s asks for report.json, and warns of the names in it", (name) => {
    const { body } = read(name) as Form;
    const report = body.find(({ id }) => id === "report");
    expect(report?.attributes["label"]).toBe("report.json");
    expect(report?.validations?.required).toBe(true);
    const warning = body.find(({ type }) => type === "markdown")?.attributes["value"];
    expect(String(warning).replace(/\s+/g, " ")).toMatch(
      /\*\*Issues are public.*names of projects and (of some )?files/,
    );
  });

  test("config.yml leads questions elsewhere", () => {
    const config = read("config.yml") as {
      blank_issues_enabled: boolean;
      contact_links: { name: string; url: string; about: string }[];
    };
    expect(Object.keys(config).sort()).toEqual(["blank_issues_enabled", "contact_links"]);
    expect(config.contact_links.length).toBeGreaterThan(0);
    for (const link of config.contact_links) {
      expect(Object.keys(link).sort()).toEqual(["about", "name", "url"]);
      expect(() => new URL(link.url)).not.toThrow();
    }
  });
});

interface Element {
  readonly type: string;
  readonly id?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly validations?: { readonly required?: boolean };
}

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly Element[];
}
