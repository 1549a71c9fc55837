import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect } from "@jest/globals";
import { grow, pathsBelow, pendingChanges } from "../support/place.ts";
import { testUnless } from "../support/privileges.ts";
import { readReport } from "../support/report-of.ts";
import { CallingRepository, type FinishedWorkflow, noAct, workflow } from "./act.ts";
import { mountedPlace, noMountedPlace, removeMountedPlaces } from "./mounted-place.ts";

const runs = testUnless(noAct ?? noMountedPlace);

const repositories: CallingRepository[] = [];
function calling(): CallingRepository {
  const repository = new CallingRepository();
  repositories.push(repository);
  return repository;
}
afterEach(() => {
  for (const repository of repositories.splice(0)) repository.remove();
});
afterAll(removeMountedPlaces);

const tree = { "alpha/one": "1", "alpha/deep/two": "22", "beta/three": "333", "gamma/four": "4444", "loose file": "5" };
/** The output result of every backup, in their order. */
const resultsOf = ({ entries }: FinishedWorkflow) =>
  entries.flatMap(({ command, name, arg }) => (command === "set-output" && name === "result" ? [arg] : []));

/** The step that backs up, by its name in the log: what it uses. */
const action = "OWNER/dailysync@v1";

describe("examples/nightly.yml", () => {
  const nightly = (source: string, destination: string) =>
    workflow("examples/nightly.yml", { "/data/prod\n": `${source}\n`, "/mnt/nas/prod_backup": destination });

  runs("on schedule it backs up, deletes what is gone, keeps the report and tells nobody", async () => {
    const where = mountedPlace({
      ...tree,
      ...Object.fromEntries([..."abcdefgh"].map((name) => [`delta/${name}`, name])),
    });
    const repository = calling();
    const text = nightly(where.source, where.destination);
    const first = await repository.run(text);
    expect([first.exitCode, first.jobs, first.all]).toEqual([0, { "nightly backup/backup": "success" }, first.all]);
    expect(pendingChanges(where)).toBe("");
    expect(first.outputs["backup"]).toMatchObject({ result: "success", projects: "4", "files-transferred": "13" });
    expect(first.summaries).toEqual([expect.stringContaining("## ✅ Backup complete")]);
    expect(first.steps).not.toHaveProperty("Tell somebody");
    const report = readReport(join(repository.artifacts, "backup-report", "report.json"));
    expect([report.result, report.destination]).toEqual(["success", where.destination]);

    rmSync(join(where.source, "delta", "a"));
    rmSync(join(repository.artifacts, "backup-report"), { recursive: true });
    const second = await repository.run(text);
    expect([second.exitCode, second.outputs["backup"]?.["files-deleted"]]).toEqual([0, "1"]);
    expect(pendingChanges(where)).toBe("");
  });

  runs("by hand with dry-run it says what it would copy and writes nothing", async () => {
    const where = mountedPlace(tree);
    const text = nightly(where.source, where.destination);
    const run = await calling().run(text, { event: "workflow_dispatch", inputs: { "dry-run": "true" } });
    expect([run.exitCode, run.outputs["backup"]]).toEqual([
      0,
      expect.objectContaining({ result: "success", "files-transferred": "5" }),
    ]);
    expect(pathsBelow(where.destination)).toBeUndefined();
    expect(run.summaries[0]).toContain("nothing was written");
  });

  runs("by hand without dry-run it backs up", async () => {
    const where = mountedPlace(tree);
    const text = nightly(where.source, where.destination);
    const run = await calling().run(text, { event: "workflow_dispatch", inputs: { "dry-run": "false" } });
    expect([run.exitCode, pendingChanges(where)]).toEqual([0, ""]);
  });

  runs("a failed backup is a red job with outputs, summary and report, and somebody is told", async () => {
    const where = mountedPlace(tree);
    const repository = calling();
    const text = nightly(where.source, where.destination);
    expect((await repository.run(text)).exitCode).toBe(0);
    rmSync(join(repository.artifacts, "backup-report"), { recursive: true });
    const before = pathsBelow(where.destination);
    // More than max-delete allows.
    for (const name of ["alpha/one", "alpha/deep", "beta/three"]) rmSync(join(where.source, name), { recursive: true });

    const told: string[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        told.push(body);
        response.end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const run = await repository.run(text, { secrets: { BACKUP_WEBHOOK: webhook } });
    server.close();

    expect([run.exitCode, run.jobs]).toEqual([1, { "nightly backup/backup": "failure" }]);
    expect(run.steps).toMatchObject({ [action]: "failure", "Keep the report": "success", "Tell somebody": "success" });
    expect(pathsBelow(where.destination)).toEqual(before);
    expect(run.outputs["backup"]).toMatchObject({ result: "failure", "files-deleted": "0" });
    expect(run.summaries[0]).toContain("## ❌");
    expect(run.summaries[0]).toContain("max-delete");
    expect(readReport(join(repository.artifacts, "backup-report", "report.json")).result).toBe("failure");
    expect(told.map((body) => JSON.parse(body))).toEqual([
      {
        text: expect.stringMatching(
          /^nightly backup: failure, not complete: \[.*\] https:\/\/github\.com\/.*\/runs\/\d+$/,
        ),
      },
    ]);
  });

  runs("a refused backup is a red job, and the log says so where there is no webhook", async () => {
    const where = mountedPlace();
    rmSync(where.source, { recursive: true });
    const run = await calling().run(nightly(where.source, where.destination));
    expect([run.exitCode, run.jobs]).toEqual([1, { "nightly backup/backup": "failure" }]);
    expect(run.steps).toMatchObject({ [action]: "failure", "Tell somebody": "success" });
    expect(run.summaries[0]).toContain(where.source);
    expect(run.log.filter((line) => line.startsWith('{"text": "nightly backup: failure'))).toHaveLength(1);
    expect(pathsBelow(where.destination)).toBeUndefined();
  });
});

describe("examples/dispatch.yml", () => {
  const byHand = (source: string, destination: string) =>
    workflow("examples/dispatch.yml", {
      "source: /data/prod": `source: ${source}`,
      "/mnt/nas/prod_backup": destination,
    });
  const inputs = { projects: "alpha  beta", "dry-run": "false", parallelism: "4", delete: "false" };

  runs("backs up the projects that were named, with the number of rsyncs that was chosen", async () => {
    const where = mountedPlace(tree);
    const run = await calling().run(byHand(where.source, where.destination), { event: "workflow_dispatch", inputs });
    expect([run.exitCode, run.outputs["backup"]]).toEqual([
      0,
      expect.objectContaining({ projects: "2", result: "success" }),
    ]);
    expect(readdirSync(where.destination)).toEqual(["alpha", "beta"]);
  });

  runs("a name in projects that is shell code is a pattern that matches nothing", async () => {
    const where = mountedPlace(tree);
    const trap = join(where.root, "trap");
    const run = await calling().run(byHand(where.source, where.destination), {
      event: "workflow_dispatch",
      inputs: { ...inputs, projects: `alpha $(touch\t${trap})` },
    });
    expect(pathsBelow(where.root)).not.toContain("trap");
    expect([run.exitCode, readdirSync(where.destination)]).toEqual([expect.any(Number), ["alpha"]]);
  });
});

describe("examples/several-destinations.yml", () => {
  const several = (source: string, nas: string, disk: string) =>
    workflow("examples/several-destinations.yml", {
      "source: /data/prod": `source: ${source}`,
      "/mnt/nas/prod_backup": nas,
      "/mnt/disk/prod_backup": disk,
    });

  runs("each place gets everything and its own report", async () => {
    const where = mountedPlace(tree);
    const disk = { ...where, destination: join(where.root, "disk") };
    const repository = calling();
    const run = await repository.run(several(where.source, where.destination, disk.destination));
    expect([run.exitCode, Object.values(run.jobs)]).toEqual([0, ["success", "success"]]);
    expect([pendingChanges(where), pendingChanges(disk)]).toEqual(["", ""]);
    expect(
      ["nas", "disk"].map(
        (name) => readReport(join(repository.artifacts, `backup-report-${name}`, "report.json")).destination,
      ),
    ).toEqual([where.destination, disk.destination]);
  });

  runs("what one place refuses does not stop the other", async () => {
    const where = mountedPlace(tree);
    // A file where the destination should be.
    writeFileSync(join(where.root, "nas"), "");
    const run = await calling().run(several(where.source, join(where.root, "nas"), where.destination));
    // act gives all jobs of a matrix the result of the worst: the steps tell.
    expect(run.exitCode).toBe(1);
    expect(resultsOf(run)).toEqual(["failure", "success"]);
    expect(pendingChanges(where)).toBe("");
  });
});

describe("the reusable workflow, as examples/reuse-from-another-repository.yml calls it", () => {
  const reuse = (production: Place, staging: Place) =>
    workflow("examples/reuse-from-another-repository.yml", {
      "source: /data/prod": `source: ${production.source}`,
      "/mnt/nas/prod_backup": production.destination,
      "/data/staging": staging.source,
      "/mnt/nas/staging_backup": staging.destination,
    });

  runs("inputs of one line and of several reach the action, outputs and reports come back", async () => {
    const production = mountedPlace(tree);
    const staging = mountedPlace({ ...tree, "scratch/a": "1", "beta/b.tmp": "2", "beta/cache/c": "3" });
    const repository = calling();
    const run = await repository.run(reuse(production, staging));
    expect([run.exitCode, run.all]).toEqual([0, run.all]);
    expect(pendingChanges(production)).toBe("");
    grow(join(staging.root, "expected"), tree);
    expect(pendingChanges({ ...staging, source: join(staging.root, "expected") }, "--omit-dir-times")).toBe("");
    expect(run.log).toEqual(expect.arrayContaining(["production: success []", "staging: success []"]));
    expect(readdirSync(repository.artifacts).sort()).toEqual(["production-report", "staging-report"]);
  });

  runs("a failure in one of them is a red run with outputs, and the other is complete", async () => {
    const production = mountedPlace();
    rmSync(production.source, { recursive: true });
    const staging = mountedPlace(tree);
    const run = await calling().run(reuse(production, staging));
    // act runs no job after a reusable workflow that failed, whatever its condition: tell stays unseen here.
    expect([run.exitCode, run.jobs]).toEqual([
      1,
      { "production/backup/backup": "failure", "staging/backup/backup": "success" },
    ]);
    // act runs called workflows at once.
    expect(resultsOf(run).sort()).toEqual(["failure", "success"]);
    expect(pendingChanges(staging)).toBe("");
  });

  runs("a copy of it for a server without $/, made as its first lines say, does the same", async () => {
    const where = mountedPlace(tree);
    const changes = { "$/.github/actions/backup": "OWNER/dailysync@v1", "      queue: max\n": "" };
    const copy = workflow(".github/workflows/backup.yml", changes);
    const caller = `on: schedule
jobs:
  backup:
    uses: ./.github/workflows/copy.yml
    with: { source: "${where.source}", destination: "${where.destination}" }
  after:
    needs: backup
    runs-on: self-hosted
    steps: [{ run: "echo \\"$RESULT, $FILES files\\"", env: { RESULT: "\${{ needs.backup.outputs.result }}", FILES: "\${{ needs.backup.outputs.files }}" } }]
`;
    const repository = calling();
    const run = await repository.run(caller, { workflows: { "copy.yml": copy } });
    expect([run.exitCode, pendingChanges(where)]).toEqual([0, ""]);
    expect(run.log).toContain("success, 5 files");
    // Only who asks for it gets an artifact.
    expect(readdirSync(repository.artifacts)).toEqual([]);
  });
});

type Place = ReturnType<typeof mountedPlace>;
