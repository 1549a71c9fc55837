import { type InputName, inputNames, isInputName, type RawInputs } from "./definition.ts";
import { nearest } from "./did-you-mean.ts";
import { quoted } from "./quoted.ts";

const prefix = "INPUT_";

/**
 * The inputs that a runner hands over: one variable each, `INPUT_` and the upper-cased name, hyphens kept
 * (`INPUT_MAX-DELETE`; actions/runner, src/Runner.Worker/Handlers/Handler.cs). The runner only warns about a name that
 * action.yml does not have, and a misspelt `delete` or `exclude` must not pass for its default, so such a name is a
 * problem here.
 */
export function inputsFromEnvironment(variables: Readonly<Record<string, string | undefined>>): RawInputs {
  const values = new Map<InputName, string>();
  const problems: string[] = [];
  for (const [variable, value] of Object.entries(variables)) {
    if (!variable.startsWith(prefix) || value === undefined) continue;
    const name = variable.slice(prefix.length).toLowerCase();
    if (isInputName(name)) values.set(name, value);
    else problems.push(`${quoted(name)} is not an input: ${advice(name)}`);
  }
  return { values, problems };
}

function advice(name: string): string {
  const meant = nearest(name, inputNames);
  if (meant !== undefined) return `did you mean '${meant}'?`;
  return `remove it; the inputs are ${inputNames.join(", ")}`;
}
