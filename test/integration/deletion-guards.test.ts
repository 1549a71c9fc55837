import { existsSync, renameSync, rmSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { rememberRun } from "../../src/history/history.ts";
import type { Report } from "../../src/report/report.ts";
import { backUp } from "../support/back-up.ts";
import { keepingLog } from "../support/keeping-log.ts";
import { besideOneRsync, freshSides, type Sides } from "../support/side-by-side.ts";
import { plant } from "../support/tree.ts";

const sides = freshSides();
/** How besideOneRsync cuts: every directory apart. */
const finely = { leastSeconds: 1e-6, latencies: { source: 0, destination: 0 } };

describe("delete-projects", () => {
  const inputs = { delete: "true", "delete-projects": "true" };

  function grow(): Sides {
    const at = sides();
    plant(at.source, ["alpha/x", "beta/sub/x", "loose"]);
    plant(at.ours, ["alpha/x", "alpha/old", "beta/sub/x", "gone/a", "gone/deep/b", "loose", "old loose"]);
    return at;
  }

  test.each([
    ["split finely", finely],
    ["in one rsync", { ...finely, leastSeconds: 100 }],
  ])("deletes what one rsync --delete does, a whole project too, counted: %s", async (_name, cutting) => {
    const { report, differences, oracle } = await besideOneRsync(grow(), inputs, [], cutting);
    expect({ differences, result: report.result }).toEqual({ differences: [], result: "success" });
    expect(report.deletions).toMatchObject({ pending: oracle.deletions });
    expect(report.totals.filesDeleted).toBe(oracle.deletions);
    expect(report.deletedProjects).toEqual(["gone"]);
    expect(report.vanishedProjects).toEqual([]);
    expect(report.deletions?.projects.map(({ name, pending }) => [name, pending])).toEqual([
      ["gone", 4],
      ["", 1],
      ["alpha", 1],
    ]);
  });

  test("goes through the same limit: beyond it everything stays", async () => {
    const at = grow();
    const { report } = await besideOneRsync(at, { ...inputs, "max-delete": "5" });
    expect(report).toMatchObject({ result: "failure", deletedProjects: [], vanishedProjects: ["gone"] });
    expect(existsSync(`${at.ours}/gone/deep/b`)).toBe(true);
    expect(existsSync(`${at.ours}/alpha/old`)).toBe(true);
  });

  test("deletes no project that goes from the source after the count", async () => {
    const at = grow();
    plant(at.source, ["late/x"]);
    plant(at.ours, ["late/x", "late/y"]);
    const report = await backUp(
      { source: at.source, destination: at.ours, ...inputs, "max-delete": "100%", parallelism: "1" },
      {
        ...finely,
        log: {
          ...keepingLog(),
          // Said after the plan is made, before anything is deleted.
          info: (line) => {
            if (line.includes("at once")) renameSync(`${at.source}/late`, `${at.path}/late`);
          },
        },
      },
    );
    expect(report.result).not.toBe("cancelled");
    expect(existsSync(`${at.ours}/late/x`)).toBe(true);
    expect(existsSync(`${at.ours}/gone`)).toBe(false);
  });

  test("leaves to rules of one's own what these protect", async () => {
    const at = grow();
    const { differences, report } = await besideOneRsync(at, { ...inputs, filter: "P /gone/deep/" }, [
      "--filter=P /gone/deep/",
    ]);
    expect({ differences, result: report.result }).toEqual({ differences: [], result: "success" });
    expect(existsSync(`${at.ours}/gone/deep/b`)).toBe(true);
  });
});

describe("a source that is not what it was deletes nothing, copies all the same, and the run fails", () => {
  /** One night of a backup that remembers the ones before. */
  async function night(at: Sides, inputs: Readonly<Record<string, string>> = {}): Promise<Report> {
    const state = `${at.path}/state`;
    const report = await backUp({
      ...{ source: at.source, destination: at.ours, delete: "true", "max-delete": "100%", "state-dir": state },
      ...inputs,
    });
    expect(rememberRun(state, report, inputs["source-changed-ok"] === "true")).toBeUndefined();
    return report;
  }

  test("where a project has become empty, night after night, until that is accepted", async () => {
    const at = sides();
    plant(at.source, ["alpha/x", "beta/x"]);
    expect(await night(at)).toMatchObject({ result: "success" });
    rmSync(`${at.source}/alpha/x`);
    plant(at.source, ["beta/new"]);
    for (const _night of [2, 3]) {
      const report = await night(at);
      expect(report.result).toBe("failure");
      expect(report.reasons).toEqual([expect.stringMatching(/nothing was deleted: 1 project had something .*"alpha"/)]);
    }
    expect(existsSync(`${at.ours}/alpha/x`)).toBe(true);
    expect(existsSync(`${at.ours}/beta/new`)).toBe(true);
    const accepted = await night(at, { "source-changed-ok": "true" });
    expect(accepted).toMatchObject({ result: "success", totals: { filesDeleted: 1 } });
    expect(await night(at)).toMatchObject({ result: "success" });
  });

  test("where it is another directory", async () => {
    const at = sides();
    plant(at.source, ["alpha/x", "alpha/y"]);
    await night(at);
    renameSync(at.source, `${at.path}/before`);
    plant(at.source, ["alpha/x"]);
    const report = await night(at);
    expect(report.result).toBe("failure");
    expect(report.reasons).toEqual([expect.stringMatching(/another directory than .* before.*source-changed-ok/)]);
    expect(existsSync(`${at.ours}/alpha/y`)).toBe(true);
    expect(await night(at, { "source-changed-ok": "true" })).toMatchObject({ result: "success" });
    expect(existsSync(`${at.ours}/alpha/y`)).toBe(false);
  });
});
