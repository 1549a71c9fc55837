import { type BytePath, parents } from "../byte-path.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Latencies } from "../survey/latency.ts";
import { addLoads, type Load } from "../survey/load.ts";
import type { Folder, Selection } from "../survey/projects.ts";
import type { Directory } from "../survey/survey.ts";
import { batch } from "./batch.ts";
import {
  batchShard,
  heaviestFirst,
  looseFiles,
  looseShards,
  numbering,
  skeletonStage,
  sliceShards,
} from "./make-shards.ts";
import { paceOf, secondsOf } from "./pace.ts";
import type { Plan, Shard } from "./shard.ts";
import { type Cut, cut, type Piece, type Scales } from "./split.ts";
import { type FilesOf, weighedFiles, weighedLooseFiles } from "./weighed-files.ts";

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
  readonly filesOf: FilesOf;
  /** Of these directories, those that the filters let pass (with all their parents). */
  readonly passing: (directories: readonly BytePath[]) => Promise<ReadonlySet<BytePath>>;
  /** Of these directories, those that the destination does not have yet. */
  readonly absentAtDestination: (directories: readonly BytePath[]) => Promise<readonly BytePath[]>;
  /** Whether there is nothing at the destination. */
  readonly isDestinationEmpty: () => Promise<boolean>;
}

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
  const looseShares = await weighedLooseFiles(looseFolders, request.loose, pace, target, questions.filesOf);
  const slicedFolders =
    looseShares === undefined ? [] : looseFolders.map(({ path }) => path).filter((path) => path !== "");
  const shared = sharedDirectories(pieces, looseFolders, slicedFolders);
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
    const files = await weighedFiles(piece, pace, questions.filesOf);
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

/**
 * Directories for which several rsyncs would race where they are missing: parents, those whose files are sliced, and what an rsync meets
 * among the own entries of a directory. Else a directory belongs to the one that lists it.
 */
function sharedDirectories(
  { deep, shallow, sliced }: Cut,
  looseFolders: readonly Folder[],
  slicedFolders: readonly BytePath[],
): ReadonlySet<BytePath> {
  const paths = (listed: readonly { readonly path: BytePath }[]): BytePath[] => listed.map(({ path }) => path);
  const listed = [...paths(deep), ...paths(shallow), ...paths(sliced), ...paths(looseFolders)];
  const entered = new Set<BytePath>([...paths(shallow), ...paths(sliced), ...paths(looseFolders)]);
  const met = listed.filter((path) => path !== "" && entered.has(parents(path)[0] ?? ("" as BytePath)));
  return new Set([...listed.flatMap(parents), ...paths(sliced), ...slicedFolders, ...met]);
}

/** Leaves out directories that the filters keep out: rsync would copy one that is listed below an excluded parent. */
async function withoutFiltered(all: Cut, questions: PlanQuestions): Promise<Cut> {
  const listed = [...all.deep, ...all.shallow, ...all.sliced].map(({ path }) => path);
  const passing = await questions.passing(listed);
  const keep = <One extends Piece>(pieces: readonly One[]): One[] => pieces.filter(({ path }) => passing.has(path));
  return { deep: keep(all.deep), shallow: keep(all.shallow), sliced: keep(all.sliced) };
}
