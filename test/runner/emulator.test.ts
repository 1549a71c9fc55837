import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect } from "@jest/globals";
import { grow, type Place } from "../support/place.ts";
import { testUnless } from "../support/privileges.ts";
import { scriptAction } from "../support/runner/script-action.ts";
import { type ActionOptions, repository as ourAction, removeRunnerDirectories, runAction } from "../support/runner.ts";
import { CallingRepository, noAct } from "./act.ts";
// In memory: a run waits until everything that any program has written to its destination's file system is on the storage.
import { mountedPlace as place, removeMountedPlaces as removePlaces } from "./mounted-place.ts";

/** What a step leaves behind, as both say it. */
interface Step {
  readonly conclusion: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string | undefined;
  readonly annotations: readonly (readonly [string, string])[];
  readonly log: readonly string[];
}

const both = testUnless(noAct);
let script = "";
let calling: CallingRepository;
beforeAll(() => {
  script = scriptAction();
});
afterEach(() => calling.remove());
afterAll(async () => {
  rmSync(script, { recursive: true, force: true });
  removePlaces();
  await removeRunnerDirectories();
});

async function withEmulator(action: string, inputs: ActionOptions["with"] = {}): Promise<Step> {
  const { conclusion, outputs, summary, annotations, log } = await runAction({ action, with: inputs });
  // The emulator's log has annotations where they came, as a person sees them; act keeps commands apart from what a step printed.
  const annotated = new Set(annotations.flatMap(({ kind, message }) => `##[${kind}]${message}`.split("\n")));
  return {
    conclusion,
    outputs,
    summary,
    annotations: annotations.map(({ kind, message }) => [kind, message]),
    log: log.filter((line) => !annotated.has(line)),
  };
}

/** The same action with the same inputs as a step of a workflow that act runs. */
async function withAct(action: string, inputs: ActionOptions["with"] = {}): Promise<Step> {
  calling = new CallingRepository();
  const run = await calling.run(
    `on: schedule
jobs:
  job:
    runs-on: self-hosted
    steps: [{ id: step, uses: "${action === ourAction ? "OWNER/dailysync@v1" : "LOCAL/action@v1"}", with: ${JSON.stringify(inputs)} }]
`,
    { actions: { "LOCAL/action@v1": action } },
  );
  return {
    conclusion: run.jobs["workflow.yml/job"] ?? run.all,
    outputs: run.outputs["step"] ?? {},
    summary: run.summaries[0],
    annotations: run.entries.flatMap(({ command = "", arg = "" }) =>
      /^(error|warning|notice)$/.test(command) ? [[command, arg] as const] : [],
    ),
    log: run.log,
  };
}

/** Runs a script as a step both ways, expects the same, and hands it over. */
async function step(text: string, inputs: ActionOptions["with"] = {}): Promise<Step> {
  const emulated = await withEmulator(script, { script: text, ...inputs });
  expect(await withAct(script, { script: text, ...inputs })).toEqual(emulated);
  return emulated;
}

describe("the emulator and act agree on", () => {
  both("inputs: given ones, defaults, spaces, hyphens, several lines", async () => {
    const { log } = await step(
      `for (const name of Object.keys(process.env).filter((name) => name.startsWith("INPUT_") && name !== "INPUT_SCRIPT").sort())
        console.log(name, JSON.stringify(process.env[name]));`,
      { "rsync-args": "--checksum\n  two words \n" },
    );
    expect(log).toEqual(['INPUT_RSYNC-ARGS "--checksum\\n  two words \\n"', 'INPUT_TWO_WORDS "7"']);
  });

  both("the environment: the workspace as working directory, empty command files, no input", async () => {
    const { log } = await step(`
      const fs = require("node:fs");
      const { env } = process;
      const text = (...values) => console.log(values.join(" "));
      text(process.cwd() === env.GITHUB_WORKSPACE, env.CI, env.GITHUB_ACTIONS, env.GITHUB_SERVER_URL, env.RUNNER_OS);
      for (const name of ["OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"]) text(name, fs.statSync(env["GITHUB_" + name]).size);
      text(fs.statSync(env.RUNNER_TEMP).isDirectory(), process.argv.length);`);
    expect(log).toEqual([
      "true true true https://github.com Linux",
      ...["OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"].map((name) => `${name} 0`),
      "true 2",
    ]);
  });

  both("the variables that a step has", async () => {
    const text = `console.log(Object.keys(process.env).filter((name) => /^(CI$|GITHUB_|RUNNER_)/.test(name)).join(" "))`;
    const names = async (from: typeof withAct) => (await from(script, { script: text })).log[0]?.split(" ") ?? [];
    const emulated = await names(withEmulator);
    const missing = (await names(withAct)).filter((name) => !emulated.includes(name));
    // GitHub's runner gives the first to composite actions only, and the second is act's own.
    expect(missing.sort()).toEqual(["GITHUB_ACTION_PATH", "RUNNER_PERFLOG"]);
  });

  both("outputs in both grammars and the summary", async () => {
    const { outputs, summary } = await step(`
      append("GITHUB_OUTPUT", "plain=a=b<<c\\nempty=\\nlong<<END\\none\\n\\ntwo=2\\nEND\\nplain=again\\n");
      append("GITHUB_STEP_SUMMARY", "# title\\n\\n|a|\\n");`);
    expect([outputs, summary]).toEqual([{ plain: "again", empty: "", long: "one\n\ntwo=2" }, "# title\n\n|a|\n"]);
  });

  both("a failed step, whose files are read all the same", async () => {
    const { conclusion, outputs, summary } = await step(`
      append("GITHUB_OUTPUT", "result=failure\\n");
      append("GITHUB_STEP_SUMMARY", "why\\n");
      process.exitCode = 3;`);
    expect([conclusion, outputs, summary]).toEqual(["failure", { result: "failure" }, "why\n"]);
  });

  both("a file of outputs that is none, which fails the step", async () => {
    const text = `append("GITHUB_OUTPUT", "nonsense\\n")`;
    expect((await withEmulator(script, { script: text })).conclusion).toBe("failure");
    expect((await withAct(script, { script: text })).conclusion).toBe("failure");
  });

  both("annotations, their escapes and properties, and commands that are text", async () => {
    const { annotations, log } = await step(`
      console.log("::error file=a.txt,line=3::100%25 of%0Atwo lines");
      console.log("::warning::careful");
      console.log("::notice title=x::noted");
      console.log("[alpha] ::error::a name");
      console.log(":: error::not one");
      console.log("the end");`);
    expect(annotations).toEqual([
      ["error", "100% of\ntwo lines"],
      ["warning", "careful"],
      ["notice", "noted"],
    ]);
    expect(log).toEqual(["[alpha] ::error::a name", ":: error::not one", "the end"]);
  });

  both("masks, for what is printed later", async () => {
    const { log } = await step(`console.log("::add-mask::sesame"); console.log("open sesame")`);
    expect(log).toEqual(["open ***"]);
  });

  both("what an action prints to standard error", async () => {
    expect((await step(`console.error("to the log too")`)).log).toEqual(["to the log too"]);
  });
});

describe("a backup is the same with the emulator and with act:", () => {
  // What is no two runs' own: times, rates, and what a machine does meanwhile.
  const measured = /\d+([.:,]\d+)*( [KMGT]i?)?( ?(B\/s|B|ms|s|min|h|%))?/g;
  const comparable = ({ conclusion, outputs, summary, annotations }: Step) => {
    const { "duration-seconds": duration, report, "report-html": html, ...rest } = outputs;
    return {
      conclusion,
      outputs: rest,
      named: [duration, report, html].map((value) => value !== undefined),
      summary: summary
        ?.split("\n")
        .map((line) => line.replace(/place-\w+/g, "place").replace(measured, "#"))
        .filter((line) => /^(#|<code>|\*\*Source)/.test(line)),
      annotations: annotations.map(([kind, message]) => [
        kind,
        message.replace(/place-\w+/g, "place").replace(measured, "#"),
      ]),
    };
  };
  const tree = { "alpha/one": "1", "alpha/deep/two": "22", "beta/three": "333", "loose file": "4" };

  /** Makes the same place twice, and backs each up in its way. */
  async function backup(make: () => Place, inputs: ActionOptions["with"] = {}) {
    const [one, other] = [make(), make()];
    const given = ({ source, destination }: Place) => ({ source, destination, ...inputs });
    const emulated = comparable(await withEmulator(ourAction, given(one)));
    const real = comparable(await withAct(ourAction, given(other)));
    // act stops reading when a step fails, so that its last lines may be missing.
    const read = emulated.conclusion === "failure" ? real.annotations.length : emulated.annotations.length;
    expect(real).toEqual({ ...emulated, annotations: emulated.annotations.slice(0, read) });
    return emulated;
  }

  both("a complete one", async () => {
    const { conclusion, outputs } = await backup(() => place(tree), {
      exclude: "*.tmp\n/alpha/cache/",
      parallelism: "2",
    });
    expect([conclusion, outputs["result"], outputs["files-transferred"]]).toEqual(["success", "success", "4"]);
  });

  both("one that would delete too much", async () => {
    const make = () => {
      const where = place({ "alpha/one": "1" });
      grow(where.destination, tree);
      return where;
    };
    const { conclusion, annotations } = await backup(make, { delete: "true", "max-delete": "1" });
    expect([conclusion, annotations.map(([kind]) => kind)]).toEqual(["failure", ["error", "notice"]]);
  });

  both("one that is refused, for inputs that are wrong", async () => {
    const { conclusion, outputs, annotations } = await backup(() => place(tree), {
      parallelism: "many",
      delete: "perhaps",
    });
    expect([conclusion, outputs["result"], annotations.length]).toEqual(["failure", "failure", expect.any(Number)]);
  });

  both("one with a name that is a workflow command", async () => {
    const make = () => {
      const where = place();
      mkdirSync(join(where.source, "::error::trap"));
      writeFileSync(join(where.source, "##[error]trap\n::error::trap"), "");
      return where;
    };
    const { conclusion, annotations } = await backup(make);
    expect([conclusion, annotations]).toEqual(["success", []]);
  });
});
