import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Latencies, latenciesOf } from "../../../src/survey/latency.ts";
import { emptyDirectories, plant } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();

test("how long places take to answer is asked without a trace, and is never less than nothing", async () => {
  const [source, destination] = [emptyDirectory(), emptyDirectory()];
  plant(source, ["a"]);
  const latencies = await latenciesOf(source, { realPath: destination, exists: true });
  expect(Object.keys(latencies).sort()).toEqual(["destination", "source"]);
  for (const seconds of Object.values(latencies)) expect(seconds).toBeGreaterThanOrEqual(0);
  expect([readdirSync(source), readdirSync(destination)]).toEqual([["a"], []]);
});

test.each([
  ["that is not there yet", false],
  ["that is gone meanwhile", true],
])("a destination %s is no error, and is not made", async (_name, exists) => {
  const [source, parent] = [emptyDirectory(), emptyDirectory()];
  const { destination } = await latenciesOf(source, { realPath: `${parent}/absent`, exists });
  expect(destination).toBeGreaterThanOrEqual(0);
  expect(readdirSync(parent)).toEqual([]);
});

/** Places that take so many milliseconds to answer, or a time for each request, by a clock of their own. */
function answering(places: Readonly<Record<string, number | readonly number[]>>) {
  let clock = 5000;
  let [waiting, together] = [0, 0];
  const asked: string[] = [];
  const times = new Map<string, number>();
  const ask = async (path: Buffer): Promise<unknown> => {
    const directory = dirname(path.toString());
    asked.push(path.toString());
    together = Math.max(together, ++waiting);
    await Promise.resolve();
    waiting--;
    const milliseconds = places[directory] ?? 0;
    const time = times.get(directory) ?? 0;
    times.set(directory, time + 1);
    clock += typeof milliseconds === "number" ? milliseconds : (milliseconds[time % milliseconds.length] ?? 0);
    throw Object.assign(new Error("not there"), { code: "ENOENT" });
  };
  const latencies = (destination = { realPath: "/parent/destination", exists: true }): Promise<Latencies> =>
    latenciesOf("/source", destination, () => clock, ask);
  return { latencies, asked, together: () => together };
}

describe("what a place takes to answer", () => {
  test.each([
    ["is in seconds, for each of the two", { "/source": 1, "/parent/destination": 30 }, 0.001, 0.03],
    ["is beyond what asking costs", { "/proc": 0.5, "/source": 1, "/parent/destination": 2.5 }, 0.0005, 0.002],
    [
      "is nothing where it is no more than a machine's noise",
      { "/source": 0.099, "/parent/destination": 0.101 },
      0,
      0.000101,
    ],
    ["is never less than nothing", { "/proc": 5, "/source": 1, "/parent/destination": 4 }, 0, 0],
    [
      "is that of the request which nothing else held up",
      { "/source": [9, 8, 7, 1, 30, 9, 9], "/parent/destination": [500, 500, 500, 500, 500, 500, 2] },
      0.001,
      0.002,
    ],
  ])("%s", async (_name, places, source, destination) => {
    const latencies = await answering(places).latencies();
    expect(latencies.source).toBeCloseTo(source, 9);
    expect(latencies.destination).toBeCloseTo(destination, 9);
  });

  test("is that of its parent where there is no destination yet", async () => {
    const { latencies, asked } = answering({ "/parent": 3, "/parent/destination": 7 });
    expect((await latencies({ realPath: "/parent/destination", exists: false })).destination).toBeCloseTo(0.003, 9);
    expect(asked.filter((path) => path.startsWith("/parent/destination"))).toEqual([]);
  });

  test("is asked for one request after the other: together they would hold each other up", async () => {
    const { latencies, together } = answering({});
    await latencies();
    expect(together()).toBe(1);
  });

  test("is asked for with names that nothing can remember: never the same twice", async () => {
    const { latencies, asked } = answering({});
    await latencies();
    await latencies();
    const names = asked.map((path) => basename(path));
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(2);
  });
});
