import { bandwidth, deletionLimit, parallelism, verifyBudget } from "./amounts.ts";
import { definitionOf, type InputName, type RawInputs } from "./definition.ts";
import {
  belowDestination,
  defaultReportDir,
  defaultStateDir,
  directory,
  type Environment,
  end,
  metricsFile,
} from "./directories.ts";
import { type Inputs, verifications } from "./inputs.ts";
import { excludePatterns, filterRules, preserved, projectPatterns, rsyncArguments } from "./lists.ts";
import { quoted } from "./quoted.ts";
import { refusedArguments } from "./rsync-arguments.ts";
import { entryName, oneOf, type Rule, wholeNumber, yesOrNo } from "./rules.ts";

const mostRetries = 10;
/** A day, in seconds. */
const longestTimeout = 86_400;
/** A century, in days. */
const longestKept = 36_500;

/** Inputs, and what is wrong with them; where something is, the value beside it is only a stand-in. */
export interface Validated {
  readonly inputs: Inputs;
  /** Every problem at once, those of reading the inputs first. */
  readonly problems: readonly string[];
}

/**
 * Checks everything that can be checked without the file system and without rsync.
 *
 * A value that is missing or blank means the default, because an expression in a workflow that has nothing to say
 * leaves an empty text. Never throws: what the file system has to say about the rest belongs in the same message.
 */
export function validate(raw: RawInputs, environment: Environment): Validated {
  const problems = [...raw.problems];

  const check = <Value>(name: InputName, rule: Rule<Value>): Value => {
    const definition = definitionOf(name);
    const given = raw.values.get(name) ?? "";
    const text = given.trim() === "" ? definition.default : given;
    const refuse = (why: string, value = text) => problems.push(`${name} ${quoted(value)} ${why}`);
    if (definition.required && text === "") problems.push(`${name} is missing: give it the path of a directory`);
    if (text.includes("\0")) refuse("contains a NUL character, which no path and no argument can have: remove it");
    return rule(text, refuse);
  };

  const reportDir = check("report-dir", directory(environment, defaultReportDir(environment)));
  const source = check("source", end(environment));
  const destination = check("destination", end(environment));
  const inputs: Inputs = {
    source,
    destination,
    projects: check("projects", projectPatterns),
    parallelism: check("parallelism", parallelism),
    delete: check("delete", yesOrNo),
    maxDelete: check("max-delete", deletionLimit),
    deleteProjects: check("delete-projects", yesOrNo),
    sourceChangedOk: check("source-changed-ok", yesOrNo),
    backupDir: check("backup-dir", belowDestination(destination)),
    keepDays: check("keep", wholeNumber(0, longestKept)),
    exclude: check("exclude", excludePatterns),
    filter: check("filter", filterRules),
    preserve: check("preserve", preserved),
    oneFileSystem: check("one-file-system", yesOrNo),
    rsyncArgs: check("rsync-args", rsyncArguments),
    bandwidthLimit: check("bandwidth-limit", bandwidth),
    retries: check("retries", wholeNumber(0, mostRetries)),
    timeout: check("timeout", wholeNumber(0, longestTimeout)),
    failFast: check("fail-fast", yesOrNo),
    sync: check("sync", yesOrNo),
    verify: check("verify", oneOf(...verifications)) ?? "none",
    verifyBudget: check("verify-budget", verifyBudget),
    requireMount: check("require-mount", oneOf("source", "destination", "both")),
    marker: check("marker", entryName),
    lockWait: check("lock-wait", wholeNumber(0, longestTimeout)),
    dryRun: check("dry-run", yesOrNo),
    reportDir,
    stateDir: check("state-dir", directory(environment, defaultStateDir(environment, reportDir))),
    metricsFile: check("metrics-file", metricsFile(environment)),
  };
  problems.push(...refusedArguments(inputs.rsyncArgs));
  if (inputs.deleteProjects && !inputs.delete)
    problems.push("delete-projects deletes nothing without delete: set delete: true as well, or leave it out");

  return { inputs: Object.freeze(inputs), problems };
}
