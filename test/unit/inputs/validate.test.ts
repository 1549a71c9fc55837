import { describe, expect, test } from "@jest/globals";
import type { InputName } from "../../../src/inputs/definition.ts";
import type { Inputs } from "../../../src/inputs/inputs.ts";
import { validate } from "../../../src/inputs/validate.ts";

type Given = Partial<Record<InputName, string>>;
const required: Given = { source: "/data/prod", destination: "/data/prod_backup" };

/** Validates what is given on top of a source and a destination, in /workspace with HOME=/home/me. */
function validated(given: Given = {}, variables: Record<string, string> = { HOME: "/home/me" }): Inputs {
  const values = new Map(Object.entries({ ...required, ...given }) as [InputName, string][]);
  const { inputs, problems } = validate({ values, problems: [] }, { cwd: "/workspace", variables });
  expect(problems).toEqual([]);
  return inputs;
}

/** The problems that validation finds. */
function problemsOf(given: Given, earlier: readonly string[] = []): readonly string[] {
  const values = new Map(Object.entries(given) as [InputName, string][]);
  return validate({ values, problems: earlier }, { cwd: "/workspace", variables: {} }).problems;
}

test("source and destination are enough; the rest has its default", () => {
  expect(validated()).toEqual({
    source: "/data/prod",
    destination: "/data/prod_backup",
    projects: ["*"],
    parallelism: "auto",
    delete: false,
    maxDelete: { kind: "percent", percent: 50 },
    deleteProjects: false,
    sourceChangedOk: false,
    backupDir: undefined,
    keepDays: 30,
    exclude: [],
    filter: [],
    preserve: new Set(),
    oneFileSystem: false,
    rsyncArgs: [],
    bandwidthLimit: undefined,
    retries: 2,
    timeout: 0,
    failFast: false,
    sync: true,
    verify: "none",
    verifyBudget: { kind: "percent", percent: 5 },
    requireMount: undefined,
    marker: undefined,
    lockWait: 0,
    dryRun: false,
    reportDir: "/workspace/.dailysync",
    stateDir: "/home/me/.local/state/dailysync",
  });
});

test("the result cannot be changed", () => {
  expect(Object.isFrozen(validated())).toBe(true);
});

describe("accepted:", () => {
  test.each<[InputName, string, keyof Inputs, unknown]>([
    ["source", "/data/prod///", "source", "/data/prod"],
    ["source", "prod", "source", "/workspace/prod"],
    ["source", "../prod", "source", "/prod"],
    ["source", ".", "source", "/workspace"],
    ["source", "/data/my projects \n", "source", "/data/my projects "],
    ["source", "/data/a\nb", "source", "/data/a\nb"],
    ["source", "./nas:prod", "source", "/workspace/nas:prod"],
    ["source", "/data/~", "source", "/data/~"],
    ["source", "~backup", "source", "/workspace/~backup"],
    ["projects", "team-*/*\n\n  a b/ \r\n./c//d\n! tmp", "projects", ["team-*/*", "a b", "c/d", "!tmp"]],
    ["projects", ".hidden\n...\n#x", "projects", [".hidden", "...", "#x"]],
    ["parallelism", "Auto", "parallelism", "auto"],
    ["parallelism", " 256 ", "parallelism", 256],
    ["delete", "TRUE", "delete", true],
    ["delete", "", "delete", false],
    ["max-delete", "1000", "maxDelete", { kind: "entries", entries: 1000 }],
    ["max-delete", "0", "maxDelete", { kind: "entries", entries: 0 }],
    ["max-delete", "12.5 %", "maxDelete", { kind: "percent", percent: 12.5 }],
    ["max-delete", "  ", "maxDelete", { kind: "percent", percent: 50 }],
    ["exclude", "*.tmp\r\n\n /alpha/x \n#y", "exclude", ["*.tmp", " /alpha/x ", "#y"]],
    ["filter", "- *.o\nprotect /a/\n:C\n-! */\ndir-merge,n .rules\nmerge /r_x", "filter", expect.any(Array)],
    ["preserve", "acls, hard-links\nxattrs,,acls", "preserve", new Set(["acls", "hard-links", "xattrs"])],
    ["rsync-args", "--checksum \n\n--chown=a:b", "rsyncArgs", ["--checksum", "--chown=a:b"]],
    ["bandwidth-limit", "0", "bandwidthLimit", undefined],
    ["bandwidth-limit", "0M", "bandwidthLimit", undefined],
    ["bandwidth-limit", "1024", "bandwidthLimit", 1024],
    ["bandwidth-limit", "800k", "bandwidthLimit", 800 * 1024],
    ["bandwidth-limit", "100M", "bandwidthLimit", 100 * 1024 ** 2],
    ["bandwidth-limit", "1.5G", "bandwidthLimit", 1.5 * 1024 ** 3],
    ["bandwidth-limit", "10 MiB", "bandwidthLimit", 10 * 1024 ** 2],
    ["bandwidth-limit", "10MB", "bandwidthLimit", 10_000_000],
    ["bandwidth-limit", "4096b", "bandwidthLimit", 4096],
    ["retries", "0", "retries", 0],
    ["timeout", "86400", "timeout", 86_400],
    ["require-mount", "both", "requireMount", "both"],
    ["report-dir", "reports/", "reportDir", "/workspace/reports"],
    ["state-dir", "/var/lib/dailysync", "stateDir", "/var/lib/dailysync"],
    ["metrics-file", "/var/lib/node_exporter/backup.prom", "metricsFile", "/var/lib/node_exporter/backup.prom"],
    ["metrics-file", "backup.prom", "metricsFile", "/workspace/backup.prom"],
    ["metrics-file", " ", "metricsFile", undefined],
    ["backup-dir", "/mnt/nas/old", "backupDir", "/mnt/nas/old"],
    ["backup-dir", "../old/", "backupDir", "/data/old"],
    ["backup-dir", ".old", "backupDir", "/data/prod_backup/.old"],
    ["keep", "0", "keepDays", 0],
    ["marker", ".dailysync-destination", "marker", ".dailysync-destination"],
    ["lock-wait", "600", "lockWait", 600],
    ["verify", "sample", "verify", "sample"],
    ["verify-budget", "90s", "verifyBudget", { kind: "seconds", seconds: 90 }],
    ["verify-budget", "10m", "verifyBudget", { kind: "seconds", seconds: 600 }],
    ["verify-budget", "1.5H", "verifyBudget", { kind: "seconds", seconds: 5400 }],
    ["verify-budget", "2.5 %", "verifyBudget", { kind: "percent", percent: 2.5 }],
  ])("%s %j", (name, value, key, expected) => {
    expect(validated({ [name]: value })[key]).toEqual(expected);
  });
});

describe("refused:", () => {
  test.each<[InputName, string, string]>([
    ["source", " \n", "source is missing: give it the path of a directory"],
    ["source", "~/data", 'source "~/data" starts with ~, which only a shell expands'],
    ["source", "~", "which only a shell expands"],
    ["source", "//", 'source "//" is the root directory'],
    ["destination", "/", 'destination "/" is the root directory'],
    ["destination", "/a/..", "is the root directory"],
    ["destination", "nas:/backup", 'destination "nas:/backup" looks like an address of another machine'],
    ["destination", "rsync://nas/backup", "looks like an address"],
    ["destination", "/a\0b", 'destination "/a\\u0000b" contains a NUL character'],
    ["exclude", "a\0b", 'exclude "a\\u0000b" contains a NUL character'],
    ["delete", "yes", 'delete "yes" is neither true nor false'],
    ["parallelism", "0", 'parallelism "0" is neither auto nor a number from 1 to 256'],
    ["parallelism", "257", "is neither auto"],
    ["parallelism", "4.5", "is neither auto"],
    ["max-delete", "lots", 'max-delete "lots" is neither a number of entries nor a percentage'],
    ["max-delete", "101%", "nor a percentage"],
    ["max-delete", "-1", "nor a percentage"],
    ["max-delete", "1.5", "nor a percentage"],
    ["bandwidth-limit", "100Mbit", 'bandwidth-limit "100Mbit" is not a number of bytes a second'],
    ["bandwidth-limit", "-5M", "is not a number of bytes a second"],
    ["bandwidth-limit", "9999999P", "is not a number of bytes a second"],
    ["bandwidth-limit", "100", "is less than 1 KiB a second"],
    ["bandwidth-limit", "0.5k", "is less than 1 KiB a second"],
    ["retries", "11", 'retries "11" is not a whole number from 0 to 10'],
    ["retries", "two", "is not a whole number"],
    ["timeout", "86401", "is not a whole number from 0 to 86400"],
    ["require-mount", "dest", 'require-mount "dest" is not known: write "source", "destination", "both" or nothing'],
    ["preserve", "acl", `preserve "acl" is not known: did you mean 'acls'?`],
    ["preserve", "everything", 'preserve "everything" is not one of hard-links, acls'],
    ["projects", "/data/prod/*", 'projects "/data/prod/*" is absolute'],
    ["projects", "*\n!/x", 'projects "!/x" is absolute'],
    ["projects", "/", "is absolute"],
    ["projects", "../x", 'projects "../x" has a segment . or ..'],
    ["projects", "a/./b", "has a segment . or .."],
    ["projects", ".", "has a segment . or .."],
    ["projects", "*\n!", 'projects "!" names nothing'],
    ["projects", "*\n!!a", "starts with more than one !"],
    ["projects", "!a\n!b", 'projects "!a\\n!b" only excludes'],
    ["exclude", "a\n!", 'exclude "!" clears the rules before it'],
    ["filter", "clear", 'filter "clear" clears the rules'],
    ["backup-dir", "~/old", "starts with ~"],
    ["keep", "-1", "is not a whole number from 0 to 36500"],
    ["marker", "a/b", "is no name of a file"],
    ["marker", "..", "is no name of a file"],
    ["lock-wait", "1m", "is not a whole number from 0 to 86400"],
    ["verify", "all", "is not known"],
    ["verify-budget", "10", "is neither a time nor a percentage"],
    ["verify-budget", "0%", "is neither a time nor a percentage"],
    ["verify-budget", "101%", "is neither a time nor a percentage"],
    ["delete-projects", "true", "deletes nothing without delete"],
    ["filter", "*.tmp", 'filter "*.tmp" is not an rsync filter rule'],
    ["filter", "excluded x", "is not an rsync filter rule"],
    ["filter", "-", "is not an rsync filter rule"],
    ["rsync-args", "--checksum\n--rsh=x", 'rsync-args "--rsh=x": --rsh is refused'],
    ["report-dir", "~/reports", 'report-dir "~/reports" starts with ~'],
    ["metrics-file", "/var/lib/backup.txt", 'metrics-file "/var/lib/backup.txt" does not end in .prom'],
    ["metrics-file", "/var/lib/.prom", "does not end in .prom"],
  ])("%s %j", (name, value, message) => {
    expect(problemsOf({ ...required, [name]: value })).toEqual([expect.stringContaining(message)]);
  });

  test("all problems at once, those of reading first", () => {
    const problems = problemsOf({ delete: "maybe", projects: "/a\n../b", retries: "x" }, ["found while reading"]);
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "found",
      "source",
      "destination",
      "projects",
      "projects",
      "delete",
      "retries",
    ]);
  });
});

describe("where report and state go when nobody says", () => {
  test.each<[Record<string, string>, string, string]>([
    [{ RUNNER_TEMP: "/tmp/r", HOME: "/home/me" }, "/tmp/r/dailysync", "/home/me/.local/state/dailysync"],
    [{ XDG_STATE_HOME: "/state", HOME: "/home/me" }, "/workspace/.dailysync", "/state/dailysync"],
    [{ XDG_STATE_HOME: "state", HOME: "/home/me" }, "/workspace/.dailysync", "/home/me/.local/state/dailysync"],
    [{ HOME: "" }, "/workspace/.dailysync", "/workspace/.dailysync/state"],
    [{ RUNNER_TEMP: "/tmp/r" }, "/tmp/r/dailysync", "/tmp/r/dailysync/state"],
  ])("%j", (variables, reportDir, stateDir) => {
    expect(validated({}, variables)).toMatchObject({ reportDir, stateDir });
  });

  test("state follows the report directory of an account without a home", () => {
    expect(validated({ "report-dir": "/reports" }, {}).stateDir).toBe("/reports/state");
  });
});
