import { readFileSync } from "node:fs";
import { type Activities, activities, addActivities, noActivities } from "./activity.ts";
import { type Answers, watchAnswers } from "./answers.ts";
import type { CounterSample } from "./counters.ts";
import { type KeptFile, keepFile } from "./kept-file.ts";
import { type Measurement, type Sample, type Storage, unmeasured } from "./measurement.ts";
import { type PortableReader, portableReader, portableSampler } from "./portable.ts";
import { procSampler } from "./proc-sampler.ts";
import { orUndefined, type ReadFile } from "./read-file.ts";
import { type RsyncWatch, type Watched, watchRsyncs } from "./rsync-watch.ts";
import { Series } from "./series.ts";

/** What a meter needs to know; everything but the two directories has a default. */
export interface MeterOptions {
  readonly source: string;
  /** May not exist yet: its nearest existing ancestor tells the device. */
  readonly destination: string;
  /** Milliseconds between two samples. */
  readonly intervalMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
  readonly readFile?: ReadFile;
  /** Opens a file of an rsync's process that is read again and again. */
  readonly keep?: (path: string) => KeptFile;
  /** Whether an interface is a real one (a card, not a bridge or bond on top of one). */
  readonly isPhysicalInterface?: (name: string) => boolean;
  /** The sampler where there is no /proc. */
  readonly portable?: () => Promise<PortableReader>;
  /** Asks a file system for a path. */
  readonly ask?: (path: string) => Promise<unknown>;
}

export interface Meter {
  /** The newest sample, for decisions during the run. */
  latest(): Sample | undefined;
  /** Looks at what an rsync's processes wait for, until the function that is returned is called. */
  watch(pid: () => number | undefined): () => void;
  /** Takes a last sample, ends the measuring and gives everything that was seen. Never rejects; a second call gives the same. */
  stop(): Promise<Measurement>;
}

/** A last sample over less than this says more about the kernel's clock ticks than about the machine. */
const shortestLastSampleMs = 100;

/**
 * Starts measuring the machine, with one timer that keeps no process alive. Nothing here throws or fails a backup:
 * what cannot be read is undefined and named once in `missing`.
 */
export function startMeter(options: MeterOptions): Meter {
  const intervalMs = options.intervalMs ?? 1000;
  const now = options.now ?? (() => performance.now());
  // Synchronous reads on purpose: a /proc file takes some 10 µs, while an asynchronous read would queue in the thread pool
  // behind the survey's requests to a slow mount.
  const readFile = options.readFile ?? ((path: string) => readFileSync(path, "utf8"));
  const missing = new Set<string>();
  const series = new Series();
  const startMs = now();
  let latest: Sample | undefined;
  let costSeconds = 0;
  const isLinux = orUndefined(() => readFile("/proc/stat")) !== undefined;
  const rsyncs = isLinux ? watchRsyncs({ readFile, keep: options.keep ?? keepFile, now, missing }) : undefined;
  let figures: ((atMs: number) => RsyncFigures) | undefined;
  const keep = (sample: CounterSample) => {
    latest = { ...unmeasured, ...sample, ...figures?.(sample.atMs + startMs) };
    series.add(latest);
  };
  const sampler = isLinux
    ? procSampler(options, { now, startMs, missing, keep }, readFile)
    : portableSampler(options.portable ?? portableReader, { now, startMs, missing, keep });
  // Only what is far away answers slowly, and a local disk need not be asked.
  const isFar = ({ kind }: Storage): boolean => kind === "network" || kind === "user-space";
  const answers = watchAnswers(
    {
      source: isFar(sampler.source()) ? options.source : undefined,
      destination: isFar(sampler.destination()) ? options.destination : undefined,
    },
    now,
    options.ask,
  );
  figures = rsyncFigures(rsyncs, answers, startMs);
  if (!isLinux) missing.add("what rsync's processes wait for: this system has no /proc");

  const tick = (): void => {
    const before = process.cpuUsage();
    sampler.tick();
    // While nothing is copied the survey fills the thread pool: an answer would tell of that.
    if ((rsyncs?.count() ?? 0) > 0) answers.ask();
    const { user, system } = process.cpuUsage(before);
    costSeconds += (user + system) / 1e6;
  };
  const timer = setInterval(tick, intervalMs);
  timer.unref();
  let stopped: Promise<Measurement> | undefined;
  const stop = async (): Promise<Measurement> => {
    clearInterval(timer);
    rsyncs?.stop();
    await sampler.finish(latest === undefined ? 0 : shortestLastSampleMs);
    const watched = rsyncs?.total();
    return {
      intervalMs: intervalMs * series.merged,
      samples: series.samples(),
      source: sampler.source(),
      destination: sampler.destination(),
      memoryTotalBytes: sampler.memoryTotalBytes(),
      group: sampler.group(),
      rsyncs: watched === undefined || watched.glimpses === 0 ? undefined : watched,
      costSeconds: costSeconds + (watched?.costSeconds ?? 0),
      missing: [...missing],
    };
  };
  return {
    latest: () => latest,
    watch: (pid) => rsyncs?.add(pid) ?? (() => undefined),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

type RsyncFigures = Omit<Sample, keyof CounterSample>;

/** What the rsyncs did since the figures were asked for the last time, and how fast file systems answered meanwhile. */
function rsyncFigures(
  rsyncs: RsyncWatch | undefined,
  answers: Answers,
  startMs: number,
): (atMs: number) => RsyncFigures {
  let [before, beforeMs]: [Watched | undefined, number] = [rsyncs?.total(), startMs];
  return (atMs) => {
    const answered = answers.take();
    const now = rsyncs?.total();
    const seconds = (atMs - beforeMs) / 1000;
    const figures: RsyncFigures = {
      sourceAnswerMs: answered.source,
      destinationAnswerMs: answered.destination,
      ...(now === undefined || before === undefined || seconds <= 0
        ? { rsyncs: undefined, rsyncReadBytesPerSecond: undefined, activities: undefined }
        : {
            rsyncs: (now.seconds - before.seconds) / seconds,
            rsyncReadBytesPerSecond:
              now.readBytes === undefined ? undefined : (now.readBytes - (before.readBytes ?? 0)) / seconds,
            activities: activitiesBetween(before, now, seconds),
          }),
    };
    // Of a sample without any length nothing is told; the next one tells it.
    if (seconds > 0) [before, beforeMs] = [now, atMs];
    return figures;
  };
}

/** How many processes of each side did what; undefined while none ran. */
function activitiesBetween(before: Watched, now: Watched, seconds: number): Sample["activities"] {
  if (now.glimpses === before.glimpses) return undefined;
  const of = (role: keyof Watched["roles"]): Activities => {
    const means = noActivities();
    for (const activity of activities)
      means[activity] = (now.roles[role][activity] - before.roles[role][activity]) / seconds;
    return means;
  };
  return { source: of("sender"), destination: addActivities(of("generator"), of("receiver")) };
}
