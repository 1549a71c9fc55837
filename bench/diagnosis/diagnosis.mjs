// Creates what can limit a run, lets dailysync run into it and looks whether its diagnosis says so.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine, ownVersion } from "../machine.mjs";
import { tell } from "../progress.mjs";
import { Unavailable } from "../unavailable.mjs";
import { undoLater, undoMark, undoSince } from "../undo.mjs";
import { emptyDirectory, isEnding, makeWorkspace, remove } from "../workspace.mjs";
import { cases, chosenCases } from "./cases.mjs";
import { count, countInWords, isGoodEnough, judge } from "./judge.mjs";
import { dropCaches } from "./kernel-setting.mjs";
import { head, row, writeCase } from "./results.mjs";
import { runDailysync } from "./run-dailysync.mjs";

const help = `Usage: npm run bench -- diagnosis [options]

  --only NAMES        cases that begin with these, separated by commas; all without it
  --list              list the cases and end
  --directory PATH    where the data is put and removed again (default: /dev/shm); keep to a tmpfs
  --results FILE      the results, of which a run replaces its own cases (default: bench/DIAGNOSIS.md)
  --record DIRECTORY  where the evidence of each case is put, as a fixture for tests; not kept without it`;

const options = {
  only: { type: "string" },
  list: { type: "boolean" },
  directory: { type: "string", default: "/dev/shm" },
  results: { type: "string", default: fileURLToPath(new URL("../DIAGNOSIS.md", import.meta.url)) },
  record: { type: "string" },
  help: { type: "boolean" },
};

/** Runs `npm run bench -- diagnosis` with these words after it. Sets the exit status 1 unless the diagnosis can be relied on. */
export async function benchDiagnosis(words) {
  const { values } = parseArgs({ args: words, options });
  if (values.help) console.log(help);
  else if (values.list) for (const { name, made } of cases) console.log(`${name.padEnd(24)} ${made}`);
  else await tryCases(chosenCases(values.only === undefined ? [""] : values.only.split(",")), values);
}

async function tryCases(chosen, { directory, results, record }) {
  const workspace = makeWorkspace(directory);
  const about = { machine: machine(), version: `dailysync ${await ownVersion()}` };
  console.log(`${about.machine}\n${about.version}\nData in ${workspace}`);
  if (record !== undefined) mkdirSync(record, { recursive: true });
  const outcomes = [];
  for (const one of chosen) {
    const { report, ...failure } = await tryCase(one);
    const outcome = report === undefined ? failure : judge(one, report.diagnosis);
    outcomes.push(outcome);
    tell(one.name, report?.run.seconds ?? 0, outcome.skipped ?? outcome.problem ?? told(outcome));
    const ran = report === undefined ? "" : `, ran for ${report.run.seconds.toFixed(1)} s`;
    const day = new Date().toISOString().slice(0, 10);
    writeCase(results, one, outcome, {
      line: `${day}, ${about.version}${ran}`,
      machine: `${day}, ${about.version}, ${about.machine}`,
    });
    const evidence = report?.diagnosis?.evidence;
    if (record === undefined || evidence === undefined) continue;
    const fixture = { cause: one.name, expected: one.right, evidence };
    writeFileSync(join(record, `${one.name}.json`), `${JSON.stringify(fixture, undefined, 2)}\n`);
  }
  const counts = count(outcomes);
  console.log(`\n${head}\n${chosen.map(({ name }, index) => row(name, outcomes[index])).join("\n")}`);
  console.log(`\n${countInWords(counts)}\nWritten to ${results}`);
  if (!isGoodEnough(counts)) process.exitCode = 1;
}

/** Resolves to { report } of a case's run, or to { skipped } or { problem }, why there is none. */
async function tryCase({ name, prepare }) {
  const mark = undoMark();
  try {
    if (process.platform !== "linux" || process.getuid() !== 0)
      throw new Unavailable("only root on Linux can create the causes");
    console.log(`Preparing ${name}`);
    const directory = await emptyDirectory("case");
    await undoLater(() => remove(directory));
    return { report: await runPrepared(await prepare()) };
  } catch (error) {
    // What fails because the end has begun is no news.
    if (isEnding()) await new Promise(() => {});
    return { [error instanceof Unavailable ? "skipped" : "problem"]: error.message.split("\n")[0] };
  } finally {
    await undoSince(mark);
  }
}

/** Runs dailysync for what prepare() of a case resolved to. */
async function runPrepared({ flagsBefore, meanwhile = async () => {}, ...run }) {
  const stateDirectory = await emptyDirectory("state");
  if (flagsBefore !== undefined) {
    dropCaches();
    await runDailysync({ ...run, flags: flagsBefore, stateDirectory });
    await remove(run.destination);
  }
  dropCaches();
  const over = new AbortController();
  // What it has still to do at the end of the run is not needed any more.
  const beside = meanwhile(over.signal).catch(() => {});
  try {
    return await runDailysync({ ...run, stateDirectory });
  } finally {
    over.abort();
    await beside;
  }
}

function told({ verdict, confidence, right }) {
  return `${verdict}${confidence === undefined ? "" : `, ${confidence}`}: ${right ? "right" : "WRONG"}`;
}
