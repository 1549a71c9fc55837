import { describe, expect, test } from "@jest/globals";
import type { ShardKind } from "../../../src/plan/shard.ts";
import { type Detail, filterArguments, type RsyncSettings, rsyncArguments } from "../../../src/rsync/arguments.ts";
import { plainSettings } from "../../support/workshop.ts";

const plain: RsyncSettings = { ...plainSettings, source: "/data/prod", destination: "/backup" };

const listed = ["--from0", "--files-from=-"];
const quiet = ["--no-human-readable", "--info=stats2,progress2"];
const paths = ["--", "/data/prod/", "/backup/"];
const rootStays = "--filter=+ /.";

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
    expect(rsyncArguments(plain, kind, "progress", undefined)).toEqual(expected);
  });
});

describe("with everything at once", () => {
  const all: RsyncSettings = {
    source: "/",
    destination: "/backup/",
    delete: true,
    dryRun: true,
    preserve: new Set(["sparse", "hard-links", "acls", "xattrs", "atimes"]),
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
    expect(rsyncArguments(all, "deep", "changes", "/tmp/rules")).toEqual([
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
    expect(rsyncArguments(all, "whole", "entries", "/tmp/rules")).toEqual([
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
    expect(rsyncArguments(all, "loose-sweep", "progress", "/tmp/rules")).toEqual([
      ...["-lptgoD", "--dirs", ...listed, "--delete", "--existing", "--ignore-existing"],
      ...[...options.slice(0, -1), "--info=stats2,progress2", rootStays, ...rules, ...ends],
    ]);
  });
});

/** The arguments that a setting adds to or takes from those of the plain settings, as `+x` and `-x`. */
function difference(kind: ShardKind, changed: Partial<RsyncSettings>, detail: Detail = "progress"): string[] {
  const before = rsyncArguments(plain, kind, "progress", undefined);
  const after = rsyncArguments({ ...plain, ...changed }, kind, detail, undefined);
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
    ["hard links", { preserve: new Set(["hard-links"]) }, always("+--hard-links", "+--no-inc-recursive")],
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
    const args = rsyncArguments(settings, kind, "progress", "/r");
    expect(args.slice(-3)).toEqual(paths);
    const rules = args.filter((one) => /^--(filter|exclude)=/.test(one) && one !== rootStays);
    expect(rules).toEqual(["--filter=. /r", "--filter=- x", "--exclude=y"]);
  });
});

test("filters come before excludes, each as one argument as it stands", () => {
  expect(filterArguments({ filter: ["+ a b", "- $HOME"], exclude: ["'q'", "--x"] })).toEqual([
    "--filter=+ a b",
    "--filter=- $HOME",
    "--exclude='q'",
    "--exclude=--x",
  ]);
});
