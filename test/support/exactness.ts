import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { fromBytes, fromText, join, toBytes } from "../../src/byte-path.ts";
import type { InputName } from "../../src/inputs/definition.ts";
import type { Report } from "../../src/report/report.ts";
import { escapePattern } from "../../src/rsync/folder-rules.ts";
import type { Surroundings } from "../../src/surroundings.ts";
import type { Latencies } from "../../src/survey/latency.ts";
import { backUp, scratch } from "./back-up.ts";
import { attachExtended, noExtendedAttributes } from "./extended-attributes.ts";
import { keepingLog } from "./keeping-log.ts";
import { type Random, seeded } from "./random.ts";
import { ageTree, growTree, openDirectories } from "./random-tree.ts";
import { snapshot, versionsIn } from "./snapshot.ts";

/** A case that a seed stands for. */
export interface RandomCase {
  readonly inputs: Partial<Record<InputName, string>>;
  /** What one rsync is given to do the same. */
  readonly oracle: readonly string[];
  readonly hardLinks: boolean;
  /** Of a shard, in seconds. */
  readonly leastSeconds: number;
  /** What the storage is said to take: with it, directories are cut into slices of names. */
  readonly latencies: Latencies;
  /** Whether the patterns choose on the second level: what is above is a folder on the way. */
  readonly twoLevels: boolean;
  /** How the destination looks before the run. */
  readonly older: "absent" | "empty" | "earlier" | "unrelated";
  /** Whether the trees have attributes and access lists, preserved or not. */
  readonly extended: boolean;
  /** Whether a run that is cancelled in the middle goes before. */
  readonly interrupted: boolean;
  /** Whether a second run follows. */
  readonly again: boolean;
}

const excludes = ["*.tmp", "/a", "x/", "keep", "/b/x", "a/**", "[a]*", "/*/x", ".*", "*/b/*"];
const filters = [
  "+ /a/***",
  "- b/",
  "+ keep",
  "- log*",
  "P *.tmp",
  "H x",
  "S keep",
  "R a",
  "-! */",
  "- /x/b",
  "protect keep",
  "-p x",
  "-s b",
  "-r c.tmp",
];

/** Patterns, and rules that make one rsync leave alone what they do not choose. */
const choices: readonly (readonly [projects: string, rules: readonly string[]])[] = [
  ["*\n!a\n!x*", ["- /a", "- /x*"]],
  ["[a-z.]*", ["- /[!a-z.]*"]],
  ["*\n!*\\ *", ["- /* *"]],
  // Of names with a dot in front the trees have ".hidden" alone, so nothing is left of "!.*". An include in its place would
  // save it from the user's own exclude patterns too, which a project pattern does not.
  ["?*\n!*.tmp\n!.*\n.hidden", ["- /*.tmp"]],
];
const furtherArguments = [
  ...["--checksum", "--inplace", "--no-owner", "--chmod=D755,F640", "--size-only"],
  // An ordinary user's rsync 3.5.0 cannot fill directories that are to be read-only when it leaves their times alone.
  ...(process.geteuid?.() === 0 ? ["--omit-dir-times"] : []),
];

/** What came later than the first seeds is chosen by numbers of its own, so that those still stand for the same trees. */
function further(more: Random): Pick<RandomCase, "inputs" | "oracle" | "extended" | "interrupted" | "again"> {
  const extended = noExtendedAttributes === undefined && more.chance(15);
  const acls = extended && more.chance(65);
  const xattrs = extended && more.chance(65);
  const oneFileSystem = more.chance(10);
  return {
    inputs: {
      preserve: [...(acls ? ["acls"] : []), ...(xattrs ? ["xattrs"] : [])].join(","),
      "one-file-system": String(oneFileSystem),
      // What is compared need not be on the storage, and waiting for that was half of the time.
      sync: "false",
    },
    oracle: [...(acls ? ["-A"] : []), ...(xattrs ? ["-X"] : []), ...(oneFileSystem ? ["-x"] : [])],
    extended,
    interrupted: more.chance(15),
    again: more.chance(30),
  };
}

export function randomCase(random: Random, more: Random): RandomCase {
  const later = further(more);
  const hardLinks = random.chance(25);
  const deletes = random.chance(60);
  const older = random.pick(["absent", "empty", "earlier", "earlier", "earlier", "unrelated"] as const);
  // A name at the destination that is kept out may share an inode with names that are not: whether it still does afterwards hangs on
  // which of these one rsync takes for the first, and more rsyncs for another (seed 225).
  const mayKeepOut = !hardLinks || older === "absent" || older === "empty";
  const filter = mayKeepOut && random.chance(20) ? [random.pick(filters), random.pick(filters)] : [];
  const twoLevels = filter.length === 0 && random.chance(12);
  const [projects, rules] = twoLevels ? ["*/*", []] : random.chance(20) ? random.pick(choices) : ["*", []];
  const argument = !hardLinks && random.chance(15) ? [random.pick(furtherArguments)] : [];
  const sparse = !argument.includes("--inplace") && random.chance(10);
  const exclude =
    twoLevels || !mayKeepOut ? [] : random.chance(25) ? [random.pick(excludes), random.pick(excludes)] : [];
  return {
    inputs: {
      parallelism: String(1 + random.whole(5)),
      delete: String(deletes),
      "max-delete": "100%",
      filter: filter.join("\n"),
      exclude: exclude.join("\n"),
      ...later.inputs,
      preserve: [...(hardLinks ? ["hard-links"] : []), ...(sparse ? ["sparse"] : []), later.inputs.preserve].join(","),
      projects,
      "rsync-args": argument.join("\n"),
    },
    oracle: [
      // With incremental recursion rsync 3.5.0 hangs on a linked file whose first name fails.
      ...(hardLinks ? ["-H", "--no-inc-recursive"] : []),
      ...(sparse ? ["--sparse"] : []),
      ...later.oracle,
      ...argument,
      ...(deletes ? ["--delete"] : []),
      ...rules.map((rule) => `--filter=${rule}`),
      ...(deletes ? ["--filter=P /*/"] : []),
      ...filter.map((rule) => `--filter=${rule}`),
      ...exclude.map((pattern) => `--exclude=${pattern}`),
    ],
    hardLinks,
    extended: later.extended,
    interrupted: later.interrupted,
    again: later.again,
    twoLevels,
    leastSeconds: random.pick([0, 50e-6, 100e-6, 1e-3, 0.1]),
    latencies: random.pick([
      { source: 0, destination: 0 },
      { source: 0.5e-3, destination: 0 },
      { source: 0.5e-3, destination: 1e-3 },
    ]),
    older,
  };
}

/** What became of a random tree. */
export interface Comparison {
  readonly seed: number;
  readonly case: RandomCase;
  /** Where what is replaced goes, below the destination or beside it; empty: nowhere. */
  readonly backupDir: string;
  /** Lines that only one rsync's destination has (`-`), or only ours (`+`). */
  readonly differences: readonly string[];
  /** The same of what one rsync and we put into the directory for what is replaced. */
  readonly replaced: readonly string[];
  readonly oracleExit: number | null;
  readonly oracleErrors: string;
  readonly report: Report;
  /** Deletions that one rsync listed. */
  readonly oracleDeletions: number;
  /** What was changed by a second run of ours and of one rsync; undefined without one. */
  readonly second: { readonly ours: Changes; readonly theirs: Changes } | undefined;
}

interface Changes {
  readonly transferred: number;
  readonly deleted: number;
  readonly success: boolean;
}

/** Grows a tree from a seed, backs it up over an older destination, and compares with what one rsync makes of the same. */
export async function compareWithOneRsync(seed: number): Promise<Comparison> {
  const random = seeded(seed);
  const more = seeded(seed ^ 0x5eed_0000);
  const place = scratch();
  try {
    const one = randomCase(random, more);
    const [source, ours, theirs] = [`${place.path}/source`, `${place.path}/ours`, `${place.path}/theirs`];
    const tree = { hardLinks: one.hardLinks, asRoot: process.geteuid?.() === 0 };
    mkdirSync(source);
    growTree(source, random, tree);
    if (one.older !== "absent") mkdirSync(ours);
    if (one.older === "unrelated") growTree(ours, random, { ...tree, hardLinks: false });
    if (one.older === "earlier") {
      execFileSync("rsync", ["-aH", `${source}/`, `${ours}/`]);
      ageTree(source, random, tree);
      if (random.chance(50)) ageTree(ours, random, { ...tree, hardLinks: false });
    }
    if (one.extended)
      for (const root of [source, ours])
        if (existsSync(root)) attachExtended(root, more, tree.asRoot, `${place.path}/attributes`);
    if (one.older !== "absent") execFileSync("rsync", ["-aHAX", `${ours}/`, `${theirs}/`]);

    const rules = `${place.path}/rules`;
    if (one.twoLevels) writeFileSync(rules, Buffer.concat(onlySecondLevel(source)));
    const chosen = one.twoLevels ? ["--from0", `--filter=. ${rules}`] : [];
    // Of a seed of its own, so that the trees of all seeds stay what they were. Another run would have a directory of its own.
    const picked = one.interrupted || one.again ? "" : seeded(seed + 1_000_000).pick(["", ".versions", "../versions"]);
    // A directory that is made in the destination shows in its time, if that is left alone.
    const backupDir = one.oracle.includes("--omit-dir-times") && picked !== "" ? "../versions" : picked;
    const oracleKept = `${place.path}/oracle-versions`;
    const keeping = backupDir === "" ? [] : ["--backup", `--backup-dir=${oracleKept}`];
    const runOracle = (): OracleEnd => {
      const { status, stdout, stderr } = spawnSync(
        "rsync",
        ["-a", "-i", ...keeping, ...chosen, ...one.oracle, `${source}/`, `${theirs}/`],
        { encoding: "latin1", timeout: 60_000 },
      );
      const count = (what: RegExp): number => stdout.split("\n").filter((line) => what.test(line)).length;
      return { status, stderr, transferred: count(/^>f/), deleted: count(/^\*deleting/) };
    };
    const inputs = { source, destination: ours, ...one.inputs, "backup-dir": backupDir };
    const surroundings = { leastSeconds: one.leastSeconds, latencies: one.latencies };
    const differencesNow = (oracle: OracleEnd): string[] =>
      difference(snapshot(theirs, one.hardLinks, one.extended), snapshot(ours, one.hardLinks, one.extended)).filter(
        (line, _index, all) => !(one.hardLinks && oracle.status === 23 && isExtra(line, all)),
      );

    const oracle = runOracle();
    if (one.interrupted)
      await backUp(
        { ...inputs, "bandwidth-limit": "200k" },
        { ...surroundings, ...cancelledWhileCopying(more.whole(400)) },
      );
    const report = await backUp(inputs, surroundings);
    const nothingToDo = report.reasons.some((reason) => /empty|match nothing/.test(reason));
    const kept = report.versions?.directories.flatMap((directory) => versionsIn(directory, one.hardLinks)) ?? [];
    const unchanged = new Set(one.hardLinks ? versionsIn(theirs) : []);
    const replaced = (
      nothingToDo ? [] : difference(versionsIn(oracleKept, one.hardLinks), backupDir === "" ? [] : kept)
    ).filter((line) => !(one.hardLinks && line.startsWith("+") && isUnchanged(line, unchanged)));
    // The oracle's are elsewhere, and hard links to them as well.
    if (backupDir === ".versions" && existsSync(`${ours}/.versions`)) {
      execFileSync("touch", ["-r", ours, `${place.path}/time`]);
      renameSync(`${ours}/.versions`, `${place.path}/versions`);
      execFileSync("touch", ["-r", `${place.path}/time`, ours]);
    }
    const differences = nothingToDo ? [] : differencesNow(oracle);
    let second: Comparison["second"];
    if (one.again && oracle.status === 0 && !nothingToDo) {
      const theirSecond = runOracle();
      const ourSecond = await backUp(inputs, surroundings);
      differences.push(...differencesNow(theirSecond).map((line) => `after a second run: ${line}`));
      second = { ours: changesOf(ourSecond), theirs: { ...theirSecond, success: theirSecond.status === 0 } };
    }
    return {
      ...{ seed, case: one, backupDir, replaced, differences, report, second },
      oracleExit: oracle.status,
      oracleErrors: oracle.stderr,
      oracleDeletions: oracle.deleted,
    };
  } finally {
    openDirectories(fromText(place.path));
    place.dispose();
  }
}

interface OracleEnd {
  readonly status: number | null;
  readonly stderr: string;
  readonly transferred: number;
  readonly deleted: number;
}

function changesOf({ totals, attempts }: Report): Changes {
  return {
    transferred: totals.filesTransferred,
    deleted: totals.filesDeleted,
    success: attempts.every(({ exitCode }) => exitCode === 0),
  };
}

/** A signal that comes so many milliseconds after the rsyncs were planned, and the log that sees it. */
function cancelledWhileCopying(afterMs: number): Pick<Surroundings, "log" | "signal"> {
  const controller = new AbortController();
  const log = keepingLog();
  const info = (line: string): void => {
    if (line.includes("at once")) setTimeout(() => controller.abort(), afterMs);
  };
  return { log: { ...log, info }, signal: controller.signal };
}

/** Rules that stand for the pattern `* / *`: no top-level files, no top-level directories without entries, vanished projects stay. */
function onlySecondLevel(source: string): Buffer[] {
  const empty = readdirSync(source, { withFileTypes: true, encoding: "buffer" })
    .filter((entry) => entry.isDirectory())
    .map((entry) => fromBytes(entry.name))
    .filter((name) => readdirSync(toBytes(join(fromText(source), name))).length === 0);
  const rules = [...empty.map((name) => `- /${escapePattern(name)}`), "P /*/*/", "P /*/", "+ /*/", "- /*"];
  return rules.map((rule) => Buffer.from(`${rule}\0`, "latin1"));
}

function difference(theirs: readonly string[], ours: readonly string[]): string[] {
  const inTheirs = new Set(theirs);
  const inOurs = new Set(ours);
  return [
    ...theirs.filter((line) => !inOurs.has(line)).map((line) => `- ${line}`),
    ...ours.filter((line) => !inTheirs.has(line)).map((line) => `+ ${line}`),
  ];
}

/**
 * Whether a line is of an entry that only our destination has. When the first name of a linked file cannot be made, one rsync
 * leaves out its other names too (hlink.c); those that another of our rsyncs copies are there.
 */
function isExtra(line: string, all: readonly string[]): boolean {
  const name = line.slice(2, line.indexOf('" ', 3));
  return line.startsWith("+") && !all.some((other) => other.startsWith(`- ${name}" `));
}

/**
 * Whether a line of ours is of a file that is as it was, or of a directory, which may hold one. Where one rsync links the name that is
 * missing to the one that is there, several copy the one and then put a link to it in the place of the other, which is kept.
 */
function isUnchanged(line: string, there: ReadonlySet<string>): boolean {
  return (
    /^\+ ".*" 4\d{4} \d+:\d+$/.test(line) ||
    there.has(
      line
        .slice(2)
        .replace(/ = ".*"$/, " ")
        .trimEnd(),
    )
  );
}
