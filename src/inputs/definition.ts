import action from "./action.json" with { type: "json" };

/** The names of action.yml, so that a name that it does not have is a compile error. */
export type InputName = keyof typeof action.inputs;

/** How an input is given: as one value, as any number of lines, or as true or false. */
type InputKind = "text" | "lines" | "boolean";

/** One input of action.yml. */
export interface InputDefinition {
  readonly name: InputName;
  readonly kind: InputKind;
  readonly required: boolean;
  /** As text, the way a runner hands it over; empty for a required input. */
  readonly default: string;
  readonly description: string;
}

/** Values as they were given, before any check, with what was already found wrong while reading them. */
export interface RawInputs {
  readonly values: ReadonlyMap<InputName, string>;
  readonly problems: readonly string[];
}

// The one thing that action.yml cannot say. The type demands exactly one entry for each of its inputs.
const kinds: Readonly<Record<InputName, InputKind>> = {
  source: "text",
  destination: "text",
  projects: "lines",
  parallelism: "text",
  delete: "boolean",
  "max-delete": "text",
  "delete-projects": "boolean",
  "source-changed-ok": "boolean",
  "backup-dir": "text",
  keep: "text",
  exclude: "lines",
  filter: "lines",
  preserve: "lines",
  "one-file-system": "boolean",
  "rsync-args": "lines",
  "bandwidth-limit": "text",
  retries: "text",
  timeout: "text",
  "fail-fast": "boolean",
  sync: "boolean",
  verify: "text",
  "verify-budget": "text",
  "require-mount": "text",
  marker: "text",
  "lock-wait": "text",
  "dry-run": "boolean",
  "report-dir": "text",
  "state-dir": "text",
  "metrics-file": "text",
};

interface Metadata {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}
const metadata: Readonly<Record<InputName, Metadata>> = action.inputs;

/** What the action does, in one sentence. */
export const actionDescription: string = action.description;

/** Every input's name, in the order of action.yml. */
export const inputNames = Object.keys(action.inputs) as readonly InputName[];

/** Whether action.yml has an input of this name. */
export function isInputName(text: string): text is InputName {
  return Object.hasOwn(action.inputs, text);
}

/** What action.yml says about an input. */
export function definitionOf(name: InputName): InputDefinition {
  const { description, required = false, default: fallback = "" } = metadata[name];
  return { name, kind: kinds[name], required, default: fallback, description };
}
