import type { BytePath } from "../byte-path.ts";

/** How much of a project is in a shard, to give each project its share of the shard's time. */
export interface Portion {
  /** Below the source; empty for the loose files. */
  readonly project: BytePath;
  readonly entries: number;
}

/**
 * What one rsync copies.
 *
 * - `skeleton`: directories themselves, without what is in them, so that no two rsyncs race to make a parent.
 * - `sweep`: deletions in directories whose files are copied in slices.
 * - `shallow`: the own entries of directories; `deep`: directories with all below.
 * - `slice`: files of one directory, by name.
 * - `loose`: the chosen entries of the folders on the way to the projects; `loose-sweep`: only their deletions.
 * - `whole`: the source in one go, for rules that no split can keep.
 * - `relink`: the last pass for hard links that cross shards.
 */
export type ShardKind =
  | "skeleton"
  | "sweep"
  | "shallow"
  | "deep"
  | "slice"
  | "loose"
  | "loose-sweep"
  | "whole"
  | "relink";

export interface Shard {
  readonly id: number;
  readonly kind: ShardKind;
  /** What rsync is given on its standard input: paths below the source, the form depends on the kind. Empty for `whole`. */
  readonly names: readonly BytePath[];
  readonly portions: readonly Portion[];
  /** Estimated seconds of one rsync. */
  readonly weight: number;
  /** Estimated bytes of its files. */
  readonly bytes: number;
  /** Whether the destination has nothing of what it copies, so that files may be written under their names at once. */
  readonly fresh: boolean;
  /** Shards of the same stage, by id, that must have ended before it starts. */
  readonly after: readonly number[];
}

/** Shards that may run at the same time; a stage starts when the one before has ended. */
export type Stage = readonly Shard[];

export interface Plan {
  readonly stages: readonly Stage[];
  readonly lanes: number;
  /** Why the tree was not split, where it could have been; one sentence. */
  readonly notSplit: string | undefined;
}

/** The most rsyncs that can run at once: a small source does not fill the lanes. */
export function lanesNeeded({ stages, lanes }: Plan): number {
  return Math.min(lanes, Math.max(0, ...stages.map((stage) => stage.length)));
}
