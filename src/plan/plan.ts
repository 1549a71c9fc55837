import { type BytePath, join, parents } from "../byte-path.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Latencies } from "../survey/latency.ts";
import { addLoads, type Load } from "../survey/load.ts";
import type { Folder, Selection } from "../survey/projects.ts";
import type { Directory } from "../survey/survey.ts";
import { type Batch, batch, slices, type WeighedName } from "./batch.ts";
import { type Pace, paceOf, secondsOf } from "./pace.ts";
import type { Plan, Portion, Shard, ShardKind, Stage } from "./shard.ts";
import { type Cut, cut, isWorthSlicing, type Piece, type Scales, type SlicedPiece } from "./split.ts";

export interface PlanRequest {
  readonly selection: Selection;
  readonly projects: readonly Directory[];
  /** Of the loose files. */
  readonly loose: Load;
  readonly latencies: Latencies;
  /** How much slower than others a project was in earlier runs, as a factor. */
  readonly slowness: (project: BytePath) => number;
  readonly lanes: number;
  readonly delete: boolean;
  /** Whether filters say what is deleted, so that comparing names does not. */
  readonly selective: boolean;
  /** Nothing is made at the destination. */
  readonly dryRun: boolean;
  /** A reason not to split at all (rules that rsync applies only to a whole tree), or undefined. */
  readonly notSplit: string | undefined;
  /** The least weight that is worth an rsync of its own, in seconds. */
  readonly leastSeconds: number;
}

/** What the plan needs to know of the file systems; handed in, so that the planning itself is a pure function. */
export interface PlanQuestions {
  /** Files of a directory, with sizes where they matter, otherwise without. */
  readonly filesOf: (
    directory: BytePath,
    withSizes: boolean,
  ) => Promise<readonly { readonly path: BytePath; readonly bytes: number }[]>;
  /** Of these directories, those that the filters let pass (with all their parents). */
  readonly passing: (directories: readonly BytePath[]) => Promise<ReadonlySet<BytePath>>;
  /** Of these directories, those that the destination does not have yet. */
  readonly absentAtDestination: (directories: readonly BytePath[]) => Promise<readonly BytePath[]>;
  /** Whether there is nothing at the destination. */
  readonly isDestinationEmpty: () => Promise<boolean>;
}

/** The name of the project that the loose files form. */
const looseFiles = "" as BytePath;
/**
 * Shards for each lane, and in all where there are few lanes: more of them even out wrong guesses, fewer save processes. Behind
 * latency, with 48 lanes, one to four for each took the same time.
 */
const shardsPerLane = 4;
export const leastShards = 24;
/** Seconds of one rsync that are the most for a shard, whatever its share: what fails is repeated, and rates can be compared. */
const mostSeconds = 60;
/**
 * Seconds. An rsync computes for 6 to 10 ms and waits for 40 ms at its end; with less work than this it costs more than it saves:
 * a tree of 0.25 s, found unchanged by one rsync, took 0.28 s with two shards in two lanes and 0.33 s with eight.
 */
export const defaultLeastSeconds = 0.3;

/** Whether a directory with so much in and below it may be cut: only what is worth more than one rsync is. */
export function isWorthCutting(
  total: Load,
  latencies: Latencies,
  { leastSeconds = defaultLeastSeconds }: Pick<Surroundings, "leastSeconds">,
): boolean {
  return secondsOf(total, paceOf(latencies)) > leastSeconds;
}

/** Makes the plan: what each rsync copies, in the order in which they start, the heaviest first. */
export async function makePlan(request: PlanRequest, questions: PlanQuestions): Promise<Plan> {
  const { selection, projects, lanes, leastSeconds } = request;
  const pace = paceOf(request.latencies);
  const folders = selection.folders.filter(
    (folder) => folder.loose.length > 0 || (request.delete && folder.extraneous.length > 0),
  );
  const loose = folders.reduce((sum, folder) => sum + folder.loose.length, 0);
  const portions = [
    ...projects.map(({ path, total }) => ({ project: path, entries: total.entries })),
    ...(folders.length > 0 ? [{ project: looseFiles, entries: loose }] : []),
  ];
  const weigh = (project: BytePath, load: Load): number => request.slowness(project) * secondsOf(load, pace);
  const looseWeight = weigh(looseFiles, request.loose);
  const total = projects.reduce((sum, one) => sum + weigh(one.path, one.total), looseWeight);
  const { bytes } = wholeLoad(projects, request.loose);
  const covered = selection.folders.every(({ leftAlone }) => leftAlone.length === 0);
  const whole = async (): Promise<Plan> => {
    const fresh = await questions.isDestinationEmpty();
    return {
      stages: [[{ id: 0, kind: "whole", names: [], portions, weight: total, bytes, fresh, after: [] }]],
      lanes,
      notSplit: request.notSplit,
    };
  };
  if (request.notSplit !== undefined || (covered && total <= leastSeconds)) return whole();
  const share = Math.min(mostSeconds, total / Math.max(leastShards, lanes * shardsPerLane));
  const target = lanes === 1 ? Number.POSITIVE_INFINITY : Math.max(leastSeconds, share);
  const scales: Scales = {
    weigh,
    weighUnchanged: (entries) => entries * pace.present,
    target,
    // Filters may hide from rsync what names say is on both sides.
    mayDelete: ({ extraneous }) => request.delete && (request.selective || extraneous !== 0),
  };

  const pieces = await withoutFiltered(cut(projects, scales), questions);
  const reached = await questions.passing(folders.map(({ path }) => path));
  const looseFolders = folders.filter(({ path }) => reached.has(path));
  const listed = [
    ...[...pieces.deep, ...pieces.shallow, ...pieces.sliced].map(({ path }) => path),
    ...looseFolders.map(({ path }) => path).filter((path) => path !== ""),
  ];
  // Several rsyncs would race for these where they are missing: parents, and what a rsync meets among the own entries of a directory.
  // Else a directory belongs to the one that lists it.
  const looseShares = await sliceLooseFiles(looseFolders, request, pace, target, questions);
  // The slices of loose files share their folders.
  const slicedFolders =
    looseShares === undefined ? [] : looseFolders.map(({ path }) => path).filter((path) => path !== "");
  const entered = new Set<BytePath>([...pieces.shallow, ...pieces.sliced, ...looseFolders].map(({ path }) => path));
  const shared = new Set([
    ...listed.flatMap(parents),
    ...pieces.sliced.map(({ path }) => path),
    ...slicedFolders,
    ...listed.filter((path) => entered.has(parents(path)[0] ?? ("" as BytePath))),
  ]);
  const absent = new Set(await questions.absentAtDestination([...new Set([...listed, ...shared])]));
  const isAbsent = ({ path }: { readonly path: BytePath }): boolean => absent.has(path);

  const number = numbering();
  const looseSweep =
    looseShares !== undefined && request.delete
      ? looseShards(
          looseFolders.filter((folder) => !isAbsent(folder) && (request.selective || folder.extraneous.length > 0)),
          "loose-sweep",
          { weight: scales.weighUnchanged(loose), bytes: 0 },
          number,
        )
      : [];
  const looseCopies =
    looseShares === undefined
      ? looseShards(looseFolders, "loose", { weight: looseWeight, bytes: request.loose.bytes }, number)
      : sliceShards(
          looseShares,
          {
            ...{ project: looseFiles, bytes: request.loose.bytes, after: looseSweep, fresh: false, target },
            themselves: slicedFolders,
          },
          number,
        );
  const projectCopies: Shard[] = [];
  const shallow: Piece[] = [...pieces.shallow];
  for (const piece of pieces.sliced) {
    const files = await weighedFiles(piece, pace, questions);
    if (files.length === 0) {
      // It was emptied meanwhile.
      shallow.push(piece);
      continue;
    }
    // In what is not there yet there is nothing to delete.
    const swept = { ...piece, weight: scales.weighUnchanged(piece.entries), bytes: 0 };
    const sweep = piece.swept && !isAbsent(piece) ? [batchShard(number(), "sweep", [swept], false)] : [];
    projectCopies.push(
      ...sweep,
      ...sliceShards(
        files,
        { ...piece, after: sweep, fresh: isAbsent(piece), target, themselves: [piece.path] },
        number,
      ),
    );
  }
  const byKind = { deep: pieces.deep, shallow };
  for (const kind of ["deep", "shallow"] as const)
    for (const fresh of [true, false]) {
      const alike = byKind[kind].filter((piece) => isAbsent(piece) === fresh);
      for (const one of batch(alike, target)) projectCopies.push(batchShard(number(), kind, one, fresh));
    }

  const loosePart = [...looseSweep, ...looseCopies];
  const copies = [...loosePart, ...projectCopies].sort(heaviestFirst);
  // Everything is filtered out: the source's own mode and time remain.
  if (copies.length === 0) return whole();
  // A single rsync meets nobody: it makes its parents itself.
  const skeleton =
    copies.length > 1 && !request.dryRun
      ? skeletonStage(
          [...absent].filter((path) => shared.has(path)),
          number,
        )
      : [];
  // The loose shard lists the projects' directories, and closes those that their owner has closed while others work in them.
  const apart = projects.some(({ open }) => !open);
  const parts = apart ? [loosePart, projectCopies.sort(heaviestFirst)] : [copies];
  return { stages: [skeleton, ...parts].filter((stage) => stage.length > 0), lanes, notSplit: undefined };
}

/** All work of a request, for choosing the lanes. */
export function wholeLoad(projects: readonly Directory[], loose: Load): Load {
  return projects.reduce((sum, { total }) => addLoads(sum, total), loose);
}

/** Directories without what is in them, made before the rsyncs that would race for them. */
function skeletonStage(directories: readonly BytePath[], number: () => number): Stage {
  if (directories.length === 0) return [];
  const names = directories.map((path) => dotted(path));
  return [{ id: number(), kind: "skeleton", names, portions: [], weight: 0, bytes: 0, fresh: false, after: [] }];
}

/** Deletions first: what waits for them is to start early. Then the heaviest. */
function heaviestFirst(one: Shard, other: Shard): number {
  const first = Number(isSweep(other)) - Number(isSweep(one));
  return first === 0 ? other.weight - one.weight : first;
}

function isSweep({ kind }: Shard): boolean {
  return kind === "sweep" || kind === "loose-sweep";
}

/** Leaves out directories that the filters keep out: rsync would copy one that is listed below an excluded parent. */
async function withoutFiltered(all: Cut, questions: PlanQuestions): Promise<Cut> {
  const listed = [...all.deep, ...all.shallow, ...all.sliced].map(({ path }) => path);
  const passing = await questions.passing(listed);
  const keep = <One extends Piece>(pieces: readonly One[]): One[] => pieces.filter(({ path }) => passing.has(path));
  return { deep: keep(all.deep), shallow: keep(all.shallow), sliced: keep(all.sliced) };
}

function numbering(): () => number {
  let next = 0;
  return () => next++;
}

function batchShard(id: number, kind: ShardKind, pieces: Batch, fresh: boolean): Shard {
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

/** The files of a sliced directory with their share of its weight. */
async function weighedFiles(piece: SlicedPiece, pace: Pace, questions: PlanQuestions): Promise<WeighedName[]> {
  const files = await questions.filesOf(piece.path, sizesMatter(piece.weight, piece.entries, pace));
  return weighed(files, pace, piece.weight);
}

/** Whether bytes are most of the work: each size is a request. */
function sizesMatter(weight: number, entries: number, pace: Pace): boolean {
  return weight > 2 * entries * pace.absent;
}

/** Shares a weight out over files, by their sizes as far as these are known. */
function weighed(
  files: readonly { readonly path: BytePath; readonly bytes: number }[],
  pace: Pace,
  weight: number,
): WeighedName[] {
  const alone = files.map(({ path, bytes }) => ({ path, weight: pace.present + bytes * pace.byte }));
  const sum = alone.reduce((total, one) => total + one.weight, 0);
  return alone.map((one) => ({ path: one.path, weight: (one.weight * weight) / sum }));
}

function sliceShards(
  files: readonly WeighedName[],
  {
    project,
    bytes,
    after,
    fresh,
    target,
    themselves,
  }: {
    readonly project: BytePath;
    readonly bytes: number;
    readonly after: readonly Shard[];
    readonly fresh: boolean;
    readonly target: number;
    /** The directories, listed too: where the filters keep out all their files, no slice would set their mode and time. */
    readonly themselves: readonly BytePath[];
  },
  number: () => number,
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
function looseShards(
  folders: readonly Folder[],
  kind: "loose" | "loose-sweep",
  { weight, bytes }: { readonly weight: number; readonly bytes: number },
  number: () => number,
): Shard[] {
  if (folders.length === 0) return [];
  const entries = folders.reduce((sum, { loose }) => sum + loose.length, 0);
  const names = folders.map(({ path }) => dotted(path, "/"));
  return [
    { id: number(), kind, names, portions: [{ project: looseFiles, entries }], weight, bytes, fresh: false, after: [] },
  ];
}

/** The loose files to be shared out by name; undefined where one rsync does. */
async function sliceLooseFiles(
  folders: readonly Folder[],
  { loose }: PlanRequest,
  pace: Pace,
  target: number,
  questions: PlanQuestions,
): Promise<WeighedName[] | undefined> {
  const weight = secondsOf(loose, pace);
  if (!isWorthSlicing(loose.entries, weight, 0, target)) return undefined;
  const withSizes = sizesMatter(weight, loose.entries, pace);
  const files: { path: BytePath; bytes: number }[] = [];
  for (const { path: folder, loose: names } of folders) {
    const chosen = new Set(names.map((name) => join(folder, name)));
    if (chosen.size === 0) continue;
    for (const file of await questions.filesOf(folder, withSizes)) if (chosen.has(file.path)) files.push(file);
  }
  return files.length < 2 ? undefined : weighed(files, pace, weight);
}

/**
 * A path as rsync's `--files-from` takes it: a name that begins with `#` or `;` would be dropped without the `./`. A slash at the
 * end means the entries of a directory, and would follow a symbolic link that has taken its place.
 */
function dotted(path: BytePath, end = ""): BytePath {
  return path === "" ? ("./" as BytePath) : (`./${join("" as BytePath, path)}${end}` as BytePath);
}
