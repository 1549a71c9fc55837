import type { BytePath } from "../byte-path.ts";
import type { Plan, Shard } from "./shard.ts";

/** Finds the shard that copies a file; undefined for a file that none copies. */
export function shardFinder(plan: Plan): (file: BytePath) => number | undefined {
  const byFile = new Map<string, number>();
  const byFolder = new Map<string, number>();
  const byTree = new Map<string, number>();
  for (const { id, kind, names } of plan.stages.flat()) {
    const paths = names.map((name) => name.slice(2).replace(/\/$/, ""));
    if (kind === "slice") for (const path of paths) byFile.set(path, id);
    else if (kind === "shallow" || kind === "loose") for (const path of paths) byFolder.set(path, id);
    else if (kind === "deep") for (const path of paths) byTree.set(path, id);
    else if (kind === "whole") byTree.set("", id);
  }
  return (file) => {
    const own = byFile.get(file) ?? byFolder.get(parent(file));
    if (own !== undefined) return own;
    for (let above = parent(file); ; above = parent(above)) {
      const id = byTree.get(above);
      if (id !== undefined || above === "") return id;
    }
  };
}

/**
 * The last pass for hard links: rsync sees links only inside one process, so groups whose names were copied by different
 * shards are linked by one more, given just those names. Undefined where no group crosses shards.
 */
export function relinkShard(plan: Plan, groups: readonly (readonly BytePath[])[]): Shard | undefined {
  const shardOf = shardFinder(plan);
  const names = new Set<BytePath>();
  for (const group of groups) {
    const copied = group.filter((name) => shardOf(name) !== undefined);
    if (new Set(copied.map(shardOf)).size > 1) for (const name of copied) names.add(name);
  }
  if (names.size === 0) return undefined;
  const id = plan.stages.flat().reduce((highest, shard) => Math.max(highest, shard.id), -1) + 1;
  return {
    id,
    kind: "relink",
    names: [...names].map((name) => `./${name}` as BytePath),
    portions: [],
    weight: 0,
    bytes: 0,
    fresh: false,
    after: [],
  };
}

function parent(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
