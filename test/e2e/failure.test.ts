import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { asHoles, grow, heavy, pathsBelow, pendingChanges, place, removePlaces } from "../support/place.ts";
import {
  giveToOrdinaryUser,
  mount,
  nodeOfOrdinaryUser,
  noMounts,
  noOrdinaryUser,
  notRoot,
  testUnless,
  unmount,
} from "../support/privileges.ts";
import { exitCodesOf, reportOf } from "../support/report-of.ts";
import { type FinishedAction, removeRunnerDirectories, runAction } from "../support/runner.ts";

const mounted: string[] = [];
afterAll(async () => {
  for (const directory of mounted) unmount(directory);
  removePlaces();
  await removeRunnerDirectories();
});

/** Three projects, each worth an rsync of its own, and the third with a loose file beside it. */
const three = () => place({ "alpha/hole": heavy, "beta/hole": heavy, "gamma/hole": heavy, loose: "l" });

/** Backs the three projects up, one rsync after another, with an rsync that misbehaves. */
async function backUpWith(behaviour: string, inputs: Readonly<Record<string, string>> = {}) {
  const where = three();
  const fake = misbehavingRsync(join(where.root, "fake"), behaviour);
  const { source, destination } = where;
  const finished = await runAction({ with: { source, destination, ...asHoles, ...inputs }, env: { PATH: fake.PATH } });
  return { where, fake, finished };
}

const messages = ({ annotations }: FinishedAction, kind: string) =>
  annotations.filter((annotation) => annotation.kind === kind).map(({ message }) => message);

const stateOf = (finished: FinishedAction, project: string) =>
  reportOf(finished).projects.find(({ name }) => name === project)?.state;

describe("a project that rsync cannot copy", () => {
  test("is named with the exit code in words and what rsync said; the others complete; the job is red", async () => {
    const { where, finished } = await backUpWith(
      `
      copies beta && echo 'rsync: [sender] something broke in "beta/hole"' >&2 && exit 11`,
      { retries: "0" },
    );
    expect(finished).toMatchObject({
      conclusion: "failure",
      exitCode: 1,
      outputs: { result: "failure", projects: "3", "failed-projects": '["beta"]' },
      orphans: [],
    });
    expect(messages(finished, "error")).toEqual([
      '1 project could not be backed up completely: "beta"',
      expect.stringMatching(/^beta: exit 11: error in file I\/O .*: rsync: \[sender\] something broke.*Make room/),
    ]);
    // Told of outside of the groups too, and at once.
    const outside = finished.log.join("\n").replace(/^##\[group\][\s\S]*?^##\[endgroup\]$/gm, "");
    expect(outside).toMatch(/^\[beta\] rsync failed: error in file I\/O/m);
    expect(finished.log).toContainEqual(expect.stringMatching(/^##\[group\]beta: failed after .* \(\d of \d\)$/));
    expect(finished.summary).toContain("1 of 3 projects failed");
    expect(finished.summary).toContain("### What went wrong");
    expect(finished.summary).toMatch(/exit 11&#58;|exit 11.*error in file I\/O/);
    expect(finished.summary).toContain('rsync: [sender] something broke in "beta/hole"');
    expect(reportOf(finished).projects.find(({ name }) => name === "beta")).toMatchObject({
      state: "failed",
      problems: [{ exitCode: 11, lines: ['rsync: [sender] something broke in "beta/hole"'] }],
    });
    for (const project of ["alpha", "gamma", ""]) expect(stateOf(finished, project)).toBe("complete");
    expect(pendingChanges(where, "--exclude=/beta/*", "--omit-dir-times")).toBe("");
    expect(pathsBelow(join(where.destination, "beta"))).toEqual([]);
  });

  testUnless(noOrdinaryUser)("as with a file that this user may not read: the rest of it is there", async () => {
    const where = place({ "alpha/one": "1", "beta/readable": "2", "beta/secret": "3", "gamma/four": "4" });
    chmodSync(join(where.source, "beta/secret"), 0);
    giveToOrdinaryUser(where.root);
    const node = nodeOfOrdinaryUser(where.root);
    const { source, destination } = where;
    const finished = await runAction({ with: { source, destination }, ...(node === undefined ? {} : { node }) });
    expect(finished).toMatchObject({
      exitCode: 1,
      outputs: { result: "failure", "failed-projects": '["beta"]' },
    });
    expect(messages(finished, "error").join("\n")).toMatch(
      /^beta: (?=.*exit 23).*some files could not be copied.*secret.*Permission denied/m,
    );
    for (const project of ["alpha", "gamma"]) expect(stateOf(finished, project)).toBe("complete");
    for (const file of ["alpha/one", "beta/readable", "gamma/four"]) expect(pathsBelow(destination)).toContain(file);

    chmodSync(join(where.source, "beta/secret"), 0o644);
    giveToOrdinaryUser(where.root);
    const repaired = await runAction({ with: { source, destination }, ...(node === undefined ? {} : { node }) });
    expect(repaired.outputs).toMatchObject({ result: "success", "failed-projects": "[]" });
    expect(pendingChanges(where)).toBe("");
  });

  testUnless(noOrdinaryUser)(
    "as with a directory that this user may not read: with delete, nothing is deleted",
    async () => {
      const where = place({ "alpha/one": "1", "beta/secret/two": "2" });
      grow(where.destination, { "alpha/old": "o", "beta/secret/two": "2" });
      chmodSync(join(where.source, "beta/secret"), 0);
      giveToOrdinaryUser(where.root);
      const node = nodeOfOrdinaryUser(where.root);
      const { source, destination } = where;
      const finished = await runAction({
        with: { source, destination, delete: "true", "max-delete": "100%" },
        ...(node === undefined ? {} : { node }),
      });
      // The copy is as closed as the original.
      for (const root of [source, destination]) chmodSync(join(root, "beta/secret"), 0o755);
      expect(finished).toMatchObject({
        exitCode: 1,
        outputs: { result: "failure", "failed-projects": '["beta"]', "files-deleted": "0" },
      });
      expect(messages(finished, "error").join("\n")).toMatch(/nothing was deleted: .*"beta\/secret"/);
      expect(stateOf(finished, "alpha")).toBe("complete");
      for (const file of ["alpha/one", "alpha/old", "beta/secret"]) expect(pathsBelow(destination)).toContain(file);
    },
  );

  testUnless(notRoot ?? noOrdinaryUser)(
    "but not green with a device that this user may not make, unless it is excluded",
    async () => {
      const where = place({ "alpha/one": "1" });
      execFileSync("mknod", [join(where.source, "alpha/null"), "c", "1", "3"]);
      giveToOrdinaryUser(where.root);
      const node = nodeOfOrdinaryUser(where.root);
      const run = (inputs: Readonly<Record<string, string>>) => {
        const { source, destination } = where;
        return runAction({ with: { source, destination, ...inputs }, ...(node === undefined ? {} : { node }) });
      };
      const finished = await run({});
      expect(finished).toMatchObject({ exitCode: 0, outputs: { result: "degraded" } });
      expect(messages(finished, "warning").join("\n")).toMatch(/1 device was not copied, .*"alpha\/null"; run as root/);
      const without = await run({ exclude: "/alpha/null" });
      expect([reportOf(without).reasons, without.outputs["result"]]).toEqual([[], "success"]);
    },
  );

  testUnless(noMounts)("as when the destination runs full: rsync's words are there", async () => {
    const where = place({ "alpha/one": "1", "beta/grown": 4 * 1024 * 1024 });
    mounted.push(where.destination);
    expect(mount("tmpfs", where.destination, "-t", "tmpfs", "-o", "size=1m")).toBe(0);
    // A file that is there already is not counted as one that must come.
    grow(where.destination, { "beta/grown": "small" });
    const { source, destination } = where;
    const finished = await runAction({ with: { source, destination, retries: "0" } });
    expect(finished).toMatchObject({ exitCode: 1, outputs: { result: "failure" } });
    expect(JSON.parse(finished.outputs["failed-projects"] ?? "")).toContain("beta");
    expect(messages(finished, "error").join("\n")).toMatch(
      /^(beta|2 projects \(.*\)): .*error in file I\/O .*No space left on device/m,
    );
  });

  test("when the rsync of several projects stops half-way, each of them counts as failed, whichever its words name", async () => {
    const where = place({ "alpha/one": "1", "beta/two": "2", "gamma/three": "3" });
    const { PATH } = misbehavingRsync(
      join(where.root, "fake"),
      `copies beta && echo 'rsync: [sender] read errors mapping "${where.source}/beta/two": Input/output error (5)' >&2 && exit 11`,
    );
    const { source, destination } = where;
    const finished = await runAction({ with: { source, destination, retries: "0" }, env: { PATH } });
    expect(finished.exitCode).toBe(1);
    expect(pathsBelow(destination)).toEqual([]);
    expect(JSON.parse(finished.outputs["failed-projects"] ?? "").sort()).toEqual(["alpha", "beta", "gamma"]);
  });

  test("when it only could not copy some files of one, the others are complete", async () => {
    const where = place({ "alpha/one": "1", "beta/two": "2", "gamma/three": "3" });
    const { PATH } = misbehavingRsync(
      join(where.root, "fake"),
      `copies beta && "$real" "$@" < "$names" &&
        echo 'rsync: [sender] send_files failed to open "${where.source}/beta/x": Permission denied (13)' >&2 && exit 23`,
    );
    const { source, destination } = where;
    const finished = await runAction({ with: { source, destination, retries: "0" }, env: { PATH } });
    expect(finished).toMatchObject({ exitCode: 1, outputs: { "failed-projects": '["beta"]' } });
    for (const project of ["alpha", "gamma"]) expect(stateOf(finished, project)).toBe("complete");
    expect(pendingChanges(where)).toBe("");
  });

  test("many failures stay within ten annotations, and the output names them all", async () => {
    const names = Array.from({ length: 14 }, (_, index) => `project-${index}`);
    const where = place(Object.fromEntries(names.map((name) => [`${name}/hole`, heavy])));
    const { PATH } = misbehavingRsync(join(where.root, "fake"), "has --recursive && exit 2");
    const { source, destination } = where;
    const finished = await runAction({ with: { source, destination }, env: { PATH } });
    expect(finished.droppedAnnotations).toEqual([]);
    expect(messages(finished, "error").length).toBeLessThanOrEqual(10);
    expect(JSON.parse(finished.outputs["failed-projects"] ?? "").sort()).toEqual(names.sort());
  });
});

describe("a source file that vanishes while it is copied", () => {
  test("is a warning with its count, and the job stays green", async () => {
    const { finished } = await backUpWith(`
      copies beta && "$real" "$@" < "$names" && echo 'file has vanished: "beta/gone"' >&2 && exit 24`);
    expect(finished).toMatchObject({
      conclusion: "success",
      exitCode: 0,
      outputs: { result: "degraded", "failed-projects": "[]" },
    });
    expect(messages(finished, "error")).toEqual([]);
    expect(messages(finished, "warning")).toEqual([expect.stringMatching(/^1 source file vanished/)]);
    expect(finished.summary).toContain("Backup complete, with warnings");
    expect(finished.summary).toContain("1 source file vanished");
    expect(stateOf(finished, "beta")).toBe("warning");
    expect(stateOf(finished, "alpha")).toBe("complete");
  });

  test("and a failure elsewhere is still a failure", async () => {
    const { finished } = await backUpWith(`
      copies alpha && "$real" "$@" < "$names" && echo 'file has vanished: "alpha/gone"' >&2 && exit 24
      copies beta && exit 3`);
    expect(finished).toMatchObject({ exitCode: 1, outputs: { result: "failure", "failed-projects": '["beta"]' } });
  });
});

describe("trying again", () => {
  // Together, because most of their time is the pauses between two tries.
  /** Fails so many times with a code, then works. */
  const failing = (times: number, how: string) => `
    if copies beta && [ "$(cat "$notes/tries" 2>/dev/null | wc -l)" -lt ${times} ]; then
      echo tried >> "$notes/tries"; ${how}
    fi`;

  test.concurrent("what can pass is tried as often as retries says, with growing pauses, and then all is well", async () => {
    const { where, finished } = await backUpWith(failing(2, "exit 12"));
    expect(finished).toMatchObject({ exitCode: 0, outputs: { result: "success" } });
    const report = reportOf(finished);
    expect(exitCodesOf(report, "beta")).toEqual([12, 12, 0]);
    expect(exitCodesOf(report, "alpha")).toEqual([0]);
    const shard = report.shards.find(({ kind, projects }) => kind === "deep" && projects.includes("beta"))?.id;
    const tries = report.attempts.filter((attempt) => attempt.shard === shard);
    const pauses = tries
      .slice(1)
      .map((attempt, index) => attempt.startedAtSeconds - (tries[index]?.endedAtSeconds ?? 0));
    // A busy machine makes pauses longer, never shorter than they are meant: 1 s, then 2 s.
    expect(pauses[0]).toBeGreaterThan(0.95);
    expect(pauses[1]).toBeGreaterThan(1.95);
    expect(pendingChanges(where)).toBe("");
  });

  test.concurrent("no more often than retries says", async () => {
    const { finished } = await backUpWith(failing(9, "exit 30"), { retries: "1" });
    expect(finished).toMatchObject({ exitCode: 1, outputs: { "failed-projects": '["beta"]' } });
    expect(exitCodesOf(reportOf(finished), "beta")).toEqual([30, 30]);
  });

  test.concurrent("an rsync that a signal killed is tried again", async () => {
    const { where, finished } = await backUpWith(failing(1, "kill -KILL $$"));
    expect(finished.outputs).toMatchObject({ result: "success" });
    expect(exitCodesOf(reportOf(finished), "beta")).toEqual([null, 0]);
    expect(pendingChanges(where)).toBe("");
  });

  test.concurrent("one that is killed each time is named as killed", async () => {
    const { finished } = await backUpWith(failing(9, "kill -KILL $$"), { retries: "0" });
    expect(finished).toMatchObject({ exitCode: 1, outputs: { "failed-projects": '["beta"]' } });
    expect(messages(finished, "error").join("\n")).toContain("beta: killed by a signal");
  });

  test.concurrent("one that is stopped is killed after the timeout, and tried again", async () => {
    const { where, finished } = await backUpWith(failing(1, "kill -STOP $$"), { timeout: "1" });
    expect(finished).toMatchObject({ outputs: { result: "success" }, orphans: [] });
    expect(exitCodesOf(reportOf(finished), "beta")).toEqual([null, 0]);
    expect(pendingChanges(where)).toBe("");
  });

  test.concurrent("one that says that it is done, but not as rsync does, is not believed", async () => {
    const { where, finished } = await backUpWith(failing(1, "echo done; exit 0"));
    expect(finished.outputs).toMatchObject({ result: "success" });
    expect(exitCodesOf(reportOf(finished), "beta")).toEqual([0, 0]);
    expect(pendingChanges(where)).toBe("");
    const again = await backUpWith(failing(9, "echo done; exit 0"), { retries: "0" });
    expect(again.finished).toMatchObject({ exitCode: 1, outputs: { "failed-projects": '["beta"]' } });
    expect(messages(again.finished, "error").join("\n")).toContain("without its statistics: is that rsync?");
  });

  test.concurrent.each([1, 2, 3, 4])("exit code %i is never tried again", async (code) => {
    const { finished } = await backUpWith(failing(9, `exit ${code}`));
    expect(finished.exitCode).toBe(1);
    expect(exitCodesOf(reportOf(finished), "beta")).toEqual([code]);
  });

  test.concurrent.each([10, 11, 35, 255])("exit code %i is tried again", async (code) => {
    const { finished } = await backUpWith(failing(1, `exit ${code}`));
    expect(finished.outputs).toMatchObject({ result: "success" });
    expect(exitCodesOf(reportOf(finished), "beta")).toEqual([code, 0]);
  });

  test.concurrent("23 is tried again once, and where the second try is good the job is green", async () => {
    const again = await backUpWith(failing(9, "exit 23"));
    expect(again.finished.exitCode).toBe(1);
    expect(exitCodesOf(reportOf(again.finished), "beta")).toEqual([23, 23]);
    const good = await backUpWith(failing(1, "exit 23"));
    expect(good.finished.outputs).toMatchObject({ result: "success" });
    expect(exitCodesOf(reportOf(good.finished), "beta")).toEqual([23, 0]);
  });
});

describe("fail-fast", () => {
  // Two lanes: alpha fails while beta is being copied, gamma waits for a lane.
  const behaviour = `
    copies alpha && exit 3
    copies beta && echo beta >> "$notes/copied" && sleep 0.5
    copies gamma && echo gamma >> "$notes/copied"`;

  test("starts nothing after the first failure, lets what runs end, and says what was not started", async () => {
    const { fake, finished } = await backUpWith(behaviour, { parallelism: "2", "fail-fast": "true" });
    expect(finished).toMatchObject({ exitCode: 1, outputs: { result: "failure", "failed-projects": '["alpha"]' } });
    expect(fake.notes("copied")).toEqual(["beta"]);
    expect(stateOf(finished, "beta")).toBe("complete");
    expect(stateOf(finished, "gamma")).toBe("unfinished");
    expect(messages(finished, "error").join("\n")).toContain("not started or not finished");
  });

  test("unless it is asked for, a failure stops nothing", async () => {
    const { fake, finished } = await backUpWith(behaviour, { parallelism: "2" });
    expect(fake.notes("copied").sort()).toEqual(["beta", "gamma"]);
    for (const project of ["beta", "gamma"]) expect(stateOf(finished, project)).toBe("complete");
  });
});

describe("a source that is not there any more", () => {
  test("when it is replaced during the run, the job is red even if every rsync was content", async () => {
    const where = place({ "alpha/hole": heavy });
    const fake = misbehavingRsync(
      join(where.root, "fake"),
      `copies alpha && "$real" "$@" < "$names" && mv ${where.source} ${where.source}.away && mkdir ${where.source} && exit 0`,
    );
    const { source, destination } = where;
    const finished = await runAction({ with: { source, destination }, env: { PATH: fake.PATH } });
    expect(finished).toMatchObject({ exitCode: 1, outputs: { result: "failure" } });
    expect(messages(finished, "error").join("\n")).toContain("unmounted or replaced");
    rmSync(`${source}.away`, { recursive: true });
  });
});
