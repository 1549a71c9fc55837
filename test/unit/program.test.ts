import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import {
  type Command,
  complaintOf,
  findProgram,
  type Launcher,
  type RunningProgram,
  startProgram,
} from "../../src/program.ts";
import { contentOnceWritten, fakeRsync, gone, isAlive } from "../support/fake-rsync.ts";
import { emptyDirectories, plant } from "../support/tree.ts";

const emptyDirectory = emptyDirectories();
const setsid = execFileSync("/bin/sh", ["-c", "command -v setsid"], { encoding: "utf8" }).trim();
const inGroup: Launcher = { command: [setsid], ownGroup: true };
const alone: Launcher = { command: [], ownGroup: false };

interface Started extends RunningProgram {
  readonly output: () => string;
  readonly errors: () => string;
}

/** Starts a program, with a standard input, and keeps what it says. */
function start(program: string, given: Partial<Command> & { readonly names?: string | Buffer } = {}): Started {
  const { names = "", ...command } = given;
  const input = `${emptyDirectory()}/names`;
  writeFileSync(input, names);
  const output: Uint8Array[] = [];
  const errors: Uint8Array[] = [];
  const child = startProgram({
    program,
    launcher: inGroup,
    arguments: [],
    input,
    onOutput: (chunk) => output.push(chunk),
    onError: (chunk) => errors.push(chunk),
    ...command,
  });
  const text = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString("latin1");
  return { ...child, output: () => text(output), errors: () => text(errors) };
}

describe.each([
  ["in a group of its own", inGroup],
  ["where there is no setsid", alone],
])("a process %s", (_name, group) => {
  test.each([0, 1, 23, 24, 126, 255])("that ends with %d", async (code) => {
    const child = start(fakeRsync(emptyDirectory(), `exit ${code}`), { launcher: group });
    expect(await child.ended).toEqual({ exitCode: code });
  });

  test.each(["TERM", "KILL", "SEGV"])("that SIG%s ends has no exit code", async (signal) => {
    const child = start(fakeRsync(emptyDirectory(), `kill -${signal} $$`), { launcher: group });
    expect(await child.ended).toEqual({ exitCode: undefined });
  });

  test("is known by its process id, which is rsync's own", async () => {
    const child = start(fakeRsync(emptyDirectory(), 'echo "$$"'), { launcher: group });
    await child.ended;
    expect(child.output()).toBe(`${child.pid()}\n`);
  });

  test("can be ended", async () => {
    const place = emptyDirectory();
    const child = start(fakeRsync(place, `echo ready > "${place}/ready"\nwhile :; do sleep 1; done`), {
      launcher: group,
    });
    await contentOnceWritten(`${place}/ready`);
    child.kill("SIGTERM");
    expect(await child.ended).toEqual({ exitCode: undefined });
  });

  test("that is told to end before it runs never does its work", async () => {
    const place = emptyDirectory();
    const child = start(fakeRsync(place, `sleep 60\necho done > "${place}/done"`), { launcher: group });
    child.kill("SIGKILL");
    expect(await child.ended).toEqual({ exitCode: undefined });
    expect(existsSync(`${place}/done`)).toBe(false);
  });
});

test("the children of rsync, and theirs, end with it", async () => {
  const place = emptyDirectory();
  const grandchild = `sh -c 'echo $$ > "${place}/grandchild"; while :; do sleep 1; done' & wait`;
  const child = start(fakeRsync(place, `( ${grandchild} ) & wait`));
  const pid = Number(await contentOnceWritten(`${place}/grandchild`));
  expect(isAlive(pid)).toBe(true);
  child.kill("SIGKILL");
  expect(await child.ended).toEqual({ exitCode: undefined });
  await gone(pid);
});

test.each(["exit 3", "kill -KILL $$"])("nor does a stopped child outlive one that ends by %s", async (end) => {
  const place = emptyDirectory();
  const child = start(
    fakeRsync(
      place,
      `sh -c 'echo $$ > "${place}/stopped"; kill -STOP $$' & sleep 0.1\nwhile ! test -s "${place}/stopped"; do :; done\n${end}`,
    ),
  );
  const pid = Number(await contentOnceWritten(`${place}/stopped`));
  await child.ended;
  await gone(pid);
});

test("a second signal ends what ignores the first", async () => {
  const place = emptyDirectory();
  const script = `trap 'echo ignored > "${place}/ignored"' TERM\necho ready > "${place}/ready"\nwhile :; do sleep 0.05; done`;
  const child = start(fakeRsync(place, script), { launcher: alone });
  await contentOnceWritten(`${place}/ready`);
  child.kill("SIGTERM");
  await contentOnceWritten(`${place}/ignored`);
  child.kill("SIGKILL");
  expect(await child.ended).toEqual({ exitCode: undefined });
});

test("a signal after the end reaches nobody", async () => {
  const child = start(fakeRsync(emptyDirectory(), "exit 0"));
  await child.ended;
  expect(() => child.kill("SIGKILL")).not.toThrow();
});

describe("arguments reach rsync as they are:", () => {
  test.each([
    ["blanks", [" a  b "]],
    ["quotes", [`'single' "double"`]],
    ["newlines", ["a\nb\n"]],
    ["what a shell would run", ["$(id)", "`id`", "$HOME", "; exit 7", "&& true", "> x", "*"]],
    ["backslashes", ["\\", "\\\\n", "a\\"]],
    ["leading dashes", ["-c", "--", "--help"]],
    ["nothing", [""]],
    ["other scripts", ["ü日本語"]],
  ])("%s", async (_name, args) => {
    const child = start(fakeRsync(emptyDirectory(), 'printf "%s\\0" "$@"'), { arguments: args });
    expect(await child.ended).toEqual({ exitCode: 0 });
    expect(child.output()).toBe(Buffer.from(args.map((one) => `${one}\0`).join("")).toString("latin1"));
  });

  test.each([["a b"], ["quote'\"s"], ["new\nline"], ["$HOME"]])(
    "so do rsync's own path and that of its input: %j",
    async (name) => {
      const place = emptyDirectory();
      writeFileSync(`${place}/names ${name}`, "the names");
      const child = start(fakeRsync(place, "cat", name), { input: `${place}/names ${name}` });
      expect(await child.ended).toEqual({ exitCode: 0 });
      expect(child.output()).toBe("the names");
    },
  );
});

test("standard input is the file, of any bytes and size", async () => {
  const names = Buffer.alloc(3_000_000, "./caf\xe9\n\0", "latin1");
  const child = start(fakeRsync(emptyDirectory(), "wc -c"), { names });
  await child.ended;
  expect(Number(child.output())).toBe(names.length);
  const echoing = start(fakeRsync(emptyDirectory(), "cat"), { names });
  await echoing.ended;
  expect(Buffer.from(echoing.output(), "latin1").equals(names)).toBe(true);
});

test("output and errors come apart, and nothing of the start is among them", async () => {
  const child = start(fakeRsync(emptyDirectory(), "echo out; echo err >&2; printf rest"));
  await child.ended;
  expect(child.output()).toBe("out\nrest");
  expect(child.errors()).toBe("err\n");
});

test("output that is no text comes as it is, also in pieces", async () => {
  const script = "printf '\\303'; sleep 0.02; printf '\\274\\377'; sleep 0.02; printf '\\000end'";
  const child = start(fakeRsync(emptyDirectory(), script));
  await child.ended;
  expect(child.output()).toBe("\xc3\xbc\xff\x00end");
});

test("the environment is ours, in the C locale and without what changes rsync or a shell", async () => {
  const meddling = ["RSYNC_RSH", "RSYNC_OLD_ARGS", "HOME", "CVSIGNORE", "ENV", "BASH_ENV", "BASH_FUNC_printf%%", "PS4"];
  const before = new Map([...meddling, "DAILYSYNC_TEST"].map((name) => [name, process.env[name]]));
  for (const name of before.keys()) process.env[name] = "set";
  try {
    const child = start("/usr/bin/env");
    await child.ended;
    const seen = child.output().split("\n");
    expect(seen).toEqual(expect.arrayContaining(["LC_ALL=C", "DAILYSYNC_TEST=set"]));
    expect(seen.filter((line) => meddling.some((name) => line.startsWith(`${name}=`)))).toEqual([]);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});

describe("a program is looked for in PATH", () => {
  test.each(["", ".", "bin", "./bin"])("but not in what begins at the working directory: %j", (entry) => {
    const [place, elsewhere] = [emptyDirectory(), emptyDirectory()];
    mkdirSync(`${place}/bin`);
    for (const directory of [place, `${place}/bin`]) fakeRsync(directory, "exit 0", "dailysync-test-program");
    const [cwd, path] = [process.cwd(), process.env["PATH"]];
    process.chdir(place);
    process.env["PATH"] = `${entry}:${elsewhere}`;
    try {
      expect(findProgram("dailysync-test-program")).toBeUndefined();
      const at = fakeRsync(elsewhere, "exit 0", "dailysync-test-program");
      expect(findProgram("dailysync-test-program")).toBe(at);
    } finally {
      process.chdir(cwd);
      process.env["PATH"] = path;
    }
  });
});

describe("what cannot be run", () => {
  test.each([
    ["is not there", (place: string) => `${place}/absent`],
    ["is no program", (place: string) => place],
  ])("%s: an exit code as in a shell, and a reason", async (_name, path) => {
    for (const group of [inGroup, alone]) {
      const child = start(path(emptyDirectory()), { launcher: group });
      const { exitCode } = await child.ended;
      expect([126, 127]).toContain(exitCode);
      expect(child.errors()).not.toBe("");
    }
  });

  test("has no input: a failure and a reason", async () => {
    const child = start(fakeRsync(emptyDirectory(), "exit 0"), { input: "/nonexistent/names" });
    expect((await child.ended).exitCode).toBeGreaterThan(0);
    expect(child.errors()).toMatch(/nonexistent/);
  });
});

test("real rsync copies what is listed", async () => {
  const rsync = execFileSync("/bin/sh", ["-c", "command -v rsync"], { encoding: "utf8" }).trim();
  const [source, destination] = [emptyDirectory(), emptyDirectory()];
  plant(source, ["caf\xe9", "new\nline", "#x", "not listed"]);
  const child = start(rsync, {
    arguments: ["-a", "--from0", "--files-from=-", `${source}/`, `${destination}/`],
    names: Buffer.from("./caf\xe9\0./new\nline\0./#x\0", "latin1"),
  });
  expect(await child.ended).toEqual({ exitCode: 0 });
  expect(readdirSync(destination, { encoding: "latin1" }).sort()).toEqual(["#x", "caf\xe9", "new\nline"]);
  expect(readFileSync(`${destination}/#x`, "utf8")).toBe("#x");
});

test.each([
  ["echo no; echo first >&2; echo second >&2; exit 3", "first"],
  ["printf fir >&2; sleep 0.02; echo st >&2; exit 3", "first"],
  ["exit 3", expect.stringMatching(/rsync ended with 3$/)],
  ["kill -9 $$", expect.stringMatching(/rsync ended with a signal$/)],
  ["echo only told >&2; exit 0", undefined],
])("the complaint of %j is %p", async (script, complaint) => {
  const program = fakeRsync(emptyDirectory(), script);
  expect(await complaintOf({ program, launcher: alone, arguments: [] }, undefined)).toEqual(complaint);
});
