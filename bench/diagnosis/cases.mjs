// All cases, in the order of the table.
import { diskCases } from "./disk-cases.mjs";
import { latencyCases } from "./latency-cases.mjs";
import { otherCases } from "./other-cases.mjs";
import { processorCases } from "./processor-cases.mjs";

/**
 * Each is
 * - name: of the cause;
 * - right: the verdicts of which the first one of the run should be one;
 * - together: whether all of them are at work, so that each should be among the verdicts;
 * - made: how the cause is made, in words;
 * - prepare(): makes it, and resolves to { source, destination, flags, groups, flagsBefore, meanwhile }: the inputs, further flags, the
 *   control groups to run in, the flags of a run that is to come before, if any, and an async function that does something while the run
 *   goes on, until a signal is aborted. What it has done is undone by undoSince().
 * It throws Unavailable where the machine cannot be made to show the cause.
 */
export const cases = [...processorCases, ...diskCases, ...latencyCases, ...otherCases];

/** The cases whose names are among those given, or begin with one of them. */
export function chosenCases(names) {
  const unknown = names.find((name) => !cases.some((one) => one.name.startsWith(name)));
  if (unknown !== undefined)
    throw new Error(`There is no case ${unknown}. Choose from ${cases.map(({ name }) => name).join(", ")}.`);
  return cases.filter((one) => names.some((name) => one.name.startsWith(name)));
}
