import { backup } from "./backup.ts";
import { messageOf } from "./errors.ts";
import { inputsFromEnvironment } from "./inputs/from-environment.ts";
import { validate } from "./inputs/validate.ts";
import { runnerLog } from "./log/runner-log.ts";
import { announce } from "./report/announce.ts";
import { publish } from "./report/publish.ts";
import { text } from "./report/text.ts";
import { cancelOnSignals } from "./run/cancel.ts";
import { boundYoungObjects, endProcess, runPage, surviveClosedOutput, widenThreadPool } from "./surroundings.ts";
import { version } from "./version.ts";

/** The action: inputs from the runner's environment, everything else from what backup() returns. */
async function main(): Promise<void> {
  // Until something says otherwise.
  process.exitCode = 1;
  surviveClosedOutput();
  widenThreadPool();
  boundYoungObjects();
  const signal = cancelOnSignals();
  const { env } = process;
  const log = runnerLog();
  const validated = validate(inputsFromEnvironment(env), { cwd: process.cwd(), variables: env });
  const report = await backup(validated, {
    log,
    signal,
    version,
    url: runPage(env),
    debug: env["RUNNER_DEBUG"] === "1",
    temporary: env["RUNNER_TEMP"],
  });
  publish(report, validated.inputs, log);
  process.stdout.write(text(report, { width: 120 }));
  announce(report, log);
  await endProcess(report.result === "success" || report.result === "degraded" ? 0 : 1);
}

main().catch((error: unknown) => {
  runnerLog().error(`dailysync stopped at something it did not expect: ${messageOf(error)}`);
  void endProcess(1);
});
