import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { flags, runCommand } from "../support/command-line.ts";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { outputNames } from "../support/output-names.ts";
import { grow, type Place, pathsBelow, place, removePlaces } from "../support/place.ts";
import {
  giveToOrdinaryUser,
  mount,
  nodeOfOrdinaryUser,
  noMounts,
  noOrdinaryUser,
  testUnless,
  unmount,
} from "../support/privileges.ts";
import { reportOf } from "../support/report-of.ts";
import { removeRunnerDirectories, runAction } from "../support/runner.ts";

const mounted: string[] = [];
afterAll(async () => {
  for (const directory of mounted.reverse()) unmount(directory);
  removePlaces();
  await removeRunnerDirectories();
});

/** A run that must be refused. */
interface Refusal {
  readonly inputs: Readonly<Record<string, string>>;
  /** What each error must say, in any order; there must be no other. */
  readonly says: readonly RegExp[];
  /** The command's exit status: 2 for wrong usage, 1 for a machine that is not ready. */
  readonly status: 1 | 2;
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string | undefined;
  /** Warnings that the runner itself adds. */
  readonly warnings?: number;
}

const stackTrace = /^\s+at .*[(:]\d+/m;

/** Runs the same inputs as a step and as a command, and expects each problem as one clear line, and nothing written. */
async function expectRefusal({ root, destination }: Place, refusal: Refusal): Promise<void> {
  const { inputs, says, status, env = {}, warnings = 0 } = refusal;
  const before = pathsBelow(destination);
  const node = refusal.node === undefined ? {} : { node: refusal.node };

  const finished = await runAction({ with: inputs, env, ...node });
  expectSentences(
    finished.annotations.filter(({ kind }) => kind === "error").map(({ message }) => message),
    says,
  );
  expect(finished.annotations.filter(({ kind }) => kind === "warning")).toHaveLength(warnings);
  expect(finished).toMatchObject({
    conclusion: "failure",
    exitCode: 1,
    orphans: [],
    outputs: { result: "failure", projects: "0", "failed-projects": "[]", files: "0", "bytes-transferred": "0" },
  });
  expect(Object.keys(finished.outputs).sort()).toEqual([...outputNames].sort());
  expect(finished.summary).toContain("Backup refused, nothing was written");
  expect(finished.log.join("\n")).not.toMatch(stackTrace);
  expectSentences(reportOf(finished).reasons, says);

  const command = await runCommand([...flags(inputs), `--report-dir=${root}/report`], { cwd: "/", env, ...node });
  const lines = command.stderr.trimEnd().split("\n");
  const complaints = lines.filter((line) => !/^(dailysync --help|warning: )/.test(line));
  expectSentences(
    complaints,
    says.map((pattern) => new RegExp(`^error: .*${pattern.source}`, "s")),
  );
  expect(command.status).toBe(status);
  expect(`${command.stdout}${command.stderr}`).not.toMatch(stackTrace);
  expect(pathsBelow(destination)).toEqual(before);
}

function expectSentences(sentences: readonly string[], patterns: readonly RegExp[]): void {
  expect(sentences).toEqual(expect.arrayContaining(patterns.map((pattern) => expect.stringMatching(pattern))));
  expect(sentences).toHaveLength(patterns.length);
}

const good = () => place({ "alpha/one": "1" });
const inputsOf = ({ source, destination }: Place) => ({ source, destination });
const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

describe("inputs that are wrong", () => {
  test("missing ones are named", async () => {
    await expectRefusal(good(), { inputs: {}, says: [/source is missing/, /destination is missing/], status: 2 });
  });

  test("a misspelt one is not taken for its default: did you mean", async () => {
    const where = good();
    const { source, destination } = where;
    const step = await runAction({ with: { source, destinatoin: destination } });
    expectSentences(
      step.annotations.filter(({ kind }) => kind === "error").map(({ message }) => message),
      [/"destinatoin" is not an input: did you mean 'destination'\?/, /destination is missing/],
    );
    expect(step).toMatchObject({ exitCode: 1, outputs: { result: "failure" } });
    const command = await runCommand(
      [`--source=${source}`, `--destinatoin=${destination}`, `--report-dir=${where.root}`],
      { cwd: "/" },
    );
    expect(command.stderr).toContain("did you mean --destination?");
    expect(command.status).toBe(2);
    expect(pathsBelow(destination)).toBeUndefined();
  });

  test.each([
    ["parallelism", "many", /parallelism "many"/],
    ["parallelism", "257", /parallelism "257"/],
    ["delete", "yes", /delete "yes" is neither true nor false/],
    ["max-delete", "half", /max-delete "half"/],
    ["preserve", "hardlinks", /preserve "hardlinks" is not known: did you mean 'hard-links'\?/],
    ["retries", "-1", /retries "-1"/],
    ["timeout", "1m", /timeout "1m"/],
    ["bandwidth-limit", "fast", /bandwidth-limit "fast"/],
    ["require-mount", "all", /require-mount "all"/],
    ["projects", "../*", /projects "\.\.\/\*"/],
    ["source", "host:/data", /source "host:\/data" looks like an address of another machine/],
  ])("%s: %s", async (name, value, says) => {
    const where = good();
    await expectRefusal(where, { inputs: { ...inputsOf(where), [name]: value }, says: [says], status: 2 });
  });

  test.each([
    ["--rsh=ssh"],
    ["-e"],
    ["--rsync-path=/x"],
    ["--files-from=/x"],
    ["--remove-source-files"],
    ["--delete-before"],
    ["--daemon"],
    ["--log-file=/x"],
    ["--out-format=%n"],
    ["--max-delete=1"],
    ["-n"],
    ["-Wn"],
    ["--partial-dir=.p"],
    ["/etc/passwd"],
  ])("rsync-args %s is refused by name", async (argument) => {
    const where = good();
    await expectRefusal(where, {
      inputs: { ...inputsOf(where), "rsync-args": argument },
      says: [new RegExp(`rsync-args "${literally(argument)}": `)],
      status: 2,
    });
  });

  test("a filter that is no rule", async () => {
    const where = good();
    await expectRefusal(where, {
      inputs: { ...inputsOf(where), filter: "keep this" },
      says: [/filter "keep this" is not an rsync filter rule/],
      status: 2,
    });
  });

  test("a filter that only rsync can refuse, with rsync's words", async () => {
    const where = good();
    await expectRefusal(where, {
      inputs: { ...inputsOf(where), filter: "-Q *.o" },
      says: [/does not accept what rsync-args, filter or exclude say: .*-Q/],
      status: 1,
    });
  });

  test("all at once: inputs, places and the machine", async () => {
    const where = good();
    await expectRefusal(where, {
      inputs: {
        source: join(where.root, "nowhere"),
        destination: join(where.root, "no", "parent"),
        parallelism: "0",
        "rsync-args": "--daemon\n-n",
        delete: "perhaps",
      },
      env: { PATH: join(where.root, "nothing") },
      says: [
        /parallelism "0"/,
        /rsync-args "--daemon": /,
        /rsync-args "-n": /,
        /delete "perhaps"/,
        /source ".*nowhere" does not exist/,
        /destination ".*parent" cannot be made: its parent directory .* does not exist/,
        /rsync is not installed/,
      ],
      status: 2,
    });
  });
});

describe("a source that cannot be one", () => {
  test("a file", async () => {
    const where = good();
    const source = join(where.root, "file");
    writeFileSync(source, "");
    await expectRefusal(where, {
      inputs: { ...inputsOf(where), source },
      says: [new RegExp(`source "${literally(source)}" is not a directory`)],
      status: 1,
    });
  });

  test("an empty directory, which may be a mount point without its mount", async () => {
    const where = place();
    grow(where.destination, { "alpha/one": "1" });
    for (const deletes of ["false", "true"])
      await expectRefusal(where, {
        inputs: { ...inputsOf(where), delete: deletes, "max-delete": "100%" },
        says: [new RegExp(`source "${literally(where.source)}" is empty.*is it mounted`)],
        status: 1,
      });
  });

  test("nothing that the patterns match; what is there is named", async () => {
    const where = good();
    await expectRefusal(where, {
      inputs: { ...inputsOf(where), projects: "team-*" },
      says: [/projects "team-\*" match nothing below source .*alpha/],
      status: 1,
    });
  });

  testUnless(noOrdinaryUser)("a directory that this user may not read", async () => {
    const where = good();
    giveToOrdinaryUser(where.root);
    chmodSync(where.source, 0o300);
    await expectRefusal(where, {
      inputs: inputsOf(where),
      node: nodeOfOrdinaryUser(where.root),
      says: [/source ".*" cannot be used by this user \(\d+\)/],
      status: 1,
    }).finally(() => chmodSync(where.source, 0o755));
  });
});

describe("a destination that cannot be one", () => {
  test("a file", async () => {
    const where = good();
    writeFileSync(where.destination, "precious");
    await expectRefusal(where, { inputs: inputsOf(where), says: [/destination ".*" is not a directory/], status: 1 });
  });

  testUnless(noOrdinaryUser)("one in a directory that this user may not write to", async () => {
    const where = { ...good(), destination: "/etc/dailysync-test" };
    giveToOrdinaryUser(where.root);
    await expectRefusal(where, {
      inputs: inputsOf(where),
      node: nodeOfOrdinaryUser(where.root),
      says: [/destination ".*" cannot be used by this user/],
      status: 1,
    });
  });
});

describe("places that lie in each other", () => {
  const destinationInside = /destination ".*" lies inside source "/;
  const sameThroughMount = /source ".*" and destination ".*" show the same directory through a mount/;
  const sourceInside = /source ".*" lies inside destination "/;

  test("the same directory, under another name too", async () => {
    const where = good();
    const link = join(where.root, "link");
    symlinkSync(where.source, link);
    for (const destination of [where.source, link])
      await expectRefusal(
        { ...where, destination: where.source },
        {
          inputs: { source: where.source, destination },
          says: [/destination is the same directory as source/],
          status: 1,
        },
      );
  });

  test("the destination in the source", async () => {
    const where = good();
    for (const destination of [join(where.source, "backup"), join(where.source, "alpha")])
      await expectRefusal(
        { ...where, destination: where.source },
        { inputs: { source: where.source, destination }, says: [destinationInside], status: 1 },
      );
  });

  test("the source in the destination", async () => {
    const where = good();
    await expectRefusal(
      { ...where, destination: where.root.concat("/source") },
      { inputs: { source: where.source, destination: where.root }, says: [sourceInside], status: 1 },
    );
  });

  test("the destination in the source, through a symbolic link", async () => {
    const where = good();
    symlinkSync(join(where.source, "alpha"), join(where.root, "elsewhere"));
    await expectRefusal(
      { ...where, destination: where.source },
      {
        inputs: { source: where.source, destination: join(where.root, "elsewhere", "backup") },
        says: [destinationInside],
        status: 1,
      },
    );
  });

  testUnless(noMounts)("the destination in the source, through a bind mount", async () => {
    const where = good();
    const view = join(where.root, "view");
    mounted.push(view);
    expect(mount(join(where.source, "alpha"), view, "--bind")).toBe(0);
    await expectRefusal(
      { ...where, destination: where.source },
      { inputs: { source: where.source, destination: join(view, "backup") }, says: [sameThroughMount], status: 1 },
    );
  });

  testUnless(noMounts)("the source in the destination, through a bind mount", async () => {
    const where = good();
    const view = join(where.destination, "view");
    mkdirSync(where.destination);
    mounted.push(view);
    expect(mount(where.source, view, "--bind")).toBe(0);
    await expectRefusal(
      { ...where, destination: where.source },
      { inputs: { source: view, destination: where.destination }, says: [sourceInside], status: 1 },
    );
    await expectRefusal(
      { ...where, destination: where.source },
      { inputs: { source: where.source, destination: where.destination }, says: [sourceInside], status: 1 },
    );
  });
});

describe("a machine that is not ready", () => {
  test("without rsync: how to install it", async () => {
    const where = good();
    await expectRefusal(where, {
      inputs: inputsOf(where),
      env: { PATH: join(where.root, "nothing") },
      says: [/rsync is not installed on this machine.*apt-get install rsync/],
      status: 1,
    });
  });

  test("with an rsync that is too old: which version, and how to install another", async () => {
    const where = good();
    const { PATH } = misbehavingRsync(
      join(where.root, "fake"),
      "version && echo 'rsync  version 3.0.9  protocol version 30' && exit 0",
    );
    await expectRefusal(where, {
      inputs: inputsOf(where),
      env: { PATH },
      says: [/rsync 3\.0\.9 \(.*\) is too old, 3\.1\.3 or newer is needed: .*apt-get install rsync/],
      status: 1,
    });
  });

  test("with something else that is called rsync", async () => {
    const where = good();
    const { PATH } = misbehavingRsync(join(where.root, "fake"), "version && echo hello && exit 7");
    await expectRefusal(where, {
      inputs: inputsOf(where),
      env: { PATH },
      says: [/does not answer --version as rsync does \(it ended with 7\)/],
      status: 1,
    });
  });

  test("with nothing mounted where something must be", async () => {
    // Directly below the root, so that no file system that is mounted elsewhere holds them.
    const inputs = { source: "/etc", destination: "/dailysync-test-destination", "require-mount": "both" };
    await expectRefusal(
      { root: good().root, source: "/etc", destination: inputs.destination },
      {
        inputs,
        says: [/require-mount: source "\/etc" lies on the root file system/, /destination "\/dailysync/],
        status: 1,
      },
    );
  });

  test("without the marker: what it looks like, and how to make one; with all other problems", async () => {
    const where = good();
    grow(where.destination, { "alpha/old": "o" });
    await expectRefusal(where, {
      inputs: { ...inputsOf(where), marker: ".dailysync-destination", retries: "many" },
      says: [
        /retries "many"/,
        /marker: destination ".*" has no file "\.dailysync-destination"\. .*mount is missing: .*dailysync init DESTINATION --marker=\.dailysync-destination/,
      ],
      status: 2,
    });
  });

  test.each(["a/b", "..", ".dailysync-lock"])("a marker that can be none: %s", async (marker) => {
    const where = good();
    const says = [new RegExp(`marker "${literally(marker)}" is `)];
    await expectRefusal(where, { inputs: { ...inputsOf(where), marker }, says, status: 2 });
  });

  testUnless(noMounts)("with a mounted source and destination, require-mount has nothing to say", async () => {
    const where = good();
    const [source, destination] = [join(where.root, "m1"), join(where.root, "m2")];
    for (const directory of [source, destination]) {
      mounted.push(directory);
      expect(mount("tmpfs", directory, "-t", "tmpfs", "-o", "size=1m")).toBe(0);
    }
    grow(source, { "alpha/one": "1" });
    const inputs = { source, destination: join(destination, "below"), "require-mount": "both" };
    expect((await runAction({ with: inputs })).outputs).toMatchObject({ result: "success" });
  });

  testUnless(noMounts)("with a destination that is mounted read-only", async () => {
    const where = good();
    mounted.push(where.destination);
    expect(mount("tmpfs", where.destination, "-t", "tmpfs", "-o", "ro,size=64k")).toBe(0);
    await expectRefusal(where, {
      inputs: inputsOf(where),
      says: [/destination ".*" is on a read-only file system: mount it writable/],
      status: 1,
    });
  });

  testUnless(noMounts)("with too few bytes at the destination: how many are free, and how many must come", async () => {
    const where = place({ "alpha/large": 4 * 1024 * 1024, "beta/small": 1024 });
    mounted.push(where.destination);
    expect(mount("tmpfs", where.destination, "-t", "tmpfs", "-o", "size=1m")).toBe(0);
    await expectRefusal(where, {
      inputs: inputsOf(where),
      says: [/destination has (1\.00 MiB|10\d\d KiB) free, and 4\.00 MiB of new files must come/],
      status: 1,
    });
  });

  testUnless(noMounts)("with too few inodes at the destination", async () => {
    const where = place(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`alpha/${index}`, ""])));
    mounted.push(where.destination);
    expect(mount("tmpfs", where.destination, "-t", "tmpfs", "-o", "size=1m,nr_inodes=20")).toBe(0);
    await expectRefusal(where, {
      inputs: inputsOf(where),
      says: [/destination has \d+ free inodes, and 40 new files must come/],
      status: 1,
    });
  });
});
