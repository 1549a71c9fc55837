import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import { watchForStop } from "../../../src/run/stopped.ts";
import { contentOnceWritten, isAlive } from "../../support/fake-rsync.ts";
import { emptyDirectories } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
});

/** A process with a child and a grandchild, as an rsync has them; the result is their process ids, in this order. */
async function family(): Promise<readonly [number, number, number]> {
  const pids = `${emptyDirectory()}/pids`;
  const script = `sh -c 'sleep 60 & echo $PPID $$ $! > "${pids}"; wait' & wait`;
  const child = spawn("sh", ["-c", script], { stdio: "ignore" });
  await once(child, "spawn");
  const [first = 0, second = 0, third = 0] = (await contentOnceWritten(pids)).split(" ").map(Number);
  started.push(first, second, third);
  return [first, second, third];
}

describe("a process of an rsync that is stopped", () => {
  test.each([0, 1, 2])("is noticed, in generation %i", async (generation) => {
    const pids = await family();
    process.kill(pids[generation] ?? 0, "SIGSTOP");
    await new Promise<void>((noticed) => watchForStop(() => pids[0], 0.1, noticed));
  });

  test("is none that only waits, nor one that has ended, nor one that is not known yet", async () => {
    const [first] = await family();
    const heard: string[] = [];
    const ends = [
      watchForStop(
        () => first,
        0,
        () => heard.push("waits"),
      ),
      watchForStop(
        () => 2 ** 22 + 1,
        0,
        () => heard.push("ended"),
      ),
      watchForStop(
        () => undefined,
        0,
        () => heard.push("unknown"),
      ),
    ];
    // One that is stopped all the same says that there was time enough to notice.
    const [stopped] = await family();
    process.kill(stopped, "SIGSTOP");
    await new Promise<void>((noticed) => watchForStop(() => stopped, 0.6, noticed));
    for (const end of ends) end();
    expect(heard).toEqual([]);
  });

  test("may be stopped for a while", async () => {
    const looks: number[] = [];
    // Every second look finds it running.
    const readFile = (path: string): string => {
      if (!path.endsWith("/stat")) throw new Error("no children");
      looks.push(0);
      return `1 (a) b) ) ${looks.length % 2 === 0 ? "S" : "T"} 1`;
    };
    let heard = false;
    const end = watchForStop(
      () => 1,
      0.7,
      () => {
        heard = true;
      },
      readFile,
    );
    while (looks.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    end();
    expect(heard).toBe(false);
  });

  test("and where there is no /proc, nothing is noticed and nothing breaks", async () => {
    let looked = false;
    await new Promise<void>((done) => {
      const end = watchForStop(
        () => 1,
        0,
        done,
        (path) => {
          if (looked) {
            end();
            done();
          }
          looked = true;
          return readFileSync(`/nonexistent${path}`, "latin1");
        },
      );
    });
    expect(looked).toBe(true);
  });
});
