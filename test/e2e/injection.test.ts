import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { inputNames } from "../../src/inputs/definition.ts";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { outputNames } from "../support/output-names.ts";
import { grow, type Place, pathsBelow, pendingChanges, place, removePlaces } from "../support/place.ts";
import { type FinishedAction, removeRunnerDirectories, startAction } from "../support/runner.ts";

afterAll(async () => {
  removePlaces();
  await removeRunnerDirectories();
});

/** What a shell would run, rsync take for an option or a runner for a command; whatever obeys makes a file called PWNED. */
const hostile = [
  "$(touch PWNED)",
  "`touch PWNED`",
  "; touch PWNED;",
  "x\ntouch PWNED\n#",
  "' ; touch PWNED ; '",
  '" ; touch PWNED ; "',
  "|touch PWNED",
  "&& touch PWNED",
  "--rsh=touch PWNED",
  "-e touch PWNED",
  "--remove-source-files",
  "::set-output name=PWNED::b",
  "%0A::set-env name=PWNED::b",
];

/** Runs the action; expects that it obeyed nobody. */
async function run(
  where: Place,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<FinishedAction> {
  const running = await startAction({ with: inputs, env });
  const finished = await running.finished;
  for (const directory of [where.root, running.workspace, running.temp])
    expect(pathsBelow(directory)?.filter((path) => /(^|\/)PWNED$/.test(path))).toEqual([]);
  const ours = ["debug", "error", "warning", "notice", "group", "endgroup"];
  for (const { name } of finished.commands) expect(ours).toContain(name);
  expect(Object.keys(finished.outputs).sort()).toEqual([...outputNames].sort());
  expect(finished.orphans).toEqual([]);
  return finished;
}

describe.each(hostile)("%j", (value) => {
  test("as the name of every file and directory, and in every input that takes a name or a pattern, is only that", async () => {
    const { root } = place();
    const [source, destination] = [join(root, value), join(root, `to ${value}`)];
    const where = { root, source, destination };
    grow(source, { [`${value}/${value}/${value}`]: "1", [`${value}.loose`]: "2", [`${value}/x.${value}`]: "3" });
    grow(destination, { [`${value}/old ${value}`]: "" });
    const marker = `${value.trim()}.marker`;
    writeFileSync(join(destination, marker), "");
    // Of lines each is a value; a pattern that matches nothing is a warning.
    const finished = await run(where, {
      source,
      destination,
      ...{ projects: `*\n${value}`, exclude: `x.${value}`, filter: `- y.${value}`.replaceAll("\n", "\n- ") },
      ...{ marker, "report-dir": join(root, "reports", value), "state-dir": join(root, "states", value) },
      ...{ delete: "true", "max-delete": "100%" },
    });
    expect(["success", "degraded"]).toContain(finished.outputs["result"]);
    expect(finished.outputs).toMatchObject({ "files-deleted": "1", "failed-projects": "[]" });
    expect(pathsBelow(join(root, "reports", value))).toEqual(["report.html", "report.json"]);
    expect(pathsBelow(source)).toHaveLength(5);
    const first = value.split("\n")[0] ?? "";
    expect(pendingChanges(where, `--exclude=x.${first}*`, `--exclude=/${marker}`, `--filter=P /${marker}`)).toBe("");
  });

  test("in each input is refused or only a value", async () => {
    const where = place({ "alpha/one": "1" });
    const { source, destination } = where;
    const all = Object.fromEntries(inputNames.map((name) => [name, value]));
    const elsewhere = { "report-dir": join(where.root, "report"), "state-dir": join(where.root, "state") };
    expect(await run(where, { ...all, ...elsewhere })).toMatchObject({ exitCode: 1, outputs: { result: "failure" } });
    // What only rsync can judge reaches it as one argument, whatever it then makes of it.
    for (const option of ["--chown=", "--chmod="])
      await run(where, { source, destination, "rsync-args": `${option}${value.replaceAll("\n", " ")}`, ...elsewhere });
    expect(pathsBelow(source)).toEqual(["alpha", "alpha/one"]);
  });
});

test("source and destination that rsync would take for options or addresses are refused or paths", async () => {
  const where = place({ "alpha/one": "1" });
  for (const value of ["rsync://localhost/x", "localhost:x", "localhost::x", "user@localhost:/x"])
    for (const input of ["source", "destination"]) {
      const { source, destination } = where;
      const finished = await run(where, { source, destination, [input]: value });
      expect(finished.annotations.map(({ message }) => message).join("\n")).toContain("an address of another machine");
    }
  const running = await startAction({ with: { source: where.source, destination: "--rsync-path=touch PWNED" } });
  expect(await running.finished).toMatchObject({ outputs: { result: "success" } });
  expect(pathsBelow(running.workspace)).toEqual([
    "--rsync-path=touch PWNED",
    "--rsync-path=touch PWNED/alpha",
    "--rsync-path=touch PWNED/alpha/one",
  ]);
});

test("variables of the environment run nothing and change no copy", async () => {
  const where = place({ "alpha/one": "1", "alpha/two.o": "2", "alpha/core": "3", loose: "4" });
  const home = join(where.root, "home");
  mkdirSync(home);
  const touch = `touch ${where.root}/PWNED`;
  writeFileSync(
    join(home, ".popt"),
    "rsync alias --recursive --recursive --exclude=*\nrsync alias --dirs --exclude=*\n",
  );
  writeFileSync(join(home, ".cvsignore"), "*");
  writeFileSync(join(home, "script"), touch);
  const command = Object.fromEntries(
    ["RSH", "CONNECT_PROG", "SHELL", "PANIC_ACTION", "PROXY", "PARTIAL_DIR", "CHECKSUM_LIST"].map((name) => [
      `RSYNC_${name}`,
      touch,
    ]),
  );
  const finished = await run(
    where,
    { source: where.source, destination: where.destination },
    {
      ...command,
      ...{ RSYNC_OLD_ARGS: "1", RSYNC_PROTECT_ARGS: "0", RSYNC_ICONV: "no-such-code", RSYNC_MAX_ALLOC: "1" },
      ...{ HOME: home, CVSIGNORE: "*", POSIXLY_CORRECT: "1", POPT: "--exclude=*" },
      ...{ ENV: join(home, "script"), BASH_ENV: join(home, "script"), SHELLOPTS: "xtrace", PS4: `$(${touch})` },
      ...{ "BASH_FUNC_printf%%": `() { ${touch}; }`, IFS: "/", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
    },
  );
  expect(finished.outputs).toMatchObject({ result: "success", "files-transferred": "4" });
  expect(pendingChanges(where)).toBe("");
});

test("no rsync sees them, and what it is given lies where nobody else comes", async () => {
  const where = place({ "alpha/one": "1" });
  const fake = misbehavingRsync(
    join(where.root, "fake"),
    'env | cut -d= -f1 > "$notes/environment"; stat -c %a "$RUNNER_TEMP"/dailysync-* > "$notes/mode"',
  );
  const meddling = { RSYNC_RSH: "x", HOME: where.root, CVSIGNORE: "*", ENV: "x", BASH_ENV: "x", PS4: "x" };
  const { source, destination } = where;
  await run(where, { source, destination }, { ...meddling, PATH: fake.PATH });
  const seen = fake.notes("environment");
  expect(seen).toContain("PATH");
  expect(fake.notes("mode")).toEqual(["700"]);
  // Its own shell may set PS4 and the like, without passing them on.
  for (const name of Object.keys(meddling)) expect(seen).not.toContain(name);
});
