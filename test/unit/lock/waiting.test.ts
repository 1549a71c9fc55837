import { describe, expect, test } from "@jest/globals";
import { ourselves } from "../../../src/lock/holder.ts";
import type { Note } from "../../../src/lock/lock-file.ts";
import { startWaiting, type Waiting } from "../../../src/lock/waiting.ts";

const startedAt = new Date("2026-11-26T02:17:05.000Z");
const here = ourselves({ id: "0d6f3b1e-7a55-4c1c-9a53-0a3f6c1b2d3e", url: undefined, startedAt });
const elsewhere = { ...here, bootId: "another", host: "nas1", pid: 7 };
const theRun = `the run that began 2026-11-26 02:17:05 UTC (process 7 on host "nas1")`;

const noteOf = (counter: number): Note => ({
  text: `${JSON.stringify(elsewhere)}\n${counter}\n`,
  holder: elsewhere,
  counter: String(counter),
});
const held = { kind: "held", note: noteOf(0), provable: true } as const;
const doubtful = (counter: number) => ({ kind: "doubtful", note: noteOf(counter) }) as const;

interface Bench extends Waiting {
  readonly lines: string[];
  readonly pass: (ms: number) => void;
}

function waiting(lockWait: number, mayAppear = false): Bench {
  const lines: string[] = [];
  let now = 1000;
  const begun = startWaiting(
    { destination: "/backup", mayAppear, lockWait, stateDir: "/state", staleMs: 60_000 },
    (line) => lines.push(line),
    () => now,
  );
  const pass = (ms: number): void => {
    now += ms;
  };
  return { ...begun, lines, pass };
}

describe("a destination that another run holds", () => {
  test("is refused at once without lock-wait", () => {
    expect(() => waiting(0).note(held)).toThrow(
      `destination "/backup" is in use by ${theRun}: wait for its end, or let lock-wait say how many seconds to wait`,
    );
  });

  test("is waited for as long as lock-wait says, and that is told once", () => {
    const bench = waiting(90);
    bench.note(held);
    bench.pass(89_999);
    bench.note(held);
    expect(bench.lines).toEqual([`The destination is in use by ${theRun}: waiting for its end, for up to 1 min 30 s`]);
    bench.pass(1);
    expect(() => bench.note(held)).toThrow(`in use by ${theRun}, also after 1 min 30 s of waiting: wait for its end`);
  });

  test("is refused with the way out where nothing shows when it has ended", () => {
    expect(() => waiting(0).note({ ...held, provable: false })).toThrow(
      "if you know that it has ended, remove its file .dailysync-lock there",
    );
  });

  test.each([
    ["of which nothing can be read", { text: "", holder: undefined, counter: undefined }],
    ["which is taken over at this moment", { ...noteOf(0), holder: { ...here, processStarted: "1" } }],
  ])("names nobody by guess where there is a note %s", (_which, note) => {
    expect(() => waiting(0).note({ ...held, note })).toThrow("in use by a run that has not said who it is");
  });
});

describe("a lease of another machine", () => {
  test("is watched without lock-wait too, and stale when its counter stood still for a minute of this machine's clock", () => {
    const bench = waiting(0);
    bench.note(doubtful(3));
    bench.pass(59_999);
    bench.note(doubtful(3));
    expect(bench.stale()).toBeUndefined();
    bench.pass(1);
    expect(bench.stale()).toBe(noteOf(3).text);
    expect(bench.lines).toEqual([
      `The destination was locked by ${theRun}: watching for up to 1 min 00 s whether that still runs`,
    ]);
  });

  test("is another run's as soon as its counter moves", () => {
    const bench = waiting(0);
    bench.note(doubtful(3));
    bench.pass(2000);
    expect(() => bench.note(doubtful(4))).toThrow(`destination "/backup" is in use by ${theRun}`);
  });

  test("is watched anew after each move", () => {
    const bench = waiting(300);
    bench.note(doubtful(3));
    bench.pass(50_000);
    bench.note(doubtful(4));
    bench.pass(50_000);
    expect(bench.stale()).toBeUndefined();
    bench.pass(10_000);
    expect(bench.stale()).toBe(noteOf(4).text);
  });
});

describe("a destination that is gone", () => {
  test("was removed meanwhile, if it was there before", () => {
    expect(() => waiting(0).note({ kind: "gone" })).toThrow('destination "/backup" is not there any more');
  });

  test("is made again, if it was made for a run that was refused", () => {
    expect(() => waiting(0, true).note({ kind: "gone" })).not.toThrow();
  });
});

test("a destination that cannot be locked at all is refused with both reasons", () => {
  expect(() => waiting(0).note({ kind: "impossible", reason: "EACCES; EROFS" })).toThrow(
    /neither by a file in it nor by one in state-dir "\/state" \(EACCES; EROFS\): let state-dir name/,
  );
});
