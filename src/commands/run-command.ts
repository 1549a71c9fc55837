import { RefusedError } from "../errors.ts";
import { wrapped } from "../inputs/help.ts";
import { badUsage, type Command, done, refused, type Terminal } from "./command.ts";
import type { CommandEntry } from "./commands.ts";
import { UsageError } from "./flags.ts";

/**
 * Runs a command; what is wrong with its words or with what they name is said, never thrown.
 *
 * @param words what follows its name
 * @returns the exit status
 */
export async function runCommand(entry: CommandEntry, words: readonly string[], terminal: Terminal): Promise<number> {
  const command = await entry.load();
  if (words.includes("--help") || words.includes("-h")) {
    terminal.print(commandHelp(entry, command));
    return done;
  }
  try {
    return await command.run(words, terminal);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const isUsage = error instanceof UsageError;
    const advice = isUsage ? ` (dailysync ${entry.name} --help says what there is)` : "";
    for (const problem of error.problems) terminal.log.error(`${problem}${advice}`);
    return isUsage ? badUsage : refused;
  }
}

/** What `dailysync NAME --help` prints. */
function commandHelp({ name, usage, purpose }: CommandEntry, { flags }: Command): string {
  const described = Object.entries(flags).map(([flag, { kind, meaning }]) => {
    const repeated = kind === "lines" ? " (repeat the flag for more)" : "";
    return `  --${flag}${kind === "boolean" ? "" : "=VALUE"}${repeated}\n${wrapped(meaning, "      ")}`;
  });
  return `${[`Usage: dailysync ${name} ${usage}`, wrapped(`dailysync ${name} ${purpose}`, ""), ...described].join("\n\n")}\n`;
}
