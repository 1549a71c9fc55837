import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, expect } from "@jest/globals";
import { heavy, pendingChanges } from "../support/place.ts";
import { testUnless } from "../support/privileges.ts";
import { processesWith } from "../support/runner/processes.ts";
import { CallingRepository, noAct } from "./act.ts";
import { mountedPlace, noMountedPlace, removeMountedPlaces } from "./mounted-place.ts";

let repository: CallingRepository;
afterEach(() => repository.remove());
afterAll(removeMountedPlaces);

/** A caller of the reusable workflow, with a limit so low that a backup lasts as long as any test. */
const caller = (source: string, destination: string, limit: string) => `
on: workflow_dispatch
permissions: {}
jobs:
  slow:
    uses: OWNER/dailysync/.github/workflows/backup.yml@v1
    with:
      source: ${source}
      destination: ${destination}
      preserve: sparse
      bandwidth-limit: ${limit}
      upload-report: true
`;
const dispatch = { event: "workflow_dispatch" };

/** A backup in the middle of its copying, with the pid of its node and the processes of its step. */
async function copying() {
  const where = mountedPlace({ "alpha/one": "1", "large/hole": 2 * heavy });
  repository = new CallingRepository();
  const running = repository.start(caller(where.source, where.destination, "1M"), dispatch);
  const large = join(where.destination, "large");
  for (let tries = 0; !existsSync(large) || !readdirSync(large).some((name) => name.startsWith(".hole.")); tries++) {
    if (tries > 3000 || running.act.exitCode !== null) throw new Error((await running.finished).all);
    await pause(10);
  }
  const processes = () => processesWith("XDG_STATE_HOME", repository.state);
  const node = (await processes()).find(({ command }) => command.includes("index.cjs"))?.pid ?? -1;
  expect((await processes()).some(({ command }) => command.includes("rsync"))).toBe(true);
  return { where, running, node, processes };
}

/** Resolves when no process of the run is left; rejects if that does not happen. */
async function nothingLeft(processes: () => Promise<readonly { command: string }[]>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if ((await processes()).length === 0) return;
    await pause(20);
  }
  expect(await processes()).toEqual([]);
}

const runs = testUnless(noAct ?? noMountedPlace);

runs("a step that gets what GitHub's runner sends at a cancel ends with outputs, summary and report", async () => {
  const { running, node, processes } = await copying();
  process.kill(node, "SIGINT");
  const run = await running.finished;
  expect([run.exitCode, run.jobs]).toEqual([1, { "slow/backup/backup": "failure" }]);
  expect(run.outputs["backup"]?.["result"]).toBe("cancelled");
  expect(run.summaries).toEqual([expect.stringContaining("cancelled")]);
  const report = readFileSync(join(repository.artifacts, "dailysync-report", "report.json"), "utf8");
  expect(JSON.parse(report)).toMatchObject({ result: "cancelled" });
  await nothingLeft(processes);
});

// act kills the step's node at once and has no kinder signal before: what the runner does when its patience ends.
runs(
  "a cancelled act kills the node of the step: nothing goes on copying, and the next run completes the backup",
  async () => {
    const { where, running, processes } = await copying();
    running.act.kill("SIGINT");
    const run = await running.finished;
    expect([run.exitCode, run.outputs["backup"], run.summaries]).toEqual([1, undefined, []]);
    await nothingLeft(processes);
    const next = await repository.run(caller(where.source, where.destination, "0"), dispatch);
    expect([next.exitCode, next.outputs["backup"]?.["result"]]).toEqual([0, "success"]);
    expect(pendingChanges(where)).toBe("");
  },
);
