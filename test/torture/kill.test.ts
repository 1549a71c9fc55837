import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import { flags, type RunningCommand, startCommand } from "../support/command-line.ts";
import {
  copyingRsyncs,
  expectExact,
  expectGoodEnd,
  expectNextRunExact,
  type Ordeal,
  ordeal,
} from "../support/ordeal.ts";
import { removePlaces } from "../support/place.ts";
import { seeded } from "../support/random.ts";
import { readReport } from "../support/report-of.ts";

// At once: each takes half a gigabyte.
afterEach(removePlaces);

/** Prints with each test what it drew; `SEED=7 npm run test:torture` draws the same again. */
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const random = seeded(seed);
/** So slow, in bytes a second of all rsyncs, that a run lasts about two seconds. */
const slowly = { "bandwidth-limit": "150M" };
const wholeRunMs = 2300;

const start = (at: Ordeal, inputs: Readonly<Record<string, string>> = {}): RunningCommand =>
  startCommand(flags({ ...at.inputs, ...slowly, ...inputs }), { cwd: at.root, env: { TMPDIR: at.temporary } });

/** Waits until four rsyncs copy with all their processes, and picks one process. */
async function oneOfTheRsyncs(at: Ordeal, which: "sender" | "generator" | "receiver"): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const all = copyingRsyncs(at);
    const pids = new Set(all.map(({ pid }) => pid));
    const senders = all.filter(({ parent }) => !pids.has(parent));
    const generators = all.filter(({ parent }) => senders.some(({ pid }) => pid === parent));
    const receivers = all.filter(({ parent }) => generators.some(({ pid }) => pid === parent));
    const candidates = { sender: senders, generator: generators, receiver: receivers }[which];
    if (receivers.length >= 4) return random.pick(candidates).pid;
    await pause(10);
  }
  throw new Error("four rsyncs never copied at once");
}

describe("SIGKILL of dailysync at a random moment", () => {
  // Spread over the whole of a run, drawn at random within each fiftieth of it.
  const moments = Array.from({ length: 50 }, (_, index) =>
    Math.round(((index + random.whole(1000) / 1000) * wholeRunMs) / 50),
  );
  test.each(moments.map((moment, index) => [moment, index % 2 === 0] as const))(
    `after %i ms, over an older destination: %s (SEED=${seed})`,
    async (moment, older) => {
      const at = ordeal({ older });
      const running = start(at);
      await pause(moment);
      running.child.kill("SIGKILL");
      const finished = await running.finished;
      if (finished.signal === null) await expectGoodEnd(at, finished, { status: 0, result: "success" });
      else await expectGoodEnd(at, finished, { status: undefined, result: undefined });
      await expectNextRunExact(at);
    },
  );
});

describe("SIGKILL of one rsync", () => {
  const cases = Array.from({ length: 20 }, (_, index) => ({
    which: random.pick(["sender", "generator", "receiver"] as const),
    retries: index % 3 === 0 ? "0" : "2",
    older: index % 2 === 0,
    moment: random.whole(800),
  }));
  test.each(cases)(
    `the $which, $moment ms into the copy, with $retries retries, older: $older (SEED=${seed})`,
    async ({ which, retries, older, moment }) => {
      const at = ordeal({ older });
      const running = start(at, { retries });
      const pid = await oneOfTheRsyncs(at, which);
      await pause(moment);
      process.kill(pid, "SIGKILL");
      const finished = await running.finished;
      if (retries === "0") {
        await expectGoodEnd(at, finished, {
          status: 1,
          result: "failure",
          words: /killed|died|data stream|signal|unexpectedly closed/,
        });
        expect(readReport(`${at.report}/report.json`).totals.failedProjects).toBeGreaterThan(0);
        await expectNextRunExact(at);
      } else {
        await expectGoodEnd(at, finished, { status: 0, result: "success" });
        expect(readReport(`${at.report}/report.json`).attempts.length).toBeGreaterThan(4);
        await expectExact(at);
      }
    },
  );
});

describe("SIGSTOP of one rsync", () => {
  const cases = (["sender", "generator", "receiver"] as const).flatMap((which) =>
    ["0", "1"].map((retries) => ({ which, retries })),
  );
  test.each(cases)("the $which, with a timeout and $retries retries", async ({ which, retries }) => {
    const at = ordeal({ older: true });
    const running = start(at, { timeout: "2", retries });
    process.kill(await oneOfTheRsyncs(at, which), "SIGSTOP");
    const finished = await running.finished;
    if (retries === "0") {
      await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /stopped for longer|timeout/ });
      await expectNextRunExact(at);
    } else {
      await expectGoodEnd(at, finished, { status: 0, result: "success" });
      await expectExact(at);
    }
  });

  test.each(["sender", "generator", "receiver"] as const)(
    "the %s, without a timeout: a cancellation ends it",
    async (which) => {
      const at = ordeal({ older: true });
      const running = start(at);
      process.kill(await oneOfTheRsyncs(at, which), "SIGSTOP");
      await pause(500);
      running.child.kill("SIGINT");
      await expectGoodEnd(at, await running.finished, { status: 130, result: "cancelled", words: /cancelled/ });
      await expectNextRunExact(at);
    },
  );
});

describe("SIGINT and SIGTERM at a random moment", () => {
  const moments = Array.from({ length: 10 }, (_, index) =>
    Math.round(((index + random.whole(1000) / 1000) * wholeRunMs) / 10),
  );
  test.each(moments.map((moment, index) => [index % 2 === 0 ? "SIGINT" : "SIGTERM", moment] as const))(
    `%s after %i ms (SEED=${seed})`,
    async (signal, moment) => {
      const at = ordeal({ older: true });
      const running = start(at);
      await pause(moment);
      running.child.kill(signal);
      const finished = await running.finished;
      // Until Node has read the bundle its own handler ends it; nothing has begun then.
      if (finished.signal !== null) expect(existsSync(at.report)).toBe(false);
      else await expectGoodEnd(at, finished, { status: [0, 130], result: ["success", "cancelled"] });
      await expectNextRunExact(at);
    },
  );
});
