import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, lutimesSync, mkdirSync } from "node:fs";
import { afterEach } from "@jest/globals";
import { fromText, toBytes } from "../../src/byte-path.ts";
import type { InputName } from "../../src/inputs/definition.ts";
import type { Report } from "../../src/report/report.ts";
import type { Surroundings } from "../../src/surroundings.ts";
import { backUp, scratch } from "./back-up.ts";
import { listTree, openDirectories } from "./random-tree.ts";
import { snapshot } from "./snapshot.ts";

/** A source, and one older destination for us and one for the rsync that is the judge. */
export interface Sides {
  /** Holds all three, and whatever a test puts beside them. */
  readonly path: string;
  readonly source: string;
  readonly ours: string;
  readonly theirs: string;
}

export interface Outcome {
  readonly report: Report;
  /** Lines of a snapshot that only one rsync's destination has (`-`), or only ours (`+`). */
  readonly differences: readonly string[];
  readonly oracle: { readonly status: number | null; readonly errors: string; readonly deletions: number };
}

/** Gives a test its directories, with source and our destination made; all is removed after the test. */
export function freshSides(): () => Sides {
  const places: { readonly path: string; readonly dispose: () => void }[] = [];
  afterEach(() => {
    for (const place of places.splice(0)) {
      openDirectories(fromText(place.path));
      place.dispose();
    }
  });
  return () => {
    const place = scratch();
    places.push(place);
    const { path } = place;
    const made = { path, source: `${path}/source`, ours: `${path}/ours`, theirs: `${path}/theirs` };
    mkdirSync(made.source);
    mkdirSync(made.ours);
    return made;
  };
}

/** Gives everything below a directory, and itself, one time long ago: what a run changes then shows. */
export function settle(root: string, seconds = 1_500_000_000): void {
  for (const path of [fromText(root), ...listTree(fromText(root))].reverse())
    lutimesSync(toBytes(path), seconds, seconds);
}

/** How finely a tree is cut: the least seconds of a shard, and what its storage is said to take. */
export type Cutting = Required<Pick<Surroundings, "leastSeconds" | "latencies">>;

/**
 * Backs up with us and with one rsync, each over its own copy of the same older destination, and compares.
 *
 * @param rules what one rsync is told beside `-a` and what delete and hard-links stand for
 * @param cutting how finely the tree is cut; by default so that every directory is split
 */
export async function besideOneRsync(
  { source, ours, theirs }: Sides,
  inputs: Partial<Record<InputName, string>>,
  rules: readonly string[] = [],
  cutting: Cutting = { leastSeconds: 1e-6, latencies: { source: 0, destination: 0 } },
): Promise<Outcome> {
  const links = inputs.preserve?.includes("hard-links") ?? false;
  settle(source);
  if (existsSync(ours)) {
    settle(ours);
    execFileSync("rsync", ["-aH", `${ours}/`, `${theirs}/`]);
  }
  const oracle = spawnSync(
    "rsync",
    [
      ...["-a", "-i", ...(links ? ["-H"] : []), ...rules],
      ...(inputs.delete === "true" ? ["--delete"] : []),
      ...(inputs.delete === "true" && inputs["delete-projects"] !== "true" ? ["--filter=P /*/"] : []),
      ...[`${source}/`, `${theirs}/`],
    ],
    { encoding: "latin1" },
  );
  const report = await backUp(
    { source, destination: ours, parallelism: "4", "max-delete": "100%", retries: "0", ...inputs },
    cutting,
  );
  const ourTree = existsSync(ours) ? snapshot(ours, links) : [];
  const theirTree = existsSync(theirs) ? snapshot(theirs, links) : [];
  return {
    report,
    differences: [
      ...theirTree.filter((line) => !ourTree.includes(line)).map((line) => `- ${line}`),
      ...ourTree.filter((line) => !theirTree.includes(line)).map((line) => `+ ${line}`),
    ],
    oracle: {
      status: oracle.status,
      errors: oracle.stderr,
      deletions: oracle.stdout.split("\n").filter((line) => line.startsWith("*deleting")).length,
    },
  };
}

/** What a run that did all that one rsync does looks like, for `toMatchObject`. */
export const asOneRsync = { differences: [], oracle: { status: 0 }, report: { result: "success" } } as const;
