import { type BytePath, join } from "../byte-path.ts";
import type { Folder, Selection } from "../survey/projects.ts";
import type { Directory } from "../survey/survey.ts";
import { type Batch, batch, type SizedName, slices } from "./batch.ts";
import type { Plan, Portion, Shard, ShardKind, Stage } from "./shard.ts";
import { type Cut, cut, isWorthSlicing, type Piece, weightOf } from "./split.ts";

export interface PlanRequest {
  readonly selection: Selection;
  readonly projects: readonly Directory[];
  /** Bytes of the loose files. */
  readonly looseBytes: number;
  readonly lanes: number;
  readonly delete: boolean;
  /** Nothing is made at the destination. */
  readonly dryRun: boolean;
  /** A reason not to split at all (rules that rsync applies only to a whole tree), or undefined. */
  readonly notSplit: string | undefined;
  /** The least weight that is worth an rsync of its own. */
  readonly leastWeight?: number;
}

/** What the plan needs to know of the file systems; handed in, so that the planning itself is a pure function. */
export interface PlanQuestions {
  /** Files of a directory, with sizes. */
  readonly filesOf: (directory: BytePath) => Promise<readonly SizedName[]>;
  /** Of these directories, those that the filters let pass (with all their parents). */
  readonly passing: (directories: readonly BytePath[]) => Promise<ReadonlySet<BytePath>>;
  /** Of these directories, those that the destination does not have yet. */
  readonly absentAtDestination: (directories: readonly BytePath[]) => Promise<readonly BytePath[]>;
}

/** The name of the project that the loose files form. */
const looseFiles = "" as BytePath;
/** Shards per lane: more of them even out wrong guesses, fewer save processes. */
const shardsPerLane = 4;
/** About 100 ms of work, and an rsync costs 40 ms at its end: with less it costs more than it saves. */
const defaultLeastWeight = 2000;

/** Makes the plan: what each rsync copies, in the order in which they start, the heaviest first. */
export async function makePlan(request: PlanRequest, questions: PlanQuestions): Promise<Plan> {
  const { selection, projects, lanes } = request;
  const folders = selection.folders.filter(
    (folder) => folder.loose.length > 0 || (request.delete && folder.extraneous.length > 0),
  );
  const loose = folders.reduce((sum, folder) => sum + folder.loose.length, 0);
  const portions = [
    ...projects.map(({ path, totalEntries }) => ({ project: path, entries: totalEntries + 1 })),
    ...(folders.length > 0 ? [{ project: looseFiles, entries: loose }] : []),
  ];
  const looseWeight = weightOf(loose, request.looseBytes);
  const total = projects.reduce((sum, one) => sum + weightOf(one.totalEntries + 1, one.totalBytes), looseWeight);
  const leastWeight = request.leastWeight ?? defaultLeastWeight;
  const covered = selection.folders.every(({ leftAlone }) => leftAlone.length === 0);
  const whole: Plan = {
    stages: [[{ id: 0, kind: "whole", names: [], portions, weight: total }]],
    lanes,
    notSplit: request.notSplit,
  };
  if (request.notSplit !== undefined || (covered && total <= leastWeight)) return whole;
  const target = lanes === 1 ? Number.POSITIVE_INFINITY : Math.max(leastWeight, total / (lanes * shardsPerLane));

  const pieces = await withoutFiltered(cut(projects, target), questions);
  const sliced = await Promise.all(
    pieces.sliced.map(async (piece) => ({ piece, files: await questions.filesOf(piece.path) })),
  );
  const number = numbering();
  const reached = await questions.passing(folders.map(({ path }) => path));
  const looseFolders = folders.filter(({ path }) => reached.has(path));
  const looseSlices = isWorthSlicing(loose, looseWeight, request.looseBytes, target)
    ? await sliceLooseFiles(looseFolders, target, questions, number)
    : undefined;
  const looseCopies = looseSlices ?? looseShards(looseFolders, "loose", number);
  const projectCopies: Shard[] = [
    ...batch(pieces.deep, target).map((one) => batchShard(number(), "deep", one)),
    ...batch(pieces.shallow, target).map((one) => batchShard(number(), "shallow", one)),
    ...sliced.flatMap(({ piece, files }) => sliceShards(piece.project, files, target, number)),
  ];
  // The loose shard lists the projects' directories, and closes those that their owner has closed while others work in them.
  const apart = projects.some(({ open }) => !open);
  const copies = [...projectCopies, ...looseCopies].sort(heaviestFirst);
  // Everything is filtered out: the source's own mode and time remain.
  if (copies.length === 0) return whole;

  const listed = [
    ...[...pieces.deep, ...pieces.shallow, ...pieces.sliced].map(({ path }) => path),
    ...looseFolders.map(({ path }) => path).filter((path) => path !== ""),
  ];
  // A single rsync meets nobody: it makes its parents itself.
  const absent = copies.length > 1 ? await questions.absentAtDestination(listed) : [];
  const missing = new Set(absent);
  // The sliced ones in any case: where the filters keep out all its files, no slice sets a directory's mode and time.
  const made = [...absent, ...pieces.sliced.map(({ path }) => path).filter((path) => !missing.has(path))];
  const skeleton = request.dryRun ? [] : skeletonStage(made, number);
  // In what is not there yet there is nothing to delete.
  const isThere = ({ path }: { readonly path: BytePath }): boolean => !missing.has(path);
  const swept = looseSlices === undefined ? [] : looseFolders.filter(isThere);
  const sweeps = request.delete ? sweepStage(pieces.sliced.filter(isThere), swept, number) : [];
  const parts = apart ? [looseCopies, projectCopies.sort(heaviestFirst)] : [copies];
  return { stages: [skeleton, sweeps, ...parts].filter((stage) => stage.length > 0), lanes, notSplit: undefined };
}

/** Directories without what is in them, made before the rsyncs that would race for them. */
function skeletonStage(directories: readonly BytePath[], number: () => number): Stage {
  if (directories.length === 0) return [];
  const names = directories.map((path) => dotted(path));
  return [{ id: number(), kind: "skeleton", names, portions: [], weight: names.length }];
}

/** Deletions where files are copied in slices. Before those: beside them they would take temporary files for extraneous ones. */
function sweepStage(sliced: readonly Piece[], folders: readonly Folder[], number: () => number): Stage {
  return [
    ...sliced.map((piece) => batchShard(number(), "sweep", { pieces: [piece], weight: piece.weight })),
    ...looseShards(folders, "loose-sweep", number),
  ];
}

function heaviestFirst(one: Shard, other: Shard): number {
  return other.weight - one.weight;
}

/** Leaves out directories that the filters keep out: rsync would copy one that is listed below an excluded parent. */
async function withoutFiltered(all: Cut, questions: PlanQuestions): Promise<Cut> {
  const listed = [...all.deep, ...all.shallow, ...all.sliced].map(({ path }) => path);
  const passing = await questions.passing(listed);
  const keep = (pieces: readonly Piece[]): Piece[] => pieces.filter(({ path }) => passing.has(path));
  return { deep: keep(all.deep), shallow: keep(all.shallow), sliced: keep(all.sliced) };
}

function numbering(): () => number {
  let next = 0;
  return () => next++;
}

function batchShard(id: number, kind: ShardKind, { pieces, weight }: Batch): Shard {
  const entries = new Map<BytePath, number>();
  for (const { project, entries: own } of pieces) entries.set(project, (entries.get(project) ?? 0) + own + 1);
  const portions: Portion[] = [...entries].map(([project, count]) => ({ project, entries: count }));
  return { id, kind, names: pieces.map(({ path }) => dotted(path, kind === "deep" ? "" : "/")), portions, weight };
}

function sliceShards(project: BytePath, files: readonly SizedName[], target: number, number: () => number): Shard[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const count = Math.min(files.length, Math.ceil(weightOf(files.length, bytes) / target));
  return slices(files, count).map((names) => ({
    id: number(),
    kind: "slice",
    names: names.map(({ path }) => dotted(path)),
    portions: [{ project, entries: names.length }],
    weight: weightOf(
      names.length,
      names.reduce((sum, file) => sum + file.bytes, 0),
    ),
  }));
}

/** One rsync for the chosen entries of the folders; none where there is nothing that it could copy or delete. */
function looseShards(folders: readonly Folder[], kind: "loose" | "loose-sweep", number: () => number): Shard[] {
  if (folders.length === 0) return [];
  const entries = folders.reduce((sum, { loose }) => sum + loose.length, 0);
  const names = folders.map(({ path }) => dotted(path, "/"));
  return [{ id: number(), kind, names, portions: [{ project: looseFiles, entries }], weight: entries }];
}

/** Slices of the loose files; undefined where one rsync does. */
async function sliceLooseFiles(
  folders: readonly Folder[],
  target: number,
  questions: PlanQuestions,
  number: () => number,
): Promise<Shard[] | undefined> {
  const files: SizedName[] = [];
  for (const { path: folder, loose } of folders) {
    const chosen = new Set(loose.map((name) => join(folder, name)));
    if (chosen.size === 0) continue;
    for (const file of await questions.filesOf(folder)) if (chosen.has(file.path)) files.push(file);
  }
  if (files.length < 2) return undefined;
  return sliceShards(looseFiles, files, target, number);
}

/**
 * A path as rsync's `--files-from` takes it: a name that begins with `#` or `;` would be dropped without the `./`. A slash at the
 * end means the entries of a directory, and would follow a symbolic link that has taken its place.
 */
function dotted(path: BytePath, end = ""): BytePath {
  return path === "" ? ("./" as BytePath) : (`./${join("" as BytePath, path)}${end}` as BytePath);
}
