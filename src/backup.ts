import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf, RefusedError } from "./errors.ts";
import { quoted } from "./inputs/quoted.ts";
import type { Validated } from "./inputs/validate.ts";
import { lockDestination } from "./lock/lock.ts";
import type { Log } from "./log/log.ts";
import { phaseState } from "./log/phase-state.ts";
import { basics, inventory } from "./measure/inventory.ts";
import type { Inventory } from "./measure/measurement.ts";
import { startMeter } from "./measure/meter.ts";
import { drawPlan } from "./plan/draw-plan.ts";
import { isWorthCutting } from "./plan/plan.ts";
import { noteSelection, prepare } from "./preflight/prepare.ts";
import type { Prepared } from "./preflight/prepared.ts";
import { newRecord, type RunRecord } from "./record.ts";
import { assembleReport } from "./report/assemble.ts";
import type { Report } from "./report/report.ts";
import { stoppable } from "./run/cancel.ts";
import { copy } from "./run/copy.ts";
import { expire, mustExpire } from "./run/expire.ts";
import { flush, mustFlush } from "./run/flush.ts";
import { gate } from "./run/gate.ts";
import { makeWorkshop } from "./run/workshop.ts";
import type { Surroundings } from "./surroundings.ts";
import { takeStock } from "./survey/take-stock.ts";
import { noteCopiedFiles } from "./verify/copied-files.ts";
import { mustVerify, verify } from "./verify/verify.ts";

/** A cancelled run is reported so many milliseconds after the signal, whatever still hangs: the runner kills at 7.5 s. */
const reportAfterCancelMs = 5000;
/** systeminformation starts a row of processes: a run that is over before that, in milliseconds, does without. */
const describeAfterMs = 1000;
/** What it may take, in milliseconds; it works beside the copying. */
const machineTimeoutMs = 3000;
/** What the end of a run waits for it, in milliseconds. */
const machinePatienceMs = 200;

/**
 * Backs up: the whole story of a run, from the checked inputs to the report.
 *
 * @returns the report, whatever happened: refused, failed and cancelled runs have one too
 */
export async function backup(validated: Validated, surroundings: Surroundings): Promise<Report> {
  const { inputs } = validated;
  const record = newRecord(inputs, surroundings.version, surroundings.url);
  const { signal: cancelled } = surroundings;
  const { signal, stop } = stoppable(cancelled);
  const within = { ...surroundings, signal };
  let machine: Promise<Inventory> | undefined;
  const describing = setTimeout(() => {
    machine = inventory(machineTimeoutMs);
  }, describeAfterMs);
  const meter = startMeter({ source: inputs.source, destination: inputs.destination });
  const phase = phases(record, signal, surroundings.log);
  let directory: string | undefined;
  let cameToItsEnd = false;

  const story = async (): Promise<void> => {
    directory = await makeDirectory(surroundings.temporary ?? tmpdir());
    const work = directory;
    const look = () => phase("preflight", () => prepare(validated, record, work, within));
    const first = await look();
    // A dry run writes nothing at the destination, and so nothing that keeps others away.
    if (inputs.dryRun) return fromSurveyToSync(first, work);
    const lost = (reason: string): void => {
      record.reasons.push(reason);
      stop();
    };
    const locked = await phase("lock", () => lockDestination(first.destination, record, within, lost));
    try {
      // What was seen before the other run's end may be so no more.
      const prepared = locked.waited ? await look() : { ...first, destination: locked.destination };
      await fromSurveyToSync(prepared, work);
    } finally {
      // Not reached while rsyncs still hang when the report is due: then the file stays, and by it the next run finds and ends them.
      const complaint = await locked.release(record.tuner === undefined);
      if (complaint !== undefined) record.notices.push(complaint);
    }
  };
  const fromSurveyToSync = async (prepared: Prepared, work: string): Promise<void> => {
    noteSelection(record, prepared, within.log);
    const stock = await phase("survey", () =>
      takeStock(prepared, record, within, (total, latencies) => isWorthCutting(total, latencies, within)),
    );
    const workshop = makeWorkshop(inputs, prepared, stock.survey.mountPoints, work, within);
    const plan = await phase("plan", () => drawPlan(record, stock, workshop, within));
    const allowed = await phase("gate", () => gate(record, stock, plan, workshop, signal));
    const copied = noteCopiedFiles(work);
    const noted = inputs.verify === "changed" ? copied : undefined;
    await phase("copy", () => copy(record, allowed, meter, within, noted));
    if (mustFlush(record)) await phase("sync", () => flush(record, workshop, within));
    if (mustVerify(record)) await phase("verify", () => verify(record, workshop, copied, within));
    // Last: an older version goes only when the newest is safe.
    if (mustExpire(record) && allEnded(record)) await phase("expire", () => expire(record, workshop, signal));
    cameToItsEnd = true;
  };
  const ended = story().catch((error: unknown) => {
    if (signal.aborted) return;
    if (error instanceof RefusedError) record.problems = error.problems;
    else record.reasons.push(`the run stopped: ${messageOf(error)}`);
  });
  await Promise.race([ended, overdue(signal)]);

  record.cancelled = cancelled.aborted && !(cameToItsEnd && allEnded(record));
  record.resources = await meter.stop();
  clearTimeout(describing);
  const described = machine && (await Promise.race([machine, pause(machinePatienceMs, undefined, { ref: false })]));
  record.machine = described ?? basics();
  try {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    record.notices.push(
      `the directory for temporary files, ${quoted(directory ?? "")}, is still there: ${messageOf(error)}`,
    );
  }
  // By the clock that nobody can set, from when this process began.
  return assembleReport(record, new Date(performance.timeOrigin + performance.now()));
}

/** A directory of this run alone, for the lists of names that the rsyncs are given. */
async function makeDirectory(temporary: string): Promise<string> {
  try {
    return await mkdtemp(join(temporary, "dailysync-"));
  } catch (error) {
    throw new RefusedError([
      `the directory for temporary files, ${quoted(temporary)}, cannot be used (${messageOf(error)}): make it, or name another with TMPDIR (on a runner: RUNNER_TEMP)`,
    ]);
  }
}

/** Whether every rsync came to its own end: a signal that came after that has cancelled nothing. */
function allEnded({ plan, ends }: RunRecord): boolean {
  if (plan === undefined || ends.some(({ state }) => state === "cancelled")) return false;
  const ended = new Set(ends.map(({ shard }) => shard.id));
  return plan.stages.flat().every(({ id }) => ended.has(id));
}

/** What a run does in a phase, for the log. */
const phaseWords: Readonly<Record<string, string>> = {
  preflight: "looking at source and destination",
  lock: "waiting for the destination",
  survey: "surveying",
  plan: "planning",
  gate: "checking deletions",
  copy: "copying",
  sync: "waiting for the storage",
  verify: "reading back",
  expire: "removing old versions",
};

/** Notes how long each stretch took, also one that failed. After a cancellation none begins. */
function phases(
  record: RunRecord,
  signal: AbortSignal,
  log: Log,
): <Value>(name: string, work: () => Promise<Value>) => Promise<Value> {
  return async (name, work) => {
    signal.throwIfAborted();
    const unfollow = log.follow(phaseState(phaseWords[name] ?? name));
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      unfollow();
      const startedAtSeconds = (startedAt + performance.timeOrigin - record.startedAt.getTime()) / 1000;
      record.phases.push({ name, startedAtSeconds, seconds: (performance.now() - startedAt) / 1000 });
    }
  };
}

/** Resolves when a cancellation has been waiting too long; never without one. */
function overdue(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wait = (): void => {
      setTimeout(resolve, reportAfterCancelMs);
    };
    if (signal.aborted) wait();
    else signal.addEventListener("abort", wait, { once: true });
  });
}
