import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseCommand, registeredCommands } from "../support/runner/command.ts";
import { parseCommandFile } from "../support/runner/command-file.ts";
import { LineSplitter } from "../support/runner/line-splitter.ts";
import { scriptAction } from "../support/runner/script-action.ts";
import { type ActionOptions, removeRunnerDirectories, runAction, startAction } from "../support/runner.ts";

let fixture = "";
beforeAll(() => {
  fixture = scriptAction();
});
afterAll(async () => {
  await rm(fixture, { recursive: true, force: true });
  await removeRunnerDirectories();
});

const run = (script: string, options: ActionOptions = {}) =>
  runAction({ action: fixture, ...options, with: { script, ...options.with } });
const start = (script: string) => startAction({ action: fixture, with: { script } });

describe("the environment of a step", () => {
  test("inputs come as INPUT_*, defaults filled in, hyphens kept", async () => {
    const { log } = await run(`console.log(JSON.stringify(process.env))`, { with: { "RSYNC-args": "-x\n-y" } });
    const environment = JSON.parse(log.join("\n"));
    expect(environment).toMatchObject({
      INPUT_TWO_WORDS: "7",
      "INPUT_RSYNC-ARGS": "-x\n-y",
      GITHUB_ACTIONS: "true",
      CI: "true",
    });
    expect(environment.RUNNER_TRACKING_ID).toMatch(/^github_/);
    expect(environment).not.toHaveProperty("RUNNER_DEBUG");
    expect(Object.keys(environment).filter((name) => /^(JEST_|NODE_|npm_)/.test(name))).toEqual([]);
  });

  test("starts in the workspace, standard input closed, with empty command files", async () => {
    const { log } = await run(`
      const fs = require("node:fs");
      console.log(process.cwd() === process.env.GITHUB_WORKSPACE, fs.readFileSync(0, "utf8").length);
      for (const name of ["OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"])
        console.log(fs.statSync(process.env["GITHUB_" + name]).size);`);
    expect(log).toEqual(["true 0", "0", "0", "0", "0", "0"]);
  });

  test("an input that action.yml does not know is warned of and handed on", async () => {
    const { annotations, log } = await run(`console.log(process.env.INPUT_DESTINATOIN)`, {
      with: { destinatoin: "/b" },
    });
    expect(annotations).toEqual([
      expect.objectContaining({
        kind: "warning",
        message: expect.stringMatching(/^Unexpected input\(s\) 'destinatoin'/),
      }),
    ]);
    expect(log).toContain("/b");
  });

  test("debug logging sets RUNNER_DEBUG and shows debug lines", async () => {
    const script = `console.log("::debug::one%0Atwo"); console.log(process.env.RUNNER_DEBUG)`;
    expect((await run(script, { debug: true })).log).toEqual(["##[debug]one", "##[debug]two", "1"]);
    expect((await run(script)).log).toEqual(["undefined"]);
  });
});

describe("the end of a step", () => {
  test("success, outputs in both grammars, summary", async () => {
    const finished = await run(`
      append("GITHUB_OUTPUT", "plain=a=b<<c\\nlong<<END\\none\\n\\ntwo=2\\nEND\\n");
      append("GITHUB_STEP_SUMMARY", "# title\\n");`);
    expect(finished).toMatchObject({
      conclusion: "success",
      exitCode: 0,
      signal: null,
      outputs: { plain: "a=b<<c", long: "one\n\ntwo=2" },
      summary: "# title\n",
      orphans: [],
      outputHeldOpen: false,
      secondsAfterCancel: undefined,
    });
  });

  test("an exit code other than 0 is a failure, and files are read all the same", async () => {
    const finished = await run(`append("GITHUB_OUTPUT", "result=failure\\n"); process.exitCode = 3`);
    expect(finished).toMatchObject({ conclusion: "failure", exitCode: 3, outputs: { result: "failure" } });
  });

  test("an output file that cannot be read as pairs fails the step", async () => {
    const finished = await run(`append("GITHUB_OUTPUT", "nonsense\\n")`);
    expect(finished).toMatchObject({ conclusion: "failure", exitCode: 0 });
    expect(finished.annotations.map(({ message }) => message)).toContain("Invalid format 'nonsense'");
  });

  test("a summary of 1 MiB is kept, one byte more is dropped whole", async () => {
    const write = (bytes: number) => run(`append("GITHUB_STEP_SUMMARY", "x".repeat(${bytes}))`);
    expect((await write(1024 * 1024)).summary).toHaveLength(1024 * 1024);
    const over = await write(1024 * 1024 + 1);
    expect(over).toMatchObject({ summary: undefined, conclusion: "success" });
    expect(over.annotations[0]?.message).toContain("upload aborted");
  });

  test("what outlives the step is named and ended", async () => {
    const running = await start(`
      require("node:child_process").spawn("sleep", ["321"], { detached: true, stdio: "ignore" }).unref();`);
    const finished = await running.finished;
    expect(finished.orphans).toEqual([{ pid: expect.any(Number), command: "sleep 321" }]);
    expect(await running.children()).toEqual([]);
  });

  test("a child that inherited the output holds the step up for 5 s", async () => {
    const finished = await run(`
      require("node:child_process").spawn("sleep", ["321"], { detached: true, stdio: "inherit" }).unref();`);
    expect(finished.outputHeldOpen).toBe(true);
    expect(finished.orphans).toHaveLength(1);
  });
});

describe("commands in the log", () => {
  test("the two grammars", () => {
    const names = registeredCommands();
    const table: [string, ReturnType<typeof parseCommand>][] = [
      ["::error::a%0Ab%25", { name: "error", properties: {}, data: "a\nb%" }],
      [" \t::WARNING file=a%3Ab,line=3::x", { name: "warning", properties: { file: "a:b", line: "3" }, data: "x" }],
      ["text ##[error]b", { name: "error", properties: {}, data: "b" }],
      ["##[notice title=a%5Db;line=1]c%3B", { name: "notice", properties: { title: "a]b", line: "1" }, data: "c;" }],
      ["text ::error::b", undefined],
      ["::nothing::b", undefined],
      ["::error:b", undefined],
      ["# #[error]b", undefined],
      ["##[error b", undefined],
      ["[alpha] ::error::b", undefined],
      ["\u0085\u00a0::error::b", { name: "error", properties: {}, data: "b" }],
      ["\ufeff::error::b", undefined],
    ];
    for (const [line, command] of table) expect([line, parseCommand(line, names)]).toEqual([line, command]);
  });

  test("standard error is read too, and a carriage return starts a line", async () => {
    const finished = await run(`process.stderr.write("file\\r::error::injected\\n")`);
    expect(finished.annotations).toEqual([{ kind: "error", message: "injected", properties: {} }]);
    expect(finished.conclusion).toBe("success");
  });

  test("ten annotations of a kind are kept, 4,096 characters of each", async () => {
    const finished = await run(`
      for (let index = 0; index < 12; index++) console.log("::warning::" + "w".repeat(5000));
      console.log("::notice::n");`);
    expect(finished.annotations.map(({ kind }) => kind)).toEqual([...Array(10).fill("warning"), "notice"]);
    expect(finished.droppedAnnotations).toHaveLength(2);
    expect(finished.annotations[0]?.message).toHaveLength(4096);
  });

  test("secrets are masked in log, annotations and summary, not in outputs", async () => {
    const finished = await run(
      `console.log("::add-mask::hunter2%0Alonger hunter2");
       console.log("longer hunter2 and hunter2"); console.log("::error::hunter2");
       append("GITHUB_STEP_SUMMARY", "hunter2"); append("GITHUB_OUTPUT", "a=hunter2\\n"); console.log("given");`,
      { secrets: ["given"] },
    );
    expect(finished.log).toEqual(["*** and ***", "##[error]***", "***"]);
    expect(finished.summary).toBe("***");
    expect(finished.outputs).toEqual({ a: "hunter2" });
  });

  test("stopped commands are text until the token comes", async () => {
    const finished = await run(`
      for (const line of ["::stop-commands::Token", "::error::text", "::token::", "::error::real"]) console.log(line);`);
    expect(finished.annotations.map(({ message }) => message)).toEqual(["real"]);
    expect(finished.log).toContain("::error::text");
  });

  test("commands that are switched off fail the step", async () => {
    const finished = await run(`console.log("::set-env name=PATH::/evil")`);
    expect(finished).toMatchObject({ conclusion: "failure", exitCode: 0 });
  });

  test("groups and the commands that were carried out", async () => {
    const finished = await run(`console.log("::group::plan"); console.log("a"); console.log("::endgroup::")`);
    expect(finished.log).toEqual(["##[group]plan", "a", "##[endgroup]"]);
    expect(finished.commands.map(({ name }) => name)).toEqual(["group", "endgroup"]);
  });

  test("characters that are cut between chunks stay whole", () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (const byte of Buffer.from("é\r\nß\rx\n\nend")) splitter.push(Buffer.of(byte));
    splitter.end();
    expect(lines).toEqual(["é", "ß", "x", "", "end"]);
  });

  test.each([
    ["name<<END\nno end\n", "Matching delimiter not found"],
    ["<<END\nEND\n", "Name must not be empty"],
  ])("the command file %j is refused", (text, message) => {
    expect(() => parseCommandFile(text)).toThrow(message);
  });
});

describe("cancelling", () => {
  test("a step that ends on SIGINT gets no other signal, and is cancelled even with exit code 0", async () => {
    const running = await start(`
      process.on("SIGINT", () => { console.log("interrupted"); process.exit(0); });
      setInterval(() => {}, 1000); console.log("ready");`);
    await running.line((line) => line === "ready");
    await running.cancel();
    const finished = await running.finished;
    expect(finished).toMatchObject({ conclusion: "cancelled", exitCode: 0, log: ["ready", "interrupted"] });
    expect(finished.secondsAfterCancel).toBeLessThan(5);
  });

  test("a step that ignores both signals is killed after 10 s; its children are not signalled", async () => {
    const running = await start(`
      for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => console.log(signal));
      require("node:child_process").spawn("sleep", ["321"], { stdio: "ignore" });
      setInterval(() => {}, 1000); console.log("ready");`);
    await running.line((line) => line === "ready");
    expect(await running.children()).toEqual([{ pid: expect.any(Number), command: "sleep 321" }]);
    await running.cancel();
    const finished = await running.finished;
    expect(finished).toMatchObject({
      conclusion: "cancelled",
      exitCode: null,
      signal: "SIGKILL",
      log: ["ready", "SIGINT", "SIGTERM"],
      orphans: [{ command: "sleep 321" }],
    });
    expect(finished.secondsAfterCancel).toBeGreaterThanOrEqual(9.9);
    expect(finished.secondsAfterCancel).toBeLessThan(15);
  });

  test("waiting for a line that never comes says what came instead", async () => {
    const running = await start(`console.log("other")`);
    await expect(running.line((line) => line === "never")).rejects.toThrow("other");
  });

  test("one signal alone leaves the conclusion to the exit code", async () => {
    const running = await start(`setInterval(() => {}, 1000); console.log("ready")`);
    await running.line((line) => line === "ready");
    running.kill("SIGTERM");
    expect(await running.finished).toMatchObject({ conclusion: "failure", exitCode: null, signal: "SIGTERM" });
  });
});

test("only JavaScript actions are run", async () => {
  const other = join(fixture, "composite");
  await mkdir(other);
  await writeFile(
    join(other, "action.yml"),
    (await readFile(join(fixture, "action.yml"), "utf8")).replace("node24", "composite"),
  );
  await expect(startAction({ action: other })).rejects.toThrow("not a JavaScript action: composite");
});
