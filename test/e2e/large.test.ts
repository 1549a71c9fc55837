import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { runCommand } from "../support/command-line.ts";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { heavy, pendingChanges, place, removePlaces } from "../support/place.ts";
import { reportOf } from "../support/report-of.ts";
import { removeRunnerDirectories, runAction } from "../support/runner.ts";

afterAll(async () => {
  removePlaces();
  await removeRunnerDirectories();
});

test("5,000 projects: all are copied, the outputs are set and the summary stays within GitHub's limit", async () => {
  const projects = Array.from({ length: 5000 }, (_, index) => `project ${index} with a name of some length`);
  const files = projects.flatMap((project, index) =>
    Array.from({ length: index % 2 === 0 ? 1 : 3 }, (_, file) => [`${project}/${file}`, `${index}`] as const),
  );
  const where = place(Object.fromEntries(files));
  const { source, destination } = where;

  const first = await runAction({ with: { source, destination } });
  expect(first).toMatchObject({
    exitCode: 0,
    orphans: [],
    annotations: [],
    outputs: {
      result: "success",
      projects: "5000",
      "failed-projects": "[]",
      files: String(files.length),
      "files-transferred": String(files.length),
    },
  });
  // The emulator drops a summary of more than 1 MiB, as GitHub does.
  expect(first.summary).toContain("Backup complete");
  expect(first.summary).toContain("5,000 projects");
  expect(Buffer.byteLength(first.summary ?? "")).toBeLessThan(1024 * 1024);
  expect(reportOf(first).projects).toHaveLength(5000);
  expect(pendingChanges(where)).toBe("");

  const second = await runAction({ with: { source, destination } });
  expect(second.outputs).toMatchObject({ result: "success", files: String(files.length), "files-transferred": "0" });
  console.info(`5,000 projects: ${first.seconds.toFixed(1)} s cold, ${second.seconds.toFixed(1)} s unchanged`);
});

test("5,000 projects that all fail: outputs, annotations and summary stay within the limits too", async () => {
  const names = Array.from({ length: 5000 }, (_, index) => `project ${index} with a name of some length`);
  const where = place(Object.fromEntries(names.map((name) => [`${name}/file`, ""])));
  const { source, destination } = where;
  const { PATH } = misbehavingRsync(join(where.root, "fake"), "has --recursive && exit 2");
  const finished = await runAction({ with: { source, destination }, env: { PATH } });
  expect(finished).toMatchObject({ exitCode: 1, droppedAnnotations: [], outputs: { result: "failure" } });
  expect(JSON.parse(finished.outputs["failed-projects"] ?? "").length).toBeGreaterThan(1000);
  expect(finished.summary).toContain("5,000 of 5,000 projects failed");
});

test("with more rsyncs at once than Node expects listeners, nothing but the run itself is told of", async () => {
  const projects = Array.from({ length: 24 }, (_, index) => [`project ${index}/hole`, heavy] as const);
  const { root, source, destination } = place(Object.fromEntries(projects));
  const { status, stderr } = await runCommand([
    ...["--source", source, "--destination", destination, "--parallelism", "24", "--preserve", "sparse"],
    ...["--report-dir", join(root, "report"), "--state-dir", join(root, "state")],
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
