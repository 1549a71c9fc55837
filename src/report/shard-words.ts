import { type BytePath, toDisplay } from "../byte-path.ts";
import type { Shard, ShardKind } from "../plan/shard.ts";
import { counted } from "./format.ts";
import { projectName } from "./words.ts";

/** What an rsync does, by the kind of its shard; those that are missing are told by their names. */
const kindWords: Readonly<Partial<Record<ShardKind, string>>> = {
  skeleton: "makes directories",
  "loose-sweep": "deletes loose files",
  whole: "everything",
  relink: "links hard links",
};

/** Whose a shard is: `alpha`, or `alpha and 12 more`. */
export function whose({ portions, kind }: Pick<Shard, "portions" | "kind">): string {
  const [first, ...others] = portions;
  if (first === undefined) return kind === "whole" ? "all projects" : "directories";
  const name = projectName(toDisplay(first.project));
  return others.length === 0 ? name : `${name} and ${others.length} more`;
}

/** Which part it is: its one directory below the project, or how many there are. */
export function part(shard: Pick<Shard, "portions" | "kind" | "names">): string {
  const { kind, names, portions } = shard;
  const known = kindWords[kind];
  if (known !== undefined) return known;
  const [only = "" as BytePath] = names;
  if (kind === "slice" || kind === "loose") return counted(names.length, "file");
  const what = names.length === 1 ? below(only, portions) : counted(names.length, "directory", "directories");
  if (kind === "sweep") return `deletes in ${what}`;
  return kind === "shallow" ? `${what}, own files` : what;
}

/** A directory's path below its project; `all of it` for the project itself. */
function below(name: BytePath, portions: Shard["portions"]): string {
  const path = name.replace(/^\.\//, "").replace(/\/$/, "") as BytePath;
  const [first, ...others] = portions;
  if (first === undefined || others.length > 0) return toDisplay(path);
  if (path === first.project) return "all of it";
  return toDisplay((path.startsWith(`${first.project}/`) ? path.slice(first.project.length + 1) : path) as BytePath);
}
