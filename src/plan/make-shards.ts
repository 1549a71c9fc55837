import { type BytePath, join } from "../byte-path.ts";
import type { Folder } from "../survey/projects.ts";
import { type Batch, slices, type WeighedName } from "./batch.ts";
import type { Portion, Shard, ShardKind, Stage } from "./shard.ts";

/** The name of the project that the loose files form. */
export const looseFiles = "" as BytePath;
/** Gives each shard its number. */
export type Numbering = () => number;

export function numbering(): Numbering {
  let next = 0;
  return () => next++;
}

/** One rsync for whole directories (`deep`) or for the own entries of directories. */
export function batchShard(id: number, kind: ShardKind, pieces: Batch, fresh: boolean): Shard {
  const entries = new Map<BytePath, number>();
  let [weight, bytes] = [0, 0];
  for (const piece of pieces) {
    entries.set(piece.project, (entries.get(piece.project) ?? 0) + piece.entries);
    weight += piece.weight;
    bytes += piece.bytes;
  }
  const portions: Portion[] = [...entries].map(([project, count]) => ({ project, entries: count }));
  const names = pieces.map(({ path }) => dotted(path, kind === "deep" ? "" : "/"));
  return { id, kind, names, portions, weight, bytes, fresh, after: [] };
}

/** What the slices of one directory, or of the loose files, have in common. */
export interface Sliced {
  readonly project: BytePath;
  readonly bytes: number;
  /** What they wait for. */
  readonly after: readonly Shard[];
  readonly fresh: boolean;
  /** The most that one should weigh, in seconds. */
  readonly target: number;
  /** The directories, listed too: where the filters keep out all their files, no slice would set their mode and time. */
  readonly themselves: readonly BytePath[];
}

/** As many rsyncs for files by name as their weight asks for. */
export function sliceShards(
  files: readonly WeighedName[],
  { project, bytes, after, fresh, target, themselves }: Sliced,
  number: Numbering,
): Shard[] {
  const weight = files.reduce((sum, file) => sum + file.weight, 0);
  const count = Math.min(files.length, Math.ceil(weight / target));
  return slices(files, count).map((names, index) => {
    const share = names.reduce((sum, file) => sum + file.weight, 0);
    return {
      id: number(),
      kind: "slice",
      names: [...(index === 0 ? themselves.map((path) => dotted(path)) : []), ...names.map(({ path }) => dotted(path))],
      portions: [{ project, entries: names.length }],
      weight: share,
      bytes: (bytes * share) / weight,
      fresh,
      after: after.map(({ id }) => id),
    };
  });
}

/** One rsync for the chosen entries of the folders; none where there is nothing that it could copy or delete. */
export function looseShards(
  folders: readonly Folder[],
  kind: "loose" | "loose-sweep",
  { weight, bytes }: { readonly weight: number; readonly bytes: number },
  number: Numbering,
): Shard[] {
  if (folders.length === 0) return [];
  const entries = folders.reduce((sum, { loose }) => sum + loose.length, 0);
  const names = folders.map(({ path }) => dotted(path, "/"));
  return [
    { id: number(), kind, names, portions: [{ project: looseFiles, entries }], weight, bytes, fresh: false, after: [] },
  ];
}

/** Directories without what is in them, made before the rsyncs that would race for them. */
export function skeletonStage(directories: readonly BytePath[], number: Numbering): Stage {
  if (directories.length === 0) return [];
  const names = directories.map((path) => dotted(path));
  return [{ id: number(), kind: "skeleton", names, portions: [], weight: 0, bytes: 0, fresh: false, after: [] }];
}

/** Deletions first: what waits for them is to start early. Then the heaviest. */
export function heaviestFirst(one: Shard, other: Shard): number {
  const first = Number(isSweep(other)) - Number(isSweep(one));
  return first === 0 ? other.weight - one.weight : first;
}

function isSweep({ kind }: Shard): boolean {
  return kind === "sweep" || kind === "loose-sweep";
}

/**
 * A path as rsync's `--files-from` takes it: a name that begins with `#` or `;` would be dropped without the `./`. A slash at the
 * end means the entries of a directory, and would follow a symbolic link that has taken its place.
 */
function dotted(path: BytePath, end = ""): BytePath {
  return path === "" ? ("./" as BytePath) : (`./${join("" as BytePath, path)}${end}` as BytePath);
}
