import { backup } from "./backup.ts";
import { badUsage } from "./commands/command.ts";
import { commands } from "./commands/commands.ts";
import { runCommand } from "./commands/run-command.ts";
import { messageOf } from "./errors.ts";
import { inputsFromFlags } from "./inputs/from-flags.ts";
import { helpText } from "./inputs/help.ts";
import { validate } from "./inputs/validate.ts";
import { terminalLog } from "./log/terminal-log.ts";
import { announce } from "./report/announce.ts";
import { logLine } from "./report/log-line.ts";
import { publish } from "./report/publish.ts";
import type { Result } from "./report/report.ts";
import { text } from "./report/text.ts";
import { cancelOnSignals } from "./run/cancel.ts";
import { boundYoungObjects, endProcess, surviveClosedOutput, widenThreadPool } from "./surroundings.ts";
import { version } from "./version.ts";

/** Exit statuses; 128 + SIGINT for an interruption, as shells have it. */
const statuses: Readonly<Record<Result, number>> = { success: 0, degraded: 0, failure: 1, cancelled: 130 };

/** The command: the same inputs as flags, the report as text; or what its first word names. */
async function main(): Promise<number> {
  // Until something says otherwise.
  process.exitCode = 1;
  surviveClosedOutput();
  const { env, stdout, stderr } = process;
  const [first, ...words] = process.argv.slice(2);
  const command = commands.find(({ name }) => name === first);
  const colour = stdout.isTTY && !env["NO_COLOR"];
  const canMove = env["TERM"] !== undefined && env["TERM"] !== "dumb";
  if (command !== undefined)
    return runCommand(command, words, {
      print: (output) => void stdout.write(output),
      log: terminalLog(stdout, stderr, { debug: false, colour, canMove }),
      columns: stdout.columns,
      colour,
      ...{ cwd: process.cwd(), variables: env },
    });
  const line = inputsFromFlags(process.argv.slice(2));
  if (line.kind === "help") process.stdout.write(helpText());
  if (line.kind === "version") process.stdout.write(`${version}\n`);
  if (line.kind !== "inputs") return 0;

  widenThreadPool();
  boundYoungObjects();
  const signal = cancelOnSignals();
  const debug = env["RUNNER_DEBUG"] === "1";
  const log = terminalLog(stdout, stderr, { debug, colour, canMove });
  const validated = validate(line, { cwd: process.cwd(), variables: env });
  if (!stdout.isTTY && validated.problems.length === 0) {
    const { source, destination } = validated.inputs;
    log.info(
      `${new Date().toISOString().slice(0, 19).replace("T", " ")} UTC dailysync ${version}: ${source} → ${destination}`,
    );
  }
  const report = await backup(validated, { log, signal, version, debug });
  log.end();
  const path = publish(report, validated.inputs, log);
  const started = report.attempts.length > 0 || report.result === "success";
  if (started) {
    stdout.write(text(report, { width: stdout.columns ?? 100, colour }));
    if (path !== undefined) log.info(`Report: ${path}`);
  }
  announce(report, log);
  if (validated.problems.length > 0) {
    stderr.write("dailysync --help lists every flag\n");
    return badUsage;
  }
  return statuses[report.result];
}

void main()
  .catch((error: unknown) => {
    process.stderr.write(`error: dailysync stopped at something it did not expect: ${logLine(messageOf(error))}\n`);
    return 1;
  })
  .then(endProcess);
