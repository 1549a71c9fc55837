import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Item } from "../../../src/rsync/output.ts";
import { attempt } from "../../../src/run/attempt.ts";
import { emptyDirectories, never, raw } from "../../support/tree.ts";
import { plainSettings, pretended, shard, shardOf, workshop } from "../../support/workshop.ts";

const emptyDirectory = emptyDirectories();

test("rsync gets the names on its standard input and the arguments of the shard", async () => {
  const rsync = pretended({ end: 0 });
  const place = workshop(emptyDirectory(), {
    start: rsync.start,
    rsync: "/opt/rsync",
    launcher: { command: ["/opt/setsid"], ownGroup: true },
  });
  const names = ["./alpha", "./caf\xe9", "./new\nline"];
  await attempt(shardOf(3, "deep", names, ["alpha"]), 0, "progress", place, {}, never());
  expect(rsync.inputs).toEqual(["./alpha\0./caf\xe9\0./new\nline\0"]);
  const [command] = rsync.commands;
  expect(command).toMatchObject({ program: "/opt/rsync", launcher: { command: ["/opt/setsid"], ownGroup: true } });
  expect(command?.arguments).toContain("--files-from=-");
  expect(command?.arguments.slice(-2)).toEqual(["/source/", "/destination/"]);
});

test("what rsync says is passed on and told at the end", async () => {
  const rsync = pretended({
    end: 23,
    output: "item >f+++++++++ 7 alpha/x\n        700   1%    0.00kB/s    0:00:00\rTotal file size: 9 bytes\n",
    errors: 'rsync: [sender] send_files failed to open "/source/alpha/y": Permission denied (13)\n',
  });
  const items: Item[] = [];
  const bytes: number[] = [];
  const listener = { item: (item: Item) => void items.push(item), bytes: (count: number) => void bytes.push(count) };
  const place = workshop(emptyDirectory(), { start: rsync.start });
  const end = await attempt(shard(), 0, "entries", place, listener, never());
  expect(end.exitCode).toBe(23);
  expect(end.statistics?.bytes).toBe(9);
  expect(end.messages).toMatchObject({ total: 1, projects: new Set(["alpha"]) });
  expect(items.map(({ path }) => path)).toEqual(["alpha/x"]);
  expect(bytes).toEqual([700]);
});

describe("the rules of the folders", () => {
  const folderRules = ["- /a", "P /*/"].map(raw);
  test.each([
    ["loose", "- /a\0P /*/\0"],
    ["loose-sweep", "- /a\0P /*/\0"],
    ["whole", "- /a\nP /*/\n"],
  ] as const)("go to the kind %s in a file of their own", async (kind, written) => {
    const seen: string[] = [];
    const rsync = pretended({ end: 0 });
    const place = workshop(emptyDirectory(), {
      folderRules,
      start: (command) => {
        const rule = command.arguments.find((one) => one.startsWith("--filter=. "));
        seen.push(readFileSync(rule?.slice("--filter=. ".length) ?? "", "latin1"));
        return rsync.start(command);
      },
    });
    await attempt(shardOf(0, kind, [], [""]), 0, "progress", place, {}, never());
    expect(seen).toEqual([written]);
    expect(readdirSync(place.directory)).toEqual([]);
  });

  test.each(["deep", "shallow", "slice", "sweep", "skeleton", "relink"] as const)("do not concern %s", async (kind) => {
    const rsync = pretended({ end: 0 });
    const place = workshop(emptyDirectory(), { folderRules, start: rsync.start });
    await attempt(shardOf(0, kind, [], [""]), 0, "progress", place, {}, never());
    expect(rsync.commands[0]?.arguments.filter((one) => one.startsWith("--filter=. "))).toEqual([]);
  });
});

test("nothing is left behind, however rsync ends", async () => {
  for (const end of [0, 23, undefined]) {
    const place = workshop(emptyDirectory(), { start: pretended({ end }).start });
    await attempt(shard(), 0, "progress", place, {}, never());
    expect(readdirSync(place.directory)).toEqual([]);
  }
});

test("with debugging every line of both outputs and the arguments are told, progress is not", async () => {
  const output = "item >f+++++++++ 7 alpha/x\n     700   1%    0.00kB/s    0:00:00\rremark\n";
  const rsync = pretended({ end: 0, output, errors: "first\nsecond\n" });
  const told: string[] = [];
  const place = workshop(emptyDirectory(), { start: rsync.start, onDebug: (_shard, line) => told.push(line) });
  await attempt(shard(), 0, "changes", place, {}, never());
  expect(told[0]).toMatch(/^rsync .*"--recursive".*"\/source\/" "\/destination\/"$/);
  expect(told.slice(1).sort()).toEqual(["first", "item >f+++++++++ 7 alpha/x", "remark", "second"]);
});

test("one that is stopped for longer than the timeout is killed, and says so", async () => {
  const rsync = pretended({ end: "hangs" });
  const stopped = spawn("sleep", ["60"], { stdio: "ignore" });
  stopped.kill("SIGSTOP");
  const place = workshop(emptyDirectory(), {
    settings: { ...plainSettings, timeout: 1 },
    start: (command) => ({ ...rsync.start(command), pid: () => stopped.pid }),
  });
  const end = await attempt(shard(), 0, "progress", place, {}, never());
  stopped.kill("SIGKILL");
  expect(end.exitCode).toBeUndefined();
  expect(rsync.signals).toEqual(["SIGKILL"]);
  expect(end.messages.lines).toEqual(["rsync was stopped for longer than the timeout of 1 s, and killed"]);
});

describe("a cancellation", () => {
  test("asks rsync to end", async () => {
    const rsync = pretended({ end: "hangs" });
    const controller = new AbortController();
    const place = workshop(emptyDirectory(), {
      start: (command) => {
        const child = rsync.start(command);
        queueMicrotask(() => controller.abort());
        return child;
      },
    });
    const end = await attempt(shard(), 0, "progress", place, {}, controller.signal);
    expect(end.exitCode).toBeUndefined();
    expect(rsync.signals).toEqual(["SIGTERM"]);
  });

  test("before the start ends rsync as soon as it runs", async () => {
    const rsync = pretended({ end: "hangs" });
    const place = workshop(emptyDirectory(), { start: rsync.start });
    await attempt(shard(), 0, "progress", place, {}, AbortSignal.abort());
    expect(rsync.signals).toEqual(["SIGTERM"]);
  });

  test("ends by force what does not listen", async () => {
    const rsync = pretended({ end: "hangs" });
    const deaf: string[] = [];
    const place = workshop(emptyDirectory(), {
      start: (command) => {
        const child = rsync.start(command);
        return {
          ...child,
          kill: (signal) => {
            deaf.push(signal);
            if (signal === "SIGKILL") child.kill(signal);
          },
        };
      },
    });
    await attempt(shard(), 0, "progress", place, {}, AbortSignal.abort());
    expect(deaf).toEqual(["SIGTERM", "SIGKILL"]);
  });
});
