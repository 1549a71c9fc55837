import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { flags, runCommand } from "../support/command-line.ts";
import { misbehavingRsync } from "../support/misbehaving-rsync.ts";
import { outputNames } from "../support/output-names.ts";
import { grow, type Place, pendingChanges, place, removePlaces, type Tree } from "../support/place.ts";
import { giveToOrdinaryUser, nodeOfOrdinaryUser, noOrdinaryUser, testUnless } from "../support/privileges.ts";
import { reportOf } from "../support/report-of.ts";
import { type FinishedAction, removeRunnerDirectories, runAction } from "../support/runner.ts";

afterAll(async () => {
  removePlaces();
  await removeRunnerDirectories();
});

const names = [
  "::error::pwned",
  " ::warning::pwned",
  "\u00a0::notice::pwned",
  "x\r::set-output name=pwned::b",
  "x\n::set-output name=pwned::b",
  "x\n::stop-commands::pwned",
  "x\r\n::add-mask::e",
  "##[error]pwned",
  "x##[add-mask]a",
  "###[[warning]pwned",
  "::set-env name=pwned::b",
  "%0A::error::pwned",
  "pwned%0D%0A::error::pwned",
  "<img src=x onerror=alert(1)>",
  "<script>pwned<⁄script>",
  "<!-- pwned",
  "| pipe | pwned |",
  "`backticks` ``` pwned",
  "```\n<b>pwned<⁄b>",
  "[pwned](javascript:alert(1))",
  "![pwned](https:pwned)",
  "@octocat #1 GH-1 :tada: $pwned$",
  "# heading\n# pwned",
  "pwned: 0, 1; click pwned",
  "\u202epwned\u2066",
  "\u001b[31mpwned\u001b[0m\u0007",
  "-rf",
  "--pwned=1",
];

/** A project, a directory, a file and a loose file of each name. */
const tree: Tree = Object.fromEntries(
  names.flatMap((name) => [
    [`${name}/${name}/${name}`, "contents"],
    [`loose ${name}`, "contents"],
  ]),
);

/** Projects that the patterns leave out, projects and files that only the destination has. */
function hostilePlace(): Place {
  const where = place({ ...tree, ...Object.fromEntries(names.map((name) => [`left out ${name}/file`, ""])) });
  grow(
    where.destination,
    Object.fromEntries(
      names.flatMap((name) => [
        [`vanished ${name}/file`, ""],
        [`${name}/old ${name}`, ""],
      ]),
    ),
  );
  return where;
}

/** The tags that summaries are made with. */
const ownTags = /<\/?(code|details|summary|sub|i|span)>/g;
const fencedBlock = /^(`{3,})(text|mermaid)\n[\s\S]*?\n\1$/gm;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

/** Nothing that a name said was done, and every name is shown as text. */
function expectHarmless(finished: FinishedAction): void {
  for (const { name, data } of finished.commands) {
    expect(["debug", "error", "warning", "notice", "group", "endgroup"]).toContain(name);
    // A group's title begins with the project's name, whatever that is.
    expect(data).not.toMatch(name === "group" ? /^\s*pwned$/ : /^\s*pwned/);
  }
  // No group is in another, and each has its end.
  const groups = finished.commands.map(({ name }) => name).filter((name) => name.endsWith("group"));
  expect(groups).toEqual(groups.map((_, index) => (index % 2 === 0 ? "group" : "endgroup")));
  expect(Object.keys(finished.outputs).sort()).toEqual([...outputNames].sort());
  for (const line of finished.log) {
    expect(line).not.toMatch(unseen);
    // The runner's own mark of an annotation is the only one.
    expect(line.replace(/^##\[(error|warning|notice|debug|group|endgroup)\]/, "")).not.toContain("##[");
  }
  const { summary = "" } = finished;
  expect(summary).not.toMatch(unseen);
  const outside = summary.replace(fencedBlock, "");
  expect(outside.replace(ownTags, "")).not.toMatch(/[<`]/);
  expect(outside).not.toMatch(/[@$[\]](octocat|pwned)/);
  // No name splits a cell, a heading or a list item of its own off.
  for (const [table] of outside.matchAll(/^\|.*\n(?:\|.*\n?)+/gm)) {
    const [heading = "", ...rows] = table.trimEnd().split("\n");
    for (const row of rows) expect(row.split("|")).toHaveLength(heading.split("|").length);
  }
  expect(outside).not.toMatch(/^#+ pwned/m);
  const mermaid = summary.match(fencedBlock)?.filter((block) => block.startsWith("```mermaid")) ?? [];
  expect(mermaid).toHaveLength(finished.summary?.includes("### Timeline") ? 1 : 0);
  for (const block of mermaid)
    expect(block.split("\n").slice(1, -1).join("\n")).not.toMatch(/[<>"`]|^\s*(click|%%\{)/m);
}

const inputs = ({ source, destination }: Place) => ({ source, destination, projects: "*\n!left out *" });

describe.each([false, true])("with debug logging: %s", (debug) => {
  test("names of projects, files and loose files, left out, vanished and refused to be deleted, are only text", async () => {
    const where = hostilePlace();
    const finished = await runAction({ with: { ...inputs(where), delete: "true", "max-delete": "3" }, debug });
    expect(finished.outputs).toMatchObject({ result: "failure", projects: String(names.length), "files-deleted": "0" });
    expectHarmless(finished);
    const report = reportOf(finished);
    expect(report.projects.map(({ name }) => name).sort()).toEqual(["", ...names].sort());
    expect(report.notCovered.total).toBe(names.length);
    expect(report.vanishedProjects).toHaveLength(names.length);
    expect(report.deletions?.pending).toBe(names.length);

    const again = await runAction({ with: { ...inputs(where), delete: "true", "max-delete": "100%" }, debug });
    expect(again.outputs).toMatchObject({ result: "success", "files-deleted": String(names.length) });
    expectHarmless(again);
    expect(pendingChanges(where, "--filter=P /vanished *", "--exclude=/left out *")).toBe("");
  });

  test("in a dry run too, where every change is listed", async () => {
    const where = place(tree);
    const finished = await runAction({ with: { ...inputs(where), "dry-run": "true" }, debug });
    expect(finished.outputs).toMatchObject({ result: "success" });
    expectHarmless(finished);
    expect(reportOf(finished).wouldChange?.changes).toContain(`>f+++++++++ loose ::error::pwned`);
  });

  test("an rsync whose messages carry the names as they are", async () => {
    const where = place(tree);
    const lines = join(where.root, "lines");
    writeFileSync(lines, names.flatMap((name) => [name, `rsync: "${name}" failed`, `[sender] ${name}`]).join("\n"));
    const fake = misbehavingRsync(
      join(where.root, "fake"),
      `has --recursive && cat ${lines} && cat ${lines} >&2 && exit 3`,
    );
    const finished = await runAction({ with: inputs(where), debug, env: { PATH: fake.PATH } });
    expect(finished).toMatchObject({ exitCode: 1, outputs: { result: "failure" } });
    expectHarmless(finished);
    expect(JSON.parse(finished.outputs["failed-projects"] ?? "")).toEqual(expect.arrayContaining([...names]));
  });

  testUnless(noOrdinaryUser)("an rsync that really fails on them", async () => {
    const where = place(tree);
    for (const name of names) chmodSync(join(where.source, name, name, name), 0);
    giveToOrdinaryUser(where.root);
    const node = nodeOfOrdinaryUser(where.root);
    const finished = await runAction({ with: inputs(where), debug, ...(node === undefined ? {} : { node }) });
    expect(finished).toMatchObject({ exitCode: 1, outputs: { result: "failure" } });
    expectHarmless(finished);
    expect(JSON.parse(finished.outputs["failed-projects"] ?? "").sort()).toEqual([...names].sort());
    for (const { message } of finished.annotations) expect(message).not.toMatch(unseen);
  });
});

test("values of inputs are as harmless as names", async () => {
  const { root } = place();
  for (const name of names) {
    const finished = await runAction({ with: { source: join(root, name), destination: name, parallelism: name } });
    expect(finished.exitCode).toBe(1);
    expectHarmless(finished);
  }
});

test("on the command line no name sends anything to the terminal", async () => {
  const where = hostilePlace();
  const { status, stdout, stderr } = await runCommand(
    [...flags({ ...inputs(where), delete: "true", "max-delete": "0" }), `--report-dir=${where.root}/report`],
    { cwd: where.root },
  );
  expect(status).toBe(1);
  expect(stdout).toContain("pwned");
  expect(`${stdout}${stderr}`).not.toMatch(unseen);
});
