import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { watchAnswers } from "../../../src/measure/answers.ts";

const places = { source: "/source", destination: "/destination" };
const none = { source: undefined, destination: undefined };

/** File systems that take so many milliseconds of a clock of their own. */
function fileSystems(milliseconds: { proc: number; source: number; destination: number }) {
  const asked: string[] = [];
  let clock = 0;
  const ask = async (path: string): Promise<never> => {
    asked.push(path);
    const [, place] = path.split("/");
    clock += milliseconds[place as keyof typeof milliseconds];
    throw new Error("ENOENT");
  };
  return { asked, ask, now: () => clock };
}

describe("an answer", () => {
  test("is told without what asking costs, though it is an error", async () => {
    const { ask, now } = fileSystems({ proc: 2, source: 5, destination: 32 });
    const answers = watchAnswers(places, now, ask);
    expect(answers.take()).toEqual(none);
    answers.ask();
    await turn();
    expect(answers.take()).toEqual({ source: 3, destination: 30 });
  });

  test("of something counts as one of nothing", async () => {
    let clock = 0;
    const answers = watchAnswers(
      places,
      () => clock++,
      async () => "there",
    );
    answers.ask();
    await turn();
    expect(answers.take()).toEqual({ source: 0, destination: 0 });
  });

  test("is told once", async () => {
    const { ask, now } = fileSystems({ proc: 1, source: 2, destination: 3 });
    const answers = watchAnswers(places, now, ask);
    answers.ask();
    await turn();
    expect(answers.take()).not.toEqual(none);
    expect(answers.take()).toEqual(none);
  });

  test("is the newest where several came", async () => {
    const milliseconds = { proc: 0, source: 2, destination: 3 };
    const { ask, now } = fileSystems(milliseconds);
    const answers = watchAnswers(places, now, ask);
    for (const source of [7, 8]) {
      milliseconds.source = source;
      answers.ask();
      await turn();
    }
    expect(answers.take()).toEqual({ source: 8, destination: 3 });
  });

  test("is never below nothing", async () => {
    const { ask, now } = fileSystems({ proc: 9, source: 2, destination: 3 });
    const answers = watchAnswers(places, now, ask);
    answers.ask();
    await turn();
    expect(answers.take()).toEqual({ source: 0, destination: 0 });
  });
});

describe("what is asked", () => {
  test("is a name that is not there, and another one each time, so that nothing in between remembers it", async () => {
    const { ask, asked, now } = fileSystems({ proc: 1, source: 1, destination: 1 });
    const answers = watchAnswers(places, now, ask);
    for (let times = 0; times < 2; times++) {
      answers.ask();
      await turn();
    }
    expect(asked.map((path) => path.split("/")[1])).toEqual([
      ...["proc", "source", "destination"],
      ...["proc", "source", "destination"],
    ]);
    expect(asked[1]).not.toBe(asked[4]);
    expect(asked[1]).toMatch(/^\/source\/\.dailysync-/);
  });

  test("is asked one at a time: a file system that hangs is asked once", async () => {
    const asked: string[] = [];
    let answer: () => void = () => undefined;
    const hanging = (path: string) => {
      asked.push(path);
      return path.startsWith("/source")
        ? new Promise<void>((resolve) => {
            answer = resolve;
          })
        : Promise.resolve();
    };
    const answers = watchAnswers(places, () => 0, hanging);
    for (let times = 0; times < 5; times++) {
      answers.ask();
      await turn();
    }
    expect(asked).toHaveLength(2);
    expect(answers.take()).toEqual(none);
    answer();
    await turn();
    answers.ask();
    await turn();
    expect(asked).toHaveLength(5);
  });
});

test("real file systems answer", async () => {
  const answers = watchAnswers({ source: "/", destination: process.cwd() }, () => performance.now());
  answers.ask();
  let taken = answers.take();
  for (const deadline = performance.now() + 10_000; taken.source === undefined && performance.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    taken = answers.take();
  }
  expect(taken).toEqual({ source: expect.any(Number), destination: expect.any(Number) });
});
