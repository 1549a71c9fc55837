import type { Report } from "../report/report.ts";

/** How large projects were on one day. */
export interface DaySizes {
  /** When the day's last run that knows of any began: ISO 8601, UTC. */
  readonly at: string;
  /** Bytes by name, of projects that were seen whole; the empty name is for the loose files. */
  readonly bytes: ReadonlyMap<string, number>;
}

/** Enough to look back a week over a few nights without a run. */
const daysKept = 15;
/** The largest ones: what moves the whole is among them. */
const projectsKept = 200;
/** Characters. A longer name is left out, so that all sizes take some 100 KB of the file, and 0.7 MB where all names are that long. */
const longestName = 200;

/** The sizes that are known after a run: one set for each day, oldest first. */
export function sizesAfter(
  { run, projects }: Pick<Report, "run" | "projects">,
  before: readonly DaySizes[],
): DaySizes[] {
  const seenWhole = projects.filter(
    ({ name, state }) => (state === "complete" || state === "warning") && name.length <= longestName,
  );
  const today = before.filter(({ at }) => dayOf(at) === dayOf(run.startedAt));
  const known = new Map([
    ...today.flatMap(({ bytes }) => [...bytes]),
    ...seenWhole.map(({ name, bytes }) => [name, bytes] as const),
  ]);
  if (known.size === 0) return [...before];
  const largest = [...known].sort(([, one], [, other]) => other - one).slice(0, projectsKept);
  const others = before.filter((day) => !today.includes(day));
  return [...others, { at: run.startedAt, bytes: new Map(largest) }].slice(-daysKept);
}

function dayOf(iso: string): string {
  return iso.slice(0, "2026-11-22".length);
}

/** Sizes in the form of the history's file. */
export function sizesForFile(sizes: readonly DaySizes[]): readonly unknown[] {
  return sizes.map(({ at, bytes }) => ({ at, bytes: Object.fromEntries(bytes) }));
}

/** What a file of the history says of sizes: what it does not say in the form that we write is left out. */
export function sizesIn(read: unknown): readonly DaySizes[] {
  return (Array.isArray(read) ? (read as readonly unknown[]) : []).flatMap((day) => {
    const { at, bytes } = (typeof day === "object" && day !== null ? day : {}) as Partial<
      Record<keyof DaySizes, unknown>
    >;
    if (typeof at !== "string" || Number.isNaN(Date.parse(at)) || typeof bytes !== "object" || bytes === null)
      return [];
    const known = Object.entries(bytes).filter(
      (entry): entry is [string, number] => Number.isFinite(entry[1]) && (entry[1] as number) >= 0,
    );
    return [{ at, bytes: new Map(known) }];
  });
}
