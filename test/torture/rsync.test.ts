import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { meaningOf } from "../../src/rsync/exit-code.ts";
import type { FinishedCommand } from "../support/command-line.ts";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { expectGoodEnd, expectNextRunExact, type Ordeal, ordeal, runOrdeal } from "../support/ordeal.ts";
import { removePlaces } from "../support/place.ts";

// At once: each takes half a gigabyte.
afterEach(removePlaces);

const codes = Array.from({ length: 35 }, (_, index) => index + 1);
const copiesFirst = '"$real" "$@" < "$names";';

/** Runs with a program called rsync that does this where the real one would copy. */
function runWith(at: Ordeal, behaviour: string): Promise<FinishedCommand> {
  const { PATH } = misbehavingRsync(join(at.root, "fake"), behaviour);
  return runOrdeal(at, { retries: "0" }, { PATH });
}

describe("an rsync that ends with each of its exit codes", () => {
  test.each(codes)("%i, and has copied nothing", async (code) => {
    const at = ordeal({ older: code % 2 === 0 });
    const finished = await runWith(at, `has -lptgoD && ! has --dry-run && exit ${code}`);
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: new RegExp(`exit ${code}\\b`) });
    await expectNextRunExact(at);
  });

  test.each(codes)("%i, after it has copied everything", async (code) => {
    const at = ordeal({ older: code % 2 === 0 });
    const finished = await runWith(at, `has -lptgoD && ! has --dry-run && { ${copiesFirst} exit ${code}; }`);
    if (meaningOf(code, true).severity === "vanished")
      await expectGoodEnd(at, finished, { status: 0, result: "degraded", words: /vanished/ });
    else await expectGoodEnd(at, finished, { status: 1, result: "failure", words: new RegExp(`exit ${code}\\b`) });
    await expectNextRunExact(at);
  });
});

/** What is printed, on both outputs. */
const garbage: Readonly<Record<string, string>> = {
  "3 MB of any bytes": "head -c 3000000 /dev/urandom",
  "a line of 8 MB": "head -c 8000000 /dev/zero | tr '\\0' x",
  "a million empty lines": "yes '' | head -n 1000000",
  "commands of a runner and escape sequences":
    "printf '::error::pwned\\n##[error]pwned\\n\\033[31mpwned\\033]0;pwned\\007\\r\\n'",
  "changes that nobody made":
    "printf 'item >f+++++++++ 99999999999999999999 alpha/f0\\nitem *deleting   0 ../../etc\\n    99 100%% \\n'",
  "numbers as its statistics have them, but no statistics":
    "printf 'Number of files: many\\nTotal file size: -1 bytes\\n'",
};
const onBoth = (command: string): string => `{ ${command}; } 2>/dev/null; { ${command}; } 2>/dev/null >&2;`;

describe("an rsync that prints garbage", () => {
  test.each(Object.entries(garbage))("%s, and ends with 0 without having copied", async (_name, command) => {
    const at = ordeal({ older: true });
    const finished = await runWith(at, `has -lptgoD && ! has --dry-run && { ${onBoth(command)} exit 0; }`);
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /is that rsync\?/ });
    expectHarmless(finished);
    await expectNextRunExact(at);
  });

  test.each(Object.entries(garbage))("%s, and fails", async (_name, command) => {
    const at = ordeal({ older: true });
    const finished = await runWith(at, `has -lptgoD && ! has --dry-run && { ${onBoth(command)} exit 23; }`);
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /exit 23/ });
    expectHarmless(finished);
    await expectNextRunExact(at);
  });

  test.each(Object.entries(garbage))("%s, and copies all the same", async (_name, command) => {
    const at = ordeal({ older: true });
    const finished = await runWith(at, `has -lptgoD && ! has --dry-run && { ${onBoth(command)} printf '\\n'; }`);
    await expectGoodEnd(at, finished, { status: 0, result: "success" });
    expectHarmless(finished);
    await expectNextRunExact(at);
  });

  test.each(Object.entries(garbage))("%s, when it is asked for its version", async (_name, command) => {
    const at = ordeal({ older: true });
    const finished = await runWith(at, `version && { ${onBoth(command)} exit 0; }`);
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /does not answer --version/ });
    expectHarmless(finished);
    await expectNextRunExact(at);
  });

  test.each(Object.entries(garbage))("%s, when it is asked what the filters let pass", async (_name, command) => {
    const at = ordeal({ older: true });
    const { PATH } = misbehavingRsync(join(at.root, "fake"), `filters && { ${onBoth(command)} exit 0; }`);
    const finished = await runOrdeal(at, { retries: "0", exclude: "*.nothing" }, { PATH });
    await expectGoodEnd(at, finished, { status: 1, result: "failure", words: /is that rsync\?/ });
    expectHarmless(finished);
    await expectNextRunExact(at);
  });
});

/** Nothing of it reached a terminal or a runner as anything but text. */
function expectHarmless({ stdout, stderr }: FinishedCommand): void {
  const said = `${stdout}\n${stderr}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  expect(said).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]|^::error::pwned/m);
  expect(said.length).toBeLessThan(200_000);
}
