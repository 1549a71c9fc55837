import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { commandBundle, runCommand, startCommand } from "../support/command-line.ts";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { grow, heavy, type Place, pathsBelow, pendingChanges, place, removePlaces } from "../support/place.ts";
import { testUnless } from "../support/privileges.ts";
import { readReport } from "../support/report-of.ts";
import { repository } from "../support/runner.ts";
import { terminal } from "../support/terminal.ts";

afterAll(removePlaces);

const noScript = spawnSync("script", ["--version"]).status === 0 ? undefined : "script of util-linux is not installed";

const ends = ({ source, destination }: Place) => ["--source", source, "--destination", destination];
/** Runs the command in the place's own directory, where its report goes. */
const run = (where: Place, ...more: readonly string[]) =>
  runCommand([...ends(where), ...more], { cwd: where.root, env: { XDG_STATE_HOME: join(where.root, "state") } });

/** Runs the command on a terminal of 100 columns; resolves with everything that was sent to it. */
async function onTerminal(where: Place, more: readonly string[], variables = ""): Promise<string> {
  const words = [process.execPath, commandBundle, ...ends(where), ...more].map((word) => `'${word}'`).join(" ");
  const { NO_COLOR: _, ...environment } = process.env;
  const child = spawn("script", ["-qec", `stty cols 100; ${variables} ${words}`, "/dev/null"], {
    cwd: where.root,
    env: { ...environment, HOME: where.root },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let sent = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    sent += text;
  });
  await new Promise((closed) => child.once("close", closed));
  return sent;
}

/** What a person sees in the end of what was sent to a terminal of 100 columns. */
function seen(sent: string): Promise<string[]> {
  const screen = terminal(100, 24);
  screen.write(sent);
  return screen.lines();
}

describe("help and version", () => {
  test("--help has a flag for every input, its default and the exit statuses", async () => {
    const { status, stdout, stderr } = await runCommand(["--help"]);
    expect([status, stderr]).toEqual([0, ""]);
    const { inputs } = parse(readFileSync(join(repository, "action.yml"), "utf8")) as {
      inputs: Record<string, { default?: string }>;
    };
    expect(Object.keys(inputs).length).toBeGreaterThan(15);
    for (const [name, { default: value }] of Object.entries(inputs)) {
      const heading = stdout.split("\n").find((line) => new RegExp(`^  --${name}(=| |$)`).test(line));
      expect([name, heading]).toEqual([name, expect.stringContaining(value ? `default: ${value}` : name)]);
    }
    expect(stdout).toContain("dailysync init DESTINATION [--marker=NAME]");
    for (const code of ["0", "1", "2", "130"]) expect(stdout).toMatch(new RegExp(`^  ${code} `, "m"));
    expect((await runCommand(["-h"])).stdout).toBe(stdout);
  });

  test("--version says the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };
    expect(await runCommand(["--version"])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("exit statuses", () => {
  test("0 for a backup; the report is where the text is not, and nothing lands elsewhere", async () => {
    const where = place({ "alpha/one": "1", "beta/two": "2" });
    const { status, stdout, stderr } = await run(where);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Backup complete");
    expect(pendingChanges(where)).toBe("");
    expect(readReport(join(where.root, ".dailysync", "report.json"))).toMatchObject({
      result: "success",
      totals: { projects: 2, filesTransferred: 2 },
    });
    expect(pathsBelow(where.root)?.filter((path) => !/^(source|destination|state)/.test(path))).toEqual([
      ".dailysync",
      ".dailysync/report.html",
      ".dailysync/report.json",
    ]);
  });

  test("0 with --no-sync: nothing waits for the storage", async () => {
    const where = place({ "alpha/one": "1" });
    expect(await run(where, "--no-sync")).toMatchObject({ status: 0, stderr: "" });
    const { phases } = readReport(join(where.root, ".dailysync", "report.json"));
    expect(phases.map(({ name }) => name)).toEqual(["preflight", "lock", "survey", "plan", "gate", "copy"]);
  });

  test("0 for a backup with warnings", async () => {
    const where = place({ "alpha/one": "1" });
    const { PATH } = misbehavingRsync(
      join(where.root, "fake"),
      `copies alpha && "$real" "$@" < "$names" && echo 'file has vanished: "alpha/x"' >&2 && exit 24`,
    );
    const finished = await runCommand(ends(where), { cwd: where.root, env: { PATH } });
    expect(finished).toMatchObject({ status: 0, stderr: expect.stringMatching(/^warning: 1 source file vanished/m) });
  });

  test("1 for a failure, with an error for each reason", async () => {
    const where = place({ "alpha/one": "1" });
    grow(where.destination, { "alpha/old": "o" });
    const { status, stdout, stderr } = await run(where, "--delete", "--max-delete=0");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: nothing was deleted: the run would delete 1 of .* 1 entries, and max-delete 0/);
    expect(stdout).toContain("alpha/old");
  });

  test.each([
    [[], "source is missing"],
    [["--source", "/etc", "--destination"], "--destination needs a value"],
    [["backup"], '"backup" belongs to no flag'],
    [["--detele"], "did you mean --delete?"],
    [["-x"], '"-x" is not a flag'],
    [["--source=/a", "--source=/b"], "--source is given more than once"],
  ])("2 for wrong usage: %j", async (args, complaint) => {
    const where = place();
    const { status, stdout, stderr } = await runCommand(args, { cwd: where.root });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(complaint);
    expect(stderr).toContain("dailysync --help");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("2 for a word that is none, and of one that is nearly init it says so", async () => {
    const { status, stderr } = await runCommand(["inti", "/tmp"]);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('"inti" belongs to no flag: did you mean dailysync init?'),
    ]);
  });

  test("130 for an interruption, and the text says what was finished", async () => {
    const where = place({ "alpha/one": "1", "large/hole": 2 * heavy });
    const running = startCommand([...ends(where), "--bandwidth-limit=1M", "--parallelism=2"], { cwd: where.root });
    await Promise.race([running.finished, running.shows(/^alpha: \w+ after/m)]);
    running.child.kill("SIGINT");
    const { status, stdout } = await running.finished;
    expect(status).toBe(130);
    expect(stdout).toContain("Backup cancelled: 1 of 2 projects finished");
  });
});

describe("dailysync init", () => {
  test("marks a destination, without which a run with --marker is refused", async () => {
    const where = place({ "alpha/one": "1" });
    grow(where.destination, { "alpha/old": "o" });
    const [marker, deleting] = ["--marker=.dailysync-destination", ["--delete", "--max-delete=100%"]] as const;
    const refused = await run(where, marker, ...deleting);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(/^error: marker: .*has no file/)]);
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/old"]);

    const made = await runCommand(["init", "destination"], { cwd: where.root });
    expect([made.status, made.stderr]).toEqual([0, ""]);
    expect(made.stdout).toMatch(/^made ".*\/destination\/\.dailysync-destination": /);
    expect((await runCommand(["init", where.destination])).stdout).toContain("is there already");

    expect(await run(where, marker, ...deleting)).toMatchObject({ status: 0, stderr: "" });
    expect(pathsBelow(where.destination)).toEqual([".dailysync-destination", "alpha", "alpha/one"]);
  });

  test("says what is wrong, and --help helps", async () => {
    const missing = await runCommand(["init", "/nonexistent/place"]);
    expect(missing).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^error: .* does not exist/),
    });
    expect(await runCommand(["init"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("init DESTINATION"),
    });
    expect((await runCommand(["init", "--help"])).stdout).toContain("dailysync init DESTINATION");
  });
});

describe("flags", () => {
  test("booleans stand alone, can be negated, and lines may be repeated", async () => {
    const where = place({ "alpha/one": "1", "alpha/x.tmp": "no", "alpha/y.bak": "no" });
    grow(where.destination, { "alpha/old": "o" });
    const exclusions = ["--exclude", "*.tmp", "--exclude=*.bak"];
    expect((await run(where, "--delete", "--dry-run", "--max-delete", "100%", ...exclusions)).status).toBe(0);
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/old"]);
    expect((await run(where, "--no-delete", ...exclusions)).status).toBe(0);
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/old", "alpha/one"]);
    expect((await run(where, "--delete=true", "--max-delete=100%", ...exclusions)).status).toBe(0);
    expect(pathsBelow(where.destination)).toEqual(["alpha", "alpha/one"]);
  });

  test("relative places start at the working directory", async () => {
    const where = place({ "alpha/one": "1" });
    const { status } = await runCommand(["--source", "source/", "--destination=./destination"], { cwd: where.root });
    expect(status).toBe(0);
    expect(pendingChanges(where)).toBe("");
  });
});

describe("what is shown meanwhile", () => {
  test("on a pipe: a line for each finished project, no progress that overwrites itself, no colour", async () => {
    const where = place({ "alpha/hole": heavy, "beta/hole": heavy });
    const { stdout } = await run(where);
    for (const project of ["alpha", "beta"]) expect(stdout).toMatch(new RegExp(`^${project}: \\w+ after .* s`, "m"));
    for (const character of ["\r", "\u001b"]) expect(stdout).not.toContain(character);
  });

  // biome-ignore-start lint/suspicious/noControlCharactersInRegex: a terminal is told by them
  testUnless(noScript)(
    "on a terminal: bar, share, rates, time left and lanes in place; colours, unless NO_COLOR is set",
    async () => {
      const slow = ["--bandwidth-limit=90M", "--parallelism=2", "--preserve=sparse"];
      const trees = { "alpha/hole": 2 * heavy, "beta/hole": 2 * heavy };
      const [coloured, plain] = await Promise.all([
        onTerminal(place(trees), slow, "TERM=xterm"),
        onTerminal(place(trees), slow, "TERM=xterm NO_COLOR=1"),
      ]);
      for (const sent of [coloured, plain]) {
        const drawn = sent.split(/\r\u001b\[\d+A/);
        expect(drawn.length).toBeGreaterThan(2);
        expect(drawn.join("\n")).toMatch(/[█░]+ \d+ % · .* left/);
        expect(drawn.join("\n")).toMatch(/^ {2}1 {2}(alpha|beta) {2,}all of it/m);
        expect((await seen(sent)).join("\n")).toContain("Backup complete");
        expect((await seen(sent)).join("\n")).not.toMatch(/[█░] \d+ % · |files\/s/);
        expect(sent).not.toContain("\u001b[?25l");
      }
      expect(coloured).toMatch(/\u001b\[32m✔ Backup complete/);
      expect(plain).not.toMatch(/\u001b\[\d+m/);
    },
  );

  testUnless(noScript)("an interruption leaves no part of the view on the terminal", async () => {
    const trees = { "alpha/hole": 2 * heavy, "beta/hole": 2 * heavy };
    const slow = ["--bandwidth-limit=10M", "--parallelism=2"];
    const sent = await onTerminal(place(trees), slow, "TERM=xterm timeout --foreground -s INT 2");
    expect(sent).toMatch(/\r\u001b\[\d+A/);
    const lines = (await seen(sent)).join("\n");
    expect(lines).toContain("Backup cancelled");
    expect(lines).not.toMatch(/[█░] \d+ % · |files\/s/);
  });

  testUnless(noScript)("a terminal that cannot move its cursor gets lines alone", async () => {
    const sent = await onTerminal(place({ "alpha/hole": heavy, "beta/hole": heavy }), [], "TERM=dumb NO_COLOR=1");
    expect(sent).toMatch(/^alpha: complete after/m);
    expect(sent).not.toContain("\u001b");
  });
  // biome-ignore-end lint/suspicious/noControlCharactersInRegex: a terminal is told by them
});

describe("an output that nobody reads", () => {
  test("a closed standard output does not keep the backup from its work, and leaves no stack trace", async () => {
    const where = place({ "alpha/hole": heavy, "beta/hole": heavy });
    const running = startCommand([...ends(where), "--bandwidth-limit=60M"], { cwd: where.root });
    running.child.stdout?.destroy();
    const { stderr, signal } = await running.finished;
    expect(signal).toBeNull();
    expect(stderr).not.toMatch(/^\s+at |EPIPE|node:events/m);
    expect(pendingChanges(where)).toBe("");
  });

  test("--help into a pipe that is closed leaves no stack trace", async () => {
    const running = startCommand(["--help"]);
    running.child.stdout?.destroy();
    expect((await running.finished).stderr).toBe("");
  });
});
