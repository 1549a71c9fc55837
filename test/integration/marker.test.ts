import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { InputName } from "../../src/inputs/definition.ts";
import type { Report } from "../../src/report/report.ts";
import type { Surroundings } from "../../src/surroundings.ts";
import { backUp, scratch } from "../support/back-up.ts";
import { keepingLog } from "../support/keeping-log.ts";
import { plant } from "../support/tree.ts";

let place: ReturnType<typeof scratch>;
let source: string;
let destination: string;

beforeEach(() => {
  place = scratch();
  [source, destination] = [`${place.path}/source`, `${place.path}/destination`];
});

afterEach(() => place.dispose());

const deleting = { delete: "true", "max-delete": "100%" };

function run(inputs: Partial<Record<InputName, string>>, surroundings: Partial<Surroundings> = {}): Promise<Report> {
  return backUp({ source, destination, ...inputs }, surroundings);
}

/** What happens when the preflight has found everything well, and before anything is counted or copied. */
function afterPreflight(happens: () => void): Partial<Surroundings> {
  const log = keepingLog();
  return { log: { ...log, info: (line) => (/^rsync \S+, \d+ project/.test(line) ? happens() : log.info(line)) } };
}

/** What happens when the first project is finished. */
function afterProject(happens: () => void): Partial<Surroundings> {
  return { log: { ...keepingLog(), finished: happens } };
}

describe("the marker stays where it is and as it is, and is neither copied nor counted,", () => {
  const large = (count: number) => Array.from({ length: count }, (_, number) => [`loose${number}`, 90_000] as const);
  const finely: Partial<Surroundings> = { leastSeconds: 1e-6, latencies: { source: 0, destination: 0 } };

  test.each<[string, Partial<Surroundings>, Partial<Record<InputName, string>>, readonly string[]]>([
    ["where one rsync copies all", {}, {}, ["whole"]],
    ["where the tree is split", finely, {}, ["deep", "loose"]],
    ["where rsync counts what is deleted", finely, { filter: "- *.tmp" }, ["deep", "loose"]],
    ["with projects deep down", {}, { projects: "*/*\n*" }, ["whole"]],
    ["with delete-projects", finely, { "delete-projects": "true" }, ["deep", "loose"]],
    ["where loose files are cut into slices", finely, {}, ["loose-sweep", "slice"]],
  ])("%s", async (_name, surroundings, inputs, kinds) => {
    for (const marker of [".dailysync-destination", "here"]) {
      plant(source, ["a/f", "a/b/f", "c/d/f", ...large(kinds.includes("slice") ? 8 : 1), marker, "a/here"]);
      plant(destination, ["a/old", "a/b/old", "oldloose"]);
      writeFileSync(`${destination}/${marker}`, "mine");
      const before = lstatSync(`${destination}/${marker}`);
      const report = await run({ marker, ...deleting, ...inputs }, surroundings);
      expect(report).toMatchObject({ result: "success", deletions: { pending: 3 }, totals: { filesDeleted: 3 } });
      expect(report.shards.map(({ kind }) => kind)).toEqual(expect.arrayContaining([...kinds]));
      expect(readFileSync(`${destination}/${marker}`, "utf8")).toBe("mine");
      expect(lstatSync(`${destination}/${marker}`).mtimeMs).toBe(before.mtimeMs);
      // A file of that name elsewhere is a file like others.
      expect(existsSync(`${destination}/a/here`)).toBe(true);
      rmSync(destination, { recursive: true });
      rmSync(source, { recursive: true });
    }
  });

  test("and its name protects nothing where another marker is demanded: only the usual one and the one that is", async () => {
    plant(source, ["a/f"]);
    plant(destination, ["a/f", "there", ".dailysync-destination", "here"]);
    const report = await run({ marker: "here", ...deleting });
    expect(report).toMatchObject({ result: "success", totals: { filesDeleted: 1 } });
    expect(existsSync(`${destination}/there`)).toBe(false);
    for (const name of [".dailysync-destination", "here"]) expect(existsSync(`${destination}/${name}`)).toBe(true);
  });
});

describe("a destination without the marker", () => {
  test.each([
    ["is refused where it is there", true],
    ["is refused where it is not, and not made", false],
  ])("%s", async (_name, there) => {
    plant(source, ["a/f"]);
    if (there) plant(destination, ["a/old"]);
    const report = await run({ marker: "here", ...deleting });
    expect(report.result).toBe("failure");
    expect(report.reasons).toEqual([
      expect.stringMatching(/^marker: destination .* has no file "here".*dailysync init/),
    ]);
    expect(existsSync(`${destination}/a/f`)).toBe(false);
    expect(existsSync(destination)).toBe(there);
  });

  test("that had it at the beginning is copied to, but nothing in it is deleted, and the run fails", async () => {
    plant(source, ["a/f", "loose"]);
    plant(destination, ["a/old", "oldloose", "here"]);
    const report = await run(
      { marker: "here", ...deleting },
      afterPreflight(() => rmSync(`${destination}/here`)),
    );
    expect(report).toMatchObject({ result: "failure", totals: { filesDeleted: 0 }, deletions: { pending: 2 } });
    expect(report.deletions?.refused).toMatch(/^nothing was deleted: marker: destination .* has no file "here"/);
    expect(report.reasons).toEqual([
      expect.stringMatching(/^nothing was deleted: marker: /),
      expect.stringMatching(/^at the end of the run: marker: /),
    ]);
    for (const name of ["a/old", "oldloose", "a/f", "loose"]) expect(existsSync(`${destination}/${name}`)).toBe(true);
  });

  test("that lost it while it was copied to is a failure", async () => {
    plant(source, ["a/f"]);
    plant(destination, ["here"]);
    const report = await run(
      { marker: "here" },
      afterProject(() => rmSync(`${destination}/here`, { force: true })),
    );
    expect(report.reasons).toEqual([expect.stringMatching(/^at the end of the run: marker: .* has no file "here"/)]);
    expect(report.result).toBe("failure");
  });
});
