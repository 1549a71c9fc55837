import { describe, expect, test } from "@jest/globals";
import type { ShardKind } from "../../../src/plan/shard.ts";
import { type Detail, filterArguments, type RsyncSettings, rsyncArguments } from "../../../src/rsync/arguments.ts";
import { raw } from "../../support/tree.ts";
import { plainSettings, shard } from "../../support/workshop.ts";

const plain: RsyncSettings = { ...plainSettings, source: "/data/prod", destination: "/backup" };

const listed = ["--from0", "--files-from=-"];
const quiet = ["--no-inc-recursive", "--no-human-readable", "--info=stats2,progress2"];
const paths = ["--", "/data/prod/", "/backup/"];
const rootStays = "--filter=+ /.";

const hardLinks = { preserve: new Set(["hard-links"] as const) };

const everyKind: readonly ShardKind[] = [
  "skeleton",
  "sweep",
  "shallow",
  "deep",
  "slice",
  "loose",
  "loose-sweep",
  "whole",
  "relink",
];

/** The arguments of a small shard of a kind over what is there already. */
function ofKind(kind: ShardKind, settings: RsyncSettings, detail: Detail = "progress", rules?: string): string[] {
  return rsyncArguments(settings, shard({ kind }), detail, rules);
}

describe("without any option", () => {
  const shallow = ["-lptgoD", "--dirs", ...listed, ...quiet, rootStays, ...paths];
  const sweep = ["-lptgoD", "--dirs", ...listed, "--existing", "--ignore-existing", ...quiet, rootStays, ...paths];
  const table: readonly (readonly [ShardKind, readonly string[]])[] = [
    ["skeleton", shallow],
    ["sweep", sweep],
    ["shallow", shallow],
    ["deep", ["-lptgoD", "--recursive", ...listed, ...quiet, rootStays, ...paths]],
    ["slice", shallow],
    ["loose", shallow],
    ["loose-sweep", sweep],
    ["whole", ["-lptgoD", "--recursive", ...quiet, ...paths]],
    ["relink", shallow],
  ];
  test.each(table)("%s", (kind, expected) => {
    expect(ofKind(kind, plain)).toEqual(expected);
  });
});

describe("with everything at once", () => {
  const all: RsyncSettings = {
    source: "/",
    destination: "/backup/",
    delete: true,
    dryRun: true,
    preserve: new Set(["sparse", "hard-links", "acls", "xattrs", "atimes"]),
    oneFileSystem: false,
    filter: ["+ keep", "P *.log"],
    exclude: ["*.tmp", "-rf"],
    rsyncArgs: ["--checksum", "--chmod=F644"],
    bandwidthLimit: 10_000_000,
    timeout: 60,
  };
  const options = [
    ...["--dry-run", "--hard-links", "--acls", "--xattrs", "--atimes", "--sparse", "--bwlimit=9765", "--timeout=60"],
    ...["--checksum", "--chmod=F644", "--no-inc-recursive", "--no-human-readable", "--info=stats2"],
  ];
  const rules = ["--filter=. /tmp/rules", "--filter=+ keep", "--filter=P *.log", "--exclude=*.tmp", "--exclude=-rf"];
  const ends = ["--", "/", "/backup/"];
  const format = "--out-format=item %i %l %n";
  test("a deep shard", () => {
    expect(ofKind("deep", all, "changes", "/tmp/rules")).toEqual([
      "-lptgoD",
      "--recursive",
      ...listed,
      "--delete",
      ...options,
      "-i",
      format,
      rootStays,
      ...rules,
      ...ends,
    ]);
  });

  test("the whole", () => {
    expect(ofKind("whole", all, "entries", "/tmp/rules")).toEqual([
      "-lptgoD",
      "--recursive",
      "--delete",
      ...options,
      "-ii",
      format,
      ...rules,
      ...ends,
    ]);
  });

  test("a sweep of the loose files", () => {
    expect(ofKind("loose-sweep", all, "progress", "/tmp/rules")).toEqual([
      ...["-lptgoD", "--dirs", ...listed, "--delete", "--existing", "--ignore-existing"],
      ...[...options.slice(0, -1), "--info=stats2,progress2", rootStays, ...rules, ...ends],
    ]);
  });
});

/** The arguments that a setting adds to or takes from those of the plain settings, as `+x` and `-x`. */
function difference(kind: ShardKind, changed: Partial<RsyncSettings>, detail: Detail = "progress"): string[] {
  const before = ofKind(kind, plain);
  const after = ofKind(kind, { ...plain, ...changed }, detail);
  return [
    ...before.filter((one) => !after.includes(one)).map((one) => `-${one}`),
    ...after.filter((one) => !before.includes(one)).map((one) => `+${one}`),
  ];
}

describe("each setting on its own, for every kind,", () => {
  const always = (...expected: readonly string[]) => Object.fromEntries(everyKind.map((kind) => [kind, expected]));
  const noArguments: readonly string[] = [];
  const table: readonly (readonly [string, Partial<RsyncSettings>, Readonly<Record<string, readonly string[]>>])[] = [
    ["delete", { delete: true }, { ...always("+--delete"), skeleton: noArguments, relink: noArguments }],
    ["a dry run", { dryRun: true }, always("+--dry-run")],
    [
      "a place for what is replaced",
      { replacedTo: "/versions/2026" },
      always("+--backup", "+--backup-dir=/versions/2026"),
    ],
    ["hard links", { preserve: new Set(["hard-links"]) }, always("+--hard-links")],
    ["one file system", { oneFileSystem: true }, { ...always("+--one-file-system"), whole: noArguments }],
    ["ACLs", { preserve: new Set(["acls"]) }, always("+--acls")],
    ["extended attributes", { preserve: new Set(["xattrs"]) }, always("+--xattrs")],
    ["access times", { preserve: new Set(["atimes"]) }, always("+--atimes")],
    ["sparse files", { preserve: new Set(["sparse"]) }, always("+--sparse")],
    ["a filter", { filter: ["- *.tmp"] }, always("+--filter=- *.tmp")],
    ["an exclude", { exclude: ["*.tmp"] }, always("+--exclude=*.tmp")],
    ["an argument", { rsyncArgs: ["--checksum"] }, always("+--checksum")],
    ["a timeout", { timeout: 5 }, always("+--timeout=5")],
    ["a bandwidth limit, in KiB", { bandwidthLimit: 3 * 1024 + 1000 }, always("+--bwlimit=3")],
    ["a bandwidth limit too small for rsync, which would be none", { bandwidthLimit: 10 }, always("+--bwlimit=1")],
    ["the source", { source: "/a b" }, always("-/data/prod/", "+/a b/")],
    ["a destination with its slash", { destination: "/x/" }, always("-/backup/", "+/x/")],
  ];
  const rows = table.flatMap(([name, changed, byKind]) =>
    everyKind.map((kind) => [name, kind, changed, byKind[kind] ?? []] as const),
  );
  test.each(rows)("%s: %s", (_name, kind, changed, expected) => {
    expect(difference(kind, changed)).toEqual(expected);
  });
});

describe("what rsync is to tell:", () => {
  const itemized = ["--info=stats2,progress2", "+--info=stats2"];
  test.each([
    ["progress", []],
    ["changes", [`-${itemized[0]}`, itemized[1], "+-i", "+--out-format=item %i %l %n"]],
    ["entries", [`-${itemized[0]}`, itemized[1], "+-ii", "+--out-format=item %i %l %n"]],
  ] as const)("%s", (detail, expected) => {
    expect(difference("deep", {}, detail)).toEqual(expected);
  });
});

describe("whatever the settings", () => {
  const settings = { ...plain, filter: ["- x"], exclude: ["y"], rsyncArgs: ["--checksum"], delete: true };
  test.each(everyKind)("%s: the paths come last, after --, and the folders' rules before the user's", (kind) => {
    const args = ofKind(kind, settings, "progress", "/r");
    expect(args.slice(-3)).toEqual(paths);
    const rules = args.filter((one) => /^--(filter|exclude)=/.test(one) && one !== rootStays);
    expect(rules).toEqual(["--filter=. /r", "--filter=- x", "--exclude=y"]);
  });
});

describe("the list of names is made at once", () => {
  const withEntries = (...entries: readonly number[]) =>
    shard({ portions: entries.map((count, index) => ({ project: raw(String(index)), entries: count })) });
  const inSteps = (one: ReturnType<typeof shard>, given: Partial<RsyncSettings> = {}): boolean =>
    !rsyncArguments({ ...plain, ...given }, one, "progress", undefined).includes("--no-inc-recursive");

  test.each([
    ["where it is short", [20_000], {}, false],
    ["not where it would need much memory", [5_000_000], {}, true],
    ["not where that of all its projects together would", [400_000, 400_000], {}, true],
    ["with hard links however long it is: rsync 3.5.0 may wait for ever", [5_000_000], hardLinks, false],
  ])("%s", (_name, entries, given, expected) => {
    expect(inSteps(withEntries(...entries), given)).toBe(expected);
  });
});

describe("files are written under their names at once", () => {
  const inPlace = (given: Partial<RsyncSettings>, fresh = true, kind: ShardKind = "deep"): boolean =>
    rsyncArguments({ ...plain, ...given }, shard({ kind, fresh }), "changes", undefined).includes("--inplace");

  test.each(["deep", "shallow", "slice", "whole"] as const)("where the destination has nothing of them: %s", (kind) => {
    expect(inPlace({}, true, kind)).toBe(true);
    expect(inPlace({}, false, kind)).toBe(false);
  });

  test("not in a dry run", () => {
    expect(inPlace({ dryRun: true })).toBe(false);
  });

  test.each([["sparse"], ["sparse", "hard-links"]] as const)("not with holes to be kept (%s)", (...preserve) => {
    expect(inPlace({ preserve: new Set(preserve) })).toBe(false);
  });

  test.each(["hard-links", "acls", "xattrs", "atimes"] as const)("with %s to be kept", (one) => {
    expect(inPlace({ preserve: new Set([one]) })).toBe(true);
  });

  test.each([
    "--checksum",
    "--checksum-choice=xxh128",
    "--chmod=D755,F640",
    "--no-owner",
    "--no-group",
    "--numeric-ids",
    "--omit-dir-times",
    "--whole-file",
    "--fsync",
  ])("with %s, after which the next run finds what was cut off", (argument) => {
    expect(inPlace({ rsyncArgs: [argument] })).toBe(true);
  });

  test.each([
    "--update",
    "--size-only",
    "--ignore-existing",
    "--existing",
    "--no-times",
    "--no-t",
    "--modify-window=3600",
    "--append",
    "--partial",
    "--max-size=1G",
    "--checksum-seed=1",
    "--no-owner-at-all",
  ])("not with %s, after which it may not, or which we do not know", (argument) => {
    expect(inPlace({ rsyncArgs: [argument] })).toBe(false);
    expect(inPlace({ rsyncArgs: ["--checksum", argument, "--no-owner"] })).toBe(false);
  });

  test("with what else the inputs can ask for", () => {
    const given = { delete: true, filter: ["- x"], exclude: ["y"], bandwidthLimit: 9999, timeout: 5, mostDeletions: 3 };
    expect(inPlace(given)).toBe(true);
  });
});

test.each(everyKind)("%s: the limit of deletions goes where deletions do", (kind) => {
  const deleting = ofKind(kind, { ...plain, delete: true, mostDeletions: 7 });
  expect(deleting.includes("--max-delete=7")).toBe(deleting.includes("--delete"));
  expect(ofKind(kind, { ...plain, mostDeletions: 7 })).toEqual(ofKind(kind, plain));
});

test("filters come before excludes, each as one argument as it stands", () => {
  expect(filterArguments({ filter: ["+ a b", "- $HOME"], exclude: ["'q'", "--x"] })).toEqual([
    "--filter=+ a b",
    "--filter=- $HOME",
    "--exclude='q'",
    "--exclude=--x",
  ]);
});
