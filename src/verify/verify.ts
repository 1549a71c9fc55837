import { setTimeout as pause } from "node:timers/promises";
import { phaseState } from "../log/phase-state.ts";
import { placeAt, strayed } from "../preflight/places.ts";
import type { RunRecord } from "../record.ts";
import { bytes, counted } from "../report/format.ts";
import type { SampleReport } from "../report/report.ts";
import { inLanes } from "../run/lanes.ts";
import { addTallies, emptyTally, type Tally } from "../run/tally.ts";
import type { Workshop } from "../run/workshop.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Candidate, Chunk } from "./candidate.ts";
import { chunkSize, chunksOf } from "./chunks.ts";
import { type Comparison, compare } from "./compare.ts";
import type { CopiedFiles } from "./copied-files.ts";
import { everything } from "./everything.ts";
import { type Findings, startFindings } from "./findings.ts";
import { forgetLarge } from "./forget.ts";
import { type SampleTracker, trackSample } from "./sample.ts";
import { verificationNotices, verificationReasons } from "./sentences.ts";

/** Milliseconds before a second try, doubled for each further one. */
const defaultFirstPauseMs = 1000;
const forEver = Number.POSITIVE_INFINITY;

/** Whether what a run left is to be read back: not after a dry run, nor one that started nothing. */
export function mustVerify({ inputs, ends }: Pick<RunRecord, "inputs" | "ends">): boolean {
  return inputs.verify !== "none" && !inputs.dryRun && ends.length > 0;
}

/**
 * Reads files of the destination back and compares them with the source, in as many lanes as the copying ended with. Nothing is
 * written there. What is wrong goes into the record.
 *
 * @param copied what the run copied
 * @throws the signal's reason after a cancellation, and Error when source or destination are not the directories any more
 */
export async function verify(
  record: RunRecord,
  workshop: Workshop,
  copied: CopiedFiles,
  surroundings: Surroundings,
): Promise<void> {
  const { inputs, plan, tuner } = record;
  const mode = inputs.verify;
  if (mode === "none") return;
  const { settings } = workshop;
  const { log, signal } = surroundings;
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  const findings = startFindings(settings.source, settings.destination);
  const tracker = mode === "sample" ? trackSample(record.history.sample, record.startedAt.toISOString()) : undefined;
  let seconds: number | undefined;
  let complete = false;
  record.verification = () => ({
    ...{ mode, complete, seconds: seconds ?? elapsed(), ...findings.counts },
    sample: sampleReport(tracker, record, findings),
  });

  const lanes = tuner?.steps.at(-1)?.lanes ?? plan?.lanes ?? 1;
  const { expected, budget, seconds: most } = amountOf(record);
  const after = mode === "sample" ? record.history.sample : undefined;
  const files =
    mode === "changed"
      ? copied.files(record.ends)
      : everything(record, workshop, after, (path, code) => findings.addUnreadable(path, `${code} at the source`));
  const chunks = chunksOf(files, chunkSize(expected, lanes), budget);
  const { places = [] } = workshop;
  const isKnown = places.some(({ realPath }) => realPath === settings.destination);
  const watched = isKnown ? places : [...places, placeAt(settings.destination)];
  const readBack = async (chunk: Chunk): Promise<void> => {
    await forgetLarge(chunk.files, workshop, signal);
    const { files: found, failure } = await compareWithRetries(chunk.files, record, workshop, surroundings);
    // Before anything is taken for missing.
    const moved = await strayed(watched);
    if (moved !== undefined) throw new Error(moved);
    await findings.add(found, failure === undefined ? chunk.files.length : found.length, signal);
    if (failure !== undefined) findings.addFailure(chunk.files.length - found.length, failure.words);
    if (failure === undefined || failure.wentThrough) tracker?.done(chunk.index, chunk.files);
  };

  let begun = 0;
  let leftOut = false;
  // What has begun is finished, and something is read back in any case.
  const isOver = (): boolean => begun > 0 && elapsed() >= most;
  const lane = async (): Promise<void> => {
    while (!isOver()) {
      const next = await chunks.next();
      if (next.done) {
        // Of the lanes only the one that asks first is told whether that was everything.
        if (next.value && !leftOut) tracker?.cameRound(begun);
        return;
      }
      // Of a slow source it may have been a while.
      leftOut = isOver();
      if (leftOut) return;
      begun++;
      await readBack(next.value);
    }
  };
  const unfollow = log.follow(
    phaseState(
      "reading back",
      () => `${counted(findings.counts.files, "file")}, ${bytes(findings.counts.bytes)} so far`,
    ),
  );
  try {
    const tasks = Array.from({ length: lanes }, () => lane);
    await inLanes(tasks, { open: () => true, lanes: () => lanes, ready: () => true }, (task) => task());
    complete = findings.failures.files === 0 && copied.failure() === undefined;
  } finally {
    unfollow();
    seconds = elapsed();
    record.reasons.push(...verificationReasons(mode, findings, copied.failure()));
    record.notices.push(...verificationNotices(mode, findings.counts));
  }
}

/** As often as the input says, where the failure can pass. */
async function compareWithRetries(
  files: readonly Candidate[],
  { inputs, rsync }: RunRecord,
  workshop: Workshop,
  { signal, firstPauseMs = defaultFirstPauseMs }: Surroundings,
): Promise<Comparison> {
  // Others than root may do so with their own files alone, and rsync would take one that it may not open so for one of zeros.
  const leavesAccessTimes =
    inputs.preserve.has("atimes") && process.geteuid?.() === 0 && !/^3\.[01]\./.test(rsync?.version ?? "");
  for (let tries = 0; ; tries++) {
    const comparison = await compare(files, workshop, leavesAccessTimes, signal);
    if (comparison.failure?.retry !== "again" || tries >= inputs.retries) return comparison;
    await pause(firstPauseMs * 2 ** tries, undefined, { signal });
  }
}

/** How much is to be read back: files and bytes as far as they are known, and what ends it. */
function amountOf(record: RunRecord): {
  readonly expected: { readonly files: number; readonly bytes: number };
  readonly budget: number | undefined;
  readonly seconds: number;
} {
  const { verify: mode, verifyBudget } = record.inputs;
  const { files, bytes: size, filesTransferred, bytesTransferred } = totals(record);
  if (mode === "changed")
    return { expected: { files: filesTransferred, bytes: bytesTransferred }, budget: undefined, seconds: forEver };
  const all = { files, bytes: size };
  if (mode !== "sample") return { expected: all, budget: undefined, seconds: forEver };
  if (verifyBudget.kind === "seconds") return { expected: all, budget: undefined, seconds: verifyBudget.seconds };
  const share = verifyBudget.percent / 100;
  const part = { files: files * share, bytes: size * share };
  return { expected: part, budget: share < 1 ? part.bytes : undefined, seconds: forEver };
}

/** What is in the backed-up projects, as the rsyncs counted it. */
function totals({ ends }: RunRecord): Tally {
  return ends.flatMap(({ tallies }) => [...tallies.values()]).reduce(addTallies, emptyTally);
}

function sampleReport(
  tracker: SampleTracker | undefined,
  record: RunRecord,
  { counts }: Findings,
): SampleReport | undefined {
  const progress = tracker?.progress();
  if (progress === undefined) return undefined;
  const { bytes: total } = totals(record);
  const left = Math.max(0, total - progress.bytes);
  return {
    ...progress,
    percent: total === 0 ? 100 : Math.min(100, (100 * progress.bytes) / total),
    runsLeft: left === 0 ? 0 : counts.bytes === 0 ? undefined : Math.ceil(left / counts.bytes),
  };
}
