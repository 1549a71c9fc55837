import { RefusedError } from "../errors.ts";
import { isSelective } from "../inputs/selective.ts";
import { phaseState } from "../log/phase-state.ts";
import { foldsCase } from "../preflight/collisions.ts";
import type { Prepared } from "../preflight/prepared.ts";
import { freeSpace, noSpace, usedSpace } from "../preflight/space.ts";
import type { RunRecord } from "../record.ts";
import { counted } from "../report/format.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Latencies, latenciesOf } from "./latency.ts";
import type { Load } from "./load.ts";
import type { Selection } from "./projects.ts";
import { isLocal } from "./reader.ts";
import { type Survey, survey } from "./survey.ts";

/** What is there, at the source and where needed at the destination. */
export interface Stock {
  readonly selection: Selection;
  readonly survey: Survey;
  readonly latencies: Latencies;
  /** Whether it must still be found out if what comes fits, because filters keep out some of it. */
  readonly spaceInDoubt: boolean;
}

/**
 * Surveys, and refuses where what must come cannot fit.
 *
 * @param willBeCut whether the plan may cut a directory with so much in and below it, on storage that answers so fast
 * @throws RefusedError when there is too little space
 */
export async function takeStock(
  { source, destination, mountsBelow, selection }: Prepared,
  record: RunRecord,
  { log, signal, latencies: given }: Surroundings,
  willBeCut: (total: Load, latencies: Latencies) => boolean,
): Promise<Stock> {
  const { inputs } = record;
  const latencies = given ?? (await latenciesOf(source.realPath, destination));
  record.latencies = latencies;
  const free = await freeSpace(destination.realPath);
  const used = await usedSpace([source.realPath, ...mountsBelow.map(({ realPath }) => realPath)]);
  // What is in use on the source's whole file systems is about the most that can come; only beyond that sizes are asked for.
  const spaceInDoubt = !inputs.dryRun && free !== undefined && (used === undefined || used > free.bytes);
  let entries = 0;
  const unfollow = log.follow(phaseState("surveying", () => `${counted(entries, "entry", "entries")} so far`));
  const seen = await survey(
    {
      source: source.realPath,
      destination: destination.realPath,
      projects: selection.projects,
      vanished: selection.vanished,
      folders: selection.folders,
      compare: inputs.delete || spaceInDoubt,
      sizesOfAbsent: spaceInDoubt
        ? { hardLinks: inputs.preserve.has("hard-links"), sparse: inputs.preserve.has("sparse") }
        : undefined,
      oneFileSystem: inputs.oneFileSystem,
      foldsCase: await foldsCase(destination),
      answersAtOnce: latencies.source === 0 && mountsBelow.length === 0 && (await isLocal(source.realPath)),
      isSmall: (total) => !willBeCut(total, latencies),
      onRead: (more) => {
        entries += more;
      },
    },
    signal,
  ).finally(unfollow);
  record.survey = seen;
  if (spaceInDoubt && free !== undefined && seen.destination !== undefined && !isSelective(inputs)) {
    const problem = noSpace(free, seen.destination.absentBytes, seen.destination.absentFiles);
    if (problem !== undefined) {
      // What is to be deleted may make the room that is missing; rsync will tell.
      if (inputs.delete && seen.destination.extraneous.entries > 0)
        record.notices.push(`${problem}, unless deletions make room`);
      else if (free.mayCompress) record.notices.push(`${problem}, unless the file system compresses it`);
      else throw new RefusedError([problem]);
    }
  }
  log.debug(
    `survey: ${seen.projects.reduce((sum, { total }) => sum + total.entries, 0)} entries; ${latencies.source * 1000} ms to an answer of the source, ${latencies.destination * 1000} ms of the destination`,
  );
  return { selection, survey: seen, latencies, spaceInDoubt: spaceInDoubt && isSelective(inputs) };
}
